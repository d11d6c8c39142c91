import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Product } from './catalogue.ts';
import { type RunningSampleApi, startSampleApi } from './start-sample-api.ts';

let api: RunningSampleApi;
beforeAll(async () => {
  api = await startSampleApi();
});
afterAll(() => api.close());

/** Every member that some answer has. */
interface Body extends Product {
  readonly items: readonly (Product & { readonly products: number })[];
  readonly total: number;
  readonly limit: number;
  readonly error: string;
  readonly details: readonly { readonly path: string }[];
}

async function call(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; body: Body }> {
  const response = await fetch(`${api.url}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

const json = (method: string, body: unknown): RequestInit => ({ method, body: JSON.stringify(body) });

describe('200', () => {
  test('products come in pages with their total', async () => {
    const first = await call('/products');
    expect(first.body).toMatchObject({ total: 360, limit: 20, offset: 0 });
    const last = await call('/products?limit=100&offset=300');
    expect(last.body.items).toHaveLength(60);
    expect((await call('/products?limit=5000')).body.limit).toBe(100);
  });

  test('every filter narrows the list to what matches', async () => {
    const { items: inStore } = (await call('/products?store_id=1&limit=100')).body;
    expect(inStore.length).toBeGreaterThan(10);
    expect(inStore.every((product) => product.store_id === 1)).toBe(true);
    const { body: one } = await call('/products/6');
    const query = `category_id=${one.category_id}&brand_id=${one.brand_id}&min_price=${one.price}&max_price=${one.price}`;
    expect((await call(`/products?${query}&q=${encodeURIComponent(one.name.toUpperCase())}`)).body.items).toEqual([one]);
    expect((await call('/products?in_stock=false')).body.total).toBe(40);
    expect((await call('/products?q=no such thing')).body).toMatchObject({ total: 0, items: [] });
  });

  test('single things, and brands by products and by store', async () => {
    const { body: product } = await call('/products/123');
    expect(product).toMatchObject({ id: 123, sku: 'SKU-00123', currency: 'EUR' });
    for (const path of ['/stores/1', '/categories/8', '/brands/12']) expect((await call(path)).status).toBe(200);
    for (const path of ['/stores', '/categories', '/brands']) expect((await call(path)).body.total).toBeGreaterThan(5);
    const { items } = (await call('/products/meta/brands')).body;
    expect(items.reduce((sum, brand) => sum + brand.products, 0)).toBe(360);
    expect((await call('/stores/1/brands')).body.items.length).toBeGreaterThan(1);
  });

  test('HEAD has the headers of GET and no body', async () => {
    const { status, headers, body } = await call('/products/1', { method: 'HEAD' });
    expect([status, body]).toEqual([200, undefined]);
    expect(Number(headers.get('content-length'))).toBeGreaterThan(50);
  });

  test('a slow answer says how long it took', async () => {
    expect((await call('/slow?ms=5')).body).toEqual({ waited_ms: 5 });
  });

  test('echo shows what arrived', async () => {
    const { body } = await call('/echo?a=1', { method: 'POST', body: 'text', headers: { 'x-mine': 'yes' } });
    expect(body).toMatchObject({ method: 'POST', url: '/echo?a=1', body: 'text', headers: { 'x-mine': 'yes' } });
  });
});

test('a product can be created, changed and deleted', async () => {
  const fields = { name: 'Test kettle', price: 12.5, store_id: 1, category_id: 1, brand_id: 1 };
  const created = await call('/products', json('POST', fields));
  expect(created).toMatchObject({ status: 201, body: { ...fields, in_stock: true } });
  const path = created.headers.get('location') ?? '';
  expect((await call(path, json('PUT', { price: 9 }))).body).toMatchObject({ ...fields, price: 9 });
  expect((await call(path)).body.price).toBe(9);
  expect((await call(path, { method: 'DELETE' })).status).toBe(204);
  expect((await call(path)).status).toBe(404);
});

describe('refusals are JSON', () => {
  test.each(['/nothing', '/products/9999', '/products/abc', '/stores/99/brands', '/products/'])('404 %s', async (path) => {
    expect(await call(path)).toMatchObject({ status: 404, body: { error: 'Not found' } });
  });

  test.each(['limit=x', 'offset=-1', 'store_id=1.5', 'min_price=a', 'in_stock=maybe'])('400 %s', async (query) => {
    const { status, body } = await call(`/products?${query}`);
    expect(status).toBe(400);
    expect(body.error).toContain(query.split('=')[0]);
  });

  test('400 for fields that are wrong, each with its path, and nothing changes', async () => {
    const { status, body } = await call('/products/1', json('PUT', { name: ' ', price: '1', store_id: 99 }));
    expect(status).toBe(400);
    expect(body.details.map(({ path }) => path)).toEqual(['name', 'price', 'store_id']);
    expect((await call('/products', { method: 'POST', body: 'not json' })).status).toBe(400);
    expect((await call('/products/1')).body.name).not.toBe(' ');
  });

  test('405 names the methods', async () => {
    const { status, headers } = await call('/products/1', { method: 'PATCH' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT, DELETE']);
  });

  test('500 on every third call of the unstable route', async () => {
    const statuses = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await call('/unstable')).status);
    expect(statuses).toEqual([200, 200, 500, 200, 200, 500]);
  });
});
