import type { Catalogue, ProductFields } from './catalogue.ts';

export type ProductFieldsResult =
  | { readonly ok: true; readonly fields: ProductFields }
  | { readonly ok: false; readonly details: readonly { readonly path: string; readonly message: string }[] };

type Check = (value: unknown, catalogue: Catalogue) => boolean;

const has = (values: readonly { id: number }[], id: unknown) => values.some((value) => value.id === id);

const FIELDS: Record<keyof ProductFields, readonly [check: Check, message: string]> = {
  name: [(value) => typeof value === 'string' && value.trim() !== '' && value.length <= 200, 'must be 1 to 200 characters'],
  price: [(value) => typeof value === 'number' && value >= 0 && value <= 1_000_000, 'must be a number from 0 to 1,000,000'],
  store_id: [(value, { stores }) => has(stores, value), 'must be the id of a store'],
  category_id: [(value, { categories }) => has(categories, value), 'must be the id of a category'],
  brand_id: [(value, { brands }) => has(brands, value), 'must be the id of a brand'],
  in_stock: [(value) => typeof value === 'boolean', 'must be true or false'],
};

/** The fields in `body`, those that are absent taken from `current`. Unknown members are ignored. */
export function parseProductFields(body: unknown, current: Partial<ProductFields>, catalogue: Catalogue): ProductFieldsResult {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { ok: false, details: [{ path: '', message: 'must be a JSON object' }] };
  }
  const given: Partial<Record<keyof ProductFields, unknown>> = body;
  const details = [];
  const fields: Partial<Record<keyof ProductFields, unknown>> = {};
  for (const [path, [check, message]] of Object.entries(FIELDS) as [keyof ProductFields, readonly [Check, string]][]) {
    fields[path] = given[path] ?? current[path];
    if (!check(fields[path], catalogue)) details.push({ path, message });
  }
  return details.length === 0 ? { ok: true, fields: fields as unknown as ProductFields } : { ok: false, details };
}
