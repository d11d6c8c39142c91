/** What every server answers: 200 bytes of JSON. */
export const ANSWER = JSON.stringify({
  product: { id: 17, store_id: 1, name: 'Espresso cups, set of four', brand: 'Lattice', category: 'kitchen' },
  price: { currency: 'EUR', cents: 3450 },
  in_stock: true,
  tags: ['porcelain', 'white', 'cup'],
});

/** What every server is asked for. */
export const PATH = '/api/products/17';
/** The same for the server behind a gateway. */
export const UPSTREAM_PATH = '/products/17';

export const CONTENT_TYPE = 'application/json; charset=utf-8';
export const ANSWER_HEADERS = { 'Content-Type': CONTENT_TYPE, 'Content-Length': Buffer.byteLength(ANSWER) };
