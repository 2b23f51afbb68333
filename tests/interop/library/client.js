// node-soap's client: `client.js 1.1|1.2 WSDL` reads, lists, adds and drops books, meets a fault; one line of JSON.
const soap = require('soap');

const [version, wsdl] = process.argv.slice(2);
const text = (value) => value; // 64-bit numbers, decimals and dates stay as they are written
const nil = (value) => Boolean(value && value.attributes && value.attributes['xsi:nil'] === 'true');
const orNull = (value) => (value === undefined || value === null || nil(value) ? null : String(value));
const list = (value) => (value === undefined || value === null ? [] : [].concat(value));
const NIL = { attributes: { 'xsi:nil': 'true' } };

function told(book) {
  return {
    id: book.id,
    title: book.title,
    subtitle: orNull(book.subtitle),
    genre: book.genre,
    published: book.published,
    added: book.added,
    price: book.price,
    lent: book.lent,
    authors: list(book.authors.item).map((author) => [author.name, orNull(author.born)]),
    tags: list((book.tags || {}).item),
    shelf: orNull(book.shelf_mark),
    counts: Object.fromEntries(list((book.counts || {}).entry).map((entry) => [entry.key, String(entry.value)])),
  };
}

const BOOK = {
  title: 'Łódź <&> 東京 😀',
  subtitle: NIL,
  genre: 'non-fiction',
  published: '1999-02-28',
  added: '2026-11-22T05:40:00Z',
  price: '12.50',
  lent: true,
  authors: { item: [{ name: 'Ada', born: 1815 }, { name: 'Bo', born: NIL }] },
  tags: { item: ['å', 'b c'] },
  shelf_mark: 'K 7',
  counts: { entry: [{ key: 'a b', value: 3 }] },
};

(async () => {
  const library = await soap.createClientAsync(wsdl, {
    forceSoap12Headers: version === '1.2',
    customDeserializer: { long: text, date: text, dateTime: text, decimal: text },
  });
  const [{ result: read }] = await library.getBookAsync({ 'book-id': '1152921504607351596' });
  const [{ result: page }] = await library.listBooksAsync({ genre: ['novel', 'non-fiction'], page: 2, size: 10 });
  const [{ result: empty }] = await library.listBooksAsync({});
  const [{ result: added }] = await library.addBookAsync({ body: BOOK });
  const [gone] = await library.deleteBookAsync({ 'book-id': 7 });
  let fault = null;
  try {
    await library.getBookAsync({ 'book-id': 404 });
  } catch (error) {
    const found = error.root.Envelope.Body.Fault;
    const { title, status, book, hints } = (found.detail || found.Detail).ProblemFault;
    const reason = found.faultstring || found.Reason.Text.$value || found.Reason.Text;
    fault = { reason, title, status: String(status), book: String(book), hints: list(hints.item) };
  }
  const ids = list(page.books.item).map((book) => book.id);
  const none = list((empty.books || {}).item).length;
  const nothing = gone === null || Object.keys(gone).length === 0;
  console.log(JSON.stringify({ read: told(read), total: String(page.total), ids, none, added: told(added), gone: nothing, fault }));
})().catch((error) => {
  console.error(String(error && error.stack ? error.stack : error).slice(0, 2000));
  process.exit(1);
});
