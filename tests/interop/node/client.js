// node-soap's client: `client.js 1.1|1.2 WSDL…` places an order and a refused one at each address, one line of JSON each.
const soap = require('soap');

const [version, ...addresses] = process.argv.slice(2);

function order(sku) {
  const lines = [
    { sku, qty: 2, price: '12.50' },
    { sku: 'B', qty: 1, price: '0.10' },
  ];
  return {
    order: {
      customer: 'Łukasz 東京 😀 <&>',
      due: '2026-11-30',
      express: true,
      priority: 'high',
      budget: '1152921504607351596',
      comment: { attributes: { 'xsi:nil': 'true' } },
      lines: { line: lines },
      tag: ['å'],
    },
  };
}

async function tell(address) {
  const text = (value) => value;
  const client = await soap.createClientAsync(address, {
    forceSoap12Headers: version === '1.2',
    customDeserializer: { long: text, date: text, decimal: text },
  });
  const [{ receipt }] = await client.PlaceAsync(order('A-1'));
  const { id, text: words, total, due, comment, note, sku, priority } = receipt;
  const nil = comment && comment.attributes && comment.attributes['xsi:nil'] === 'true';
  const told = { id, text: words, total, due, comment: nil ? null : (comment ?? null), note: note ?? null, sku, priority };
  try {
    await client.PlaceAsync(order('boom'));
  } catch (error) {
    const fault = error.root.Envelope.Body.Fault;
    const detail = (fault.detail || fault.Detail || {}).Refused || {};
    const reason = fault.faultstring || (fault.Reason && (fault.Reason.Text.$value || fault.Reason.Text));
    told.fault = { reason, code: Number(detail.code) };
  }
  await client.PingAsync({});
  console.log(JSON.stringify(told));
}

(async () => {
  for (const address of addresses) await tell(address);
})().catch((error) => {
  console.error(String(error && error.message ? error.message : error).slice(0, 1000));
  process.exit(1);
});
