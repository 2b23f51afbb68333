// node-soap with its WSSE: `client.js WSDL ADDRESS MODE AMOUNT KEY CERTIFICATE`; a line of stdout says what came back.
const fs = require('fs');
const soap = require('soap');

const [wsdl, address, mode, amount, key, certificate] = process.argv.slice(2);
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

function security() {
  if (mode === 'digest') return new soap.WSSecurity('anna', 'pass word', { passwordType: 'PasswordDigest', hasNonce: true });
  if (mode === 'text') return new soap.WSSecurity('anna', 'pass word', { passwordType: 'PasswordText', hasNonce: true });
  const options = { hasTimeStamp: true };
  if (mode === 'sign-exclusive') options.signatureTransformations = [EXCLUSIVE];
  return new soap.WSSecurityCert(fs.readFileSync(key, 'utf8'), fs.readFileSync(certificate, 'utf8'), '', options);
}

soap.createClientAsync(wsdl, { endpoint: address }).then((client) => {
  client.setSecurity(security());
  return client.PayAsync({ amount: Number(amount), to: 'Ann' });
}).then(([answer]) => console.log('answer ' + answer.receipt))
  .catch((error) => console.log('refused ' + String(error.message || error).replace(/\s+/g, ' ').slice(0, 200)));
