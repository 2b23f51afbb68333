// The desk on node-soap: `desk.js FOLDER PORT` serves /desk11 and /desk12 by the WSDLs of the folder, each with ?wsdl.
const http = require('http');
const fs = require('fs');
const soap = require('soap');

const [folder, port] = process.argv.slice(2);
const list = (found) => (found === undefined || found === null ? [] : Array.isArray(found) ? found : [found]);

// For a null node-soap's server writes xsi:nil without declaring xsi anywhere, which is no XML: it is declared here.
const NIL = { attributes: { 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', 'xsi:nil': 'true' } };

// node-soap's own server writes a thrown {Fault: …} as it is told to, in the shape of the version.
function refused(version) {
  const detail = { Refused: { code: 42, reason: 'åäö' } };
  if (version === '12') {
    return {
      Fault: {
        Code: { Value: 'soap:Receiver' },
        Reason: { Text: { attributes: { 'xml:lang': 'sv' }, $value: 'Slut på lager' } },
        Detail: detail,
        statusCode: 500,
      },
    };
  }
  return { Fault: { faultcode: 'SOAP-ENV:Server', faultstring: 'Slut på lager', detail, statusCode: 500 } };
}

const desk = (version) => ({
  Place({ order }) {
    const lines = list(order.lines && order.lines.line);
    if (lines.some((line) => line.sku === 'boom')) throw refused(version);
    const cents = lines.reduce((sum, line) => sum + line.qty * Math.round(100 * line.price), 0);
    const receipt = {
      id: order.budget,
      text: `Hej, ${order.customer}`,
      total: (cents / 100).toFixed(2),
      when: new Date().toISOString(),
      due: order.due,
      comment: typeof order.comment === 'string' ? order.comment : NIL,
    };
    if (order.note !== undefined) receipt.note = order.note;
    return { receipt: { ...receipt, priority: order.priority, sku: lines.map((line) => line.sku) } };
  },
  Ping() {
    return {};
  },
});

const server = http.createServer((request, response) => response.writeHead(404).end());
server.listen(Number(port), '127.0.0.1', () => {
  for (const version of ['11', '12']) {
    const xml = fs.readFileSync(`${folder}/desk${version}.wsdl`, 'utf8');
    const text = (value) => value; // 64-bit numbers and dates stay as they are written
    soap.listen(server, {
      path: `/desk${version}`,
      services: { Desk: { DeskPort: desk(version) } },
      xml,
      customDeserializer: { long: text, date: text },
      forceSoap12Headers: version === '12',
    });
  }
});
