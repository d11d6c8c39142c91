import type { Catalogue, Product } from './catalogue.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
}

/** The query was not understood; the text says which parameter. */
export class QueryError extends Error {}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** Products that match `store_id`, `category_id`, `brand_id`, `q`, `min_price`, `max_price` and `in_stock`, one page of them. */
export function findProducts(catalogue: Catalogue, query: URLSearchParams): Page<Product> {
  const matches = productFilter(query);
  return paginate([...catalogue.products.values()].filter(matches), query);
}

export function paginate<T>(values: readonly T[], query: URLSearchParams): Page<T> {
  const limit = Math.min(wholeNumber(query, 'limit') ?? DEFAULT_LIMIT, MAX_LIMIT);
  const offset = wholeNumber(query, 'offset') ?? 0;
  return { items: values.slice(offset, offset + limit), total: values.length, limit, offset };
}

function productFilter(query: URLSearchParams): (product: Product) => boolean {
  const storeId = wholeNumber(query, 'store_id');
  const categoryId = wholeNumber(query, 'category_id');
  const brandId = wholeNumber(query, 'brand_id');
  const minPrice = amount(query, 'min_price') ?? 0;
  const maxPrice = amount(query, 'max_price') ?? Number.POSITIVE_INFINITY;
  const inStock = flag(query, 'in_stock');
  const words = query.get('q')?.toLowerCase() ?? '';
  return (product) =>
    (storeId ?? product.store_id) === product.store_id &&
    (categoryId ?? product.category_id) === product.category_id &&
    (brandId ?? product.brand_id) === product.brand_id &&
    (inStock ?? product.in_stock) === product.in_stock &&
    product.price >= minPrice &&
    product.price <= maxPrice &&
    product.name.toLowerCase().includes(words);
}

/** `null` where the parameter is not given. */
export function wholeNumber(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text)) throw new QueryError(`${name} must be a whole number.`);
  return Number(text);
}

function amount(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^\d{1,9}(\.\d{1,4})?$/.test(text)) throw new QueryError(`${name} must be an amount such as 19.90.`);
  return Number(text);
}

function flag(query: URLSearchParams, name: string): boolean | null {
  const text = query.get(name);
  if (text === null) return null;
  if (text !== 'true' && text !== 'false') throw new QueryError(`${name} must be true or false.`);
  return text === 'true';
}
