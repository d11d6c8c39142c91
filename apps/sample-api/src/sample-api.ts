import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { addProduct, type Brand, type Catalogue, createCatalogue, type Product } from './catalogue.ts';
import { parseProductFields } from './product-fields.ts';
import { findProducts, paginate, QueryError, wholeNumber } from './product-query.ts';

interface Call {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** The number in the path, where the route has one. */
  readonly id: number;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

type Handler = (call: Call) => Answer | Promise<Answer>;
type Route = readonly [pattern: RegExp, methods: Readonly<Record<string, Handler>>];

const MAX_BODY_BYTES = 1024 * 1024;
const SLOWEST_MS = 30_000;

/** A small catalogue API on `node:http`; every instance has its own data. It knows nothing of tokens: it is what a gateway protects. */
export function createSampleApi(): RequestListener {
  const catalogue = createCatalogue();
  const routes = [...catalogueRoutes(catalogue), ...productRoutes(catalogue), ...behaviourRoutes()];
  return (request, response) => {
    answer(routes, request).then(
      (result) => send(request, response, result),
      () => response.destroy(),
    );
  };
}

function catalogueRoutes(catalogue: Catalogue): Route[] {
  const { brands, categories, stores } = catalogue;
  return [
    [/^\/$/, { GET: () => ok({ name: 'Sample catalogue', endpoints: ['/products', '/stores', '/categories', '/brands'] }) }],
    [/^\/stores$/, { GET: ({ query }) => ok(paginate(stores, query)) }],
    [/^\/stores\/(\d{1,9})$/, { GET: ({ id }) => found(stores.find((store) => store.id === id)) }],
    [/^\/stores\/(\d{1,9})\/brands$/, { GET: ({ id }) => storeBrands(catalogue, id) }],
    [/^\/categories$/, { GET: ({ query }) => ok(paginate(categories, query)) }],
    [/^\/categories\/(\d{1,9})$/, { GET: ({ id }) => found(categories.find((category) => category.id === id)) }],
    [/^\/brands$/, { GET: ({ query }) => ok(paginate(brands, query)) }],
    [/^\/brands\/(\d{1,9})$/, { GET: ({ id }) => found(brands.find((brand) => brand.id === id)) }],
  ];
}

function productRoutes(catalogue: Catalogue): Route[] {
  const { products } = catalogue;
  return [
    [/^\/products$/, { GET: ({ query }) => ok(findProducts(catalogue, query)), POST: ({ request }) => createProduct(catalogue, request) }],
    [/^\/products\/meta\/brands$/, { GET: () => ok({ items: brandsOf(catalogue, [...products.values()]) }) }],
    [
      /^\/products\/(\d{1,9})$/,
      {
        GET: ({ id }) => found(products.get(id)),
        PUT: ({ id, request }) => updateProduct(catalogue, id, request),
        DELETE: ({ id }) => (products.delete(id) ? { status: 204 } : NOT_FOUND),
      },
    ],
  ];
}

/** Routes that behave badly on purpose, and one that shows what arrived. */
function behaviourRoutes(): Route[] {
  let slowCalls = 0;
  let unstableCalls = 0;
  async function slow({ query }: Call): Promise<Answer> {
    // 200 to 1,500 ms in an order that repeats.
    const ms = Math.min(wholeNumber(query, 'ms') ?? 200 + ((slowCalls++ * 433) % 1_301), SLOWEST_MS);
    await delay(ms);
    return ok({ waited_ms: ms });
  }
  function unstable(): Answer {
    unstableCalls += 1;
    return unstableCalls % 3 === 0 ? { status: 500, body: { error: 'This route fails every third time.' } } : ok({ call: unstableCalls });
  }
  const echoMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [method, echo] as const);
  return [
    [/^\/slow$/, { GET: slow }],
    [/^\/unstable$/, { GET: unstable }],
    [/^\/echo$/, Object.fromEntries(echoMethods)],
  ];
}

async function answer(routes: readonly Route[], request: IncomingMessage): Promise<Answer> {
  const [path = '/', ...search] = (request.url ?? '/').split('?');
  const route = routes.find(([pattern]) => pattern.test(path));
  if (route === undefined) return NOT_FOUND;
  const [pattern, methods] = route;
  const handler = methods[methodOf(request)];
  if (handler === undefined) return methodNotAllowed(methods);
  const id = Number(pattern.exec(path)?.[1] ?? 0);
  try {
    return await handler({ request, query: new URLSearchParams(search.join('?')), id });
  } catch (error) {
    if (error instanceof QueryError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function methodOf(request: IncomingMessage): string {
  return request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
}

function storeBrands(catalogue: Catalogue, storeId: number): Answer {
  if (!catalogue.stores.some(({ id }) => id === storeId)) return NOT_FOUND;
  const sold = [...catalogue.products.values()].filter((product) => product.store_id === storeId);
  return ok({ items: brandsOf(catalogue, sold) });
}

/** Brands of these products with their number, most products first. */
function brandsOf({ brands }: Catalogue, products: readonly Product[]): (Brand & { products: number })[] {
  const counts = new Map<number, number>();
  for (const { brand_id } of products) counts.set(brand_id, (counts.get(brand_id) ?? 0) + 1);
  const counted = brands.map((brand) => ({ ...brand, products: counts.get(brand.id) ?? 0 }));
  return counted.filter(({ products: count }) => count > 0).sort((a, b) => b.products - a.products || a.id - b.id);
}

async function createProduct(catalogue: Catalogue, request: IncomingMessage): Promise<Answer> {
  const body = await readJson(request);
  const result = parseProductFields(body, { in_stock: true }, catalogue);
  if (!result.ok) return invalid(result.details);
  const product = addProduct(catalogue, result.fields, new Date());
  return { status: 201, body: product, headers: { location: `/products/${product.id}` } };
}

async function updateProduct(catalogue: Catalogue, id: number, request: IncomingMessage): Promise<Answer> {
  const body = await readJson(request);
  const current = catalogue.products.get(id);
  if (current === undefined) return NOT_FOUND;
  const result = parseProductFields(body, current, catalogue);
  if (!result.ok) return invalid(result.details);
  const product = { ...current, ...result.fields };
  catalogue.products.set(id, product);
  return ok(product);
}

async function echo({ request }: Call): Promise<Answer> {
  const body = await readText(request);
  return ok({ method: request.method, url: request.url, headers: request.headers, body });
}

/** `undefined` for what is not JSON, which no check accepts. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await readText(request));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new QueryError('The body is larger than 1 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const NOT_FOUND: Answer = { status: 404, body: { error: 'Not found' } };

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function found(value: unknown): Answer {
  return value === undefined ? NOT_FOUND : ok(value);
}

function invalid(details: unknown): Answer {
  return { status: 400, body: { error: 'Validation failed', details } };
}

function methodNotAllowed(methods: Readonly<Record<string, Handler>>): Answer {
  const allow = Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return { status: 405, body: { error: 'Method not allowed' }, headers: { allow: allow.join(', ') } };
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text), ...headers });
  response.end(request.method === 'HEAD' ? undefined : text);
}
