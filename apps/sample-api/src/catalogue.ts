/** One brand, category, store or product as the API shows it. */
export interface Brand {
  readonly id: number;
  readonly name: string;
  readonly country: string;
}

export interface Category {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
}

export interface Store {
  readonly id: number;
  readonly name: string;
  readonly city: string;
  readonly country: string;
}

export interface ProductFields {
  readonly name: string;
  readonly price: number;
  readonly store_id: number;
  readonly category_id: number;
  readonly brand_id: number;
  readonly in_stock: boolean;
}

export interface Product extends ProductFields {
  readonly id: number;
  readonly sku: string;
  readonly currency: string;
  readonly created_at: string;
}

export interface Catalogue {
  readonly brands: readonly Brand[];
  readonly categories: readonly Category[];
  readonly stores: readonly Store[];
  readonly products: Map<number, Product>;
  nextProductId: number;
}

const BRANDS = [
  ['Aurelia', 'IT'],
  ['Birk & Sons', 'NO'],
  ['Cascade', 'US'],
  ['Dovetail', 'GB'],
  ['Ember', 'DE'],
  ['Fjord', 'DK'],
  ['Granite', 'CH'],
  ['Hanoko', 'JP'],
  ['Indigo Mill', 'IN'],
  ['Juniper', 'FR'],
  ['Kestrel', 'IE'],
  ['Lumen', 'NL'],
] as const;

const STORES = [
  ['Old Town', 'Vienna', 'AT'],
  ['Harbour', 'Hamburg', 'DE'],
  ['Station Square', 'Zürich', 'CH'],
  ['Canal Side', 'Amsterdam', 'NL'],
  ['North Gate', 'Copenhagen', 'DK'],
  ['Online', 'Dublin', 'IE'],
] as const;

// Name, the articles sold under it, and the price of the simplest one.
const CATEGORIES = [
  ['Kitchen', ['Kettle', 'Chef knife', 'Cast-iron pan', 'Grinder', 'Mixing bowl'], 24.9],
  ['Lighting', ['Desk lamp', 'Pendant lamp', 'Floor lamp', 'Lantern'], 39.5],
  ['Furniture', ['Stool', 'Side table', 'Bookshelf', 'Armchair'], 89],
  ['Outdoor', ['Tent', 'Backpack', 'Sleeping bag', 'Camp stove', 'Flask'], 29.9],
  ['Audio', ['Headphones', 'Speaker', 'Turntable', 'Microphone'], 59],
  ['Stationery', ['Notebook', 'Fountain pen', 'Desk organiser', 'Pencil case'], 7.5],
  ['Textiles', ['Blanket', 'Cushion', 'Towel set', 'Rug'], 19.9],
  ['Toys', ['Puzzle', 'Building set', 'Kite', 'Board game'], 14.9],
] as const;

const VARIANTS = ['Classic', 'Mini', 'Pro', 'Studio', 'Travel', 'Eco', 'Plus', 'No. 5', 'Nordic', 'Heritage'];
const PRODUCT_COUNT = 360;
const FIRST_PRODUCT_AT = Date.UTC(2025, 0, 6, 9);
const DAY_MS = 86_400_000;

/** The same catalogue every time, so that examples and tests can name products. */
export function createCatalogue(): Catalogue {
  const brands = BRANDS.map(([name, country], index) => ({ id: index + 1, name, country }));
  const categories = CATEGORIES.map(([name], index) => ({ id: index + 1, name, slug: name.toLowerCase() }));
  const stores = STORES.map(([name, city, country], index) => ({ id: index + 1, name, city, country }));
  const products = new Map<number, Product>();
  for (let id = 1; id <= PRODUCT_COUNT; id += 1) products.set(id, createProduct(id));
  return { brands, categories, stores, products, nextProductId: PRODUCT_COUNT + 1 };
}

// Steps that share no factor with the lengths walk through all combinations without a random generator.
function createProduct(id: number): Product {
  const categoryIndex = (id * 5) % CATEGORIES.length;
  const brandIndex = (id * 7 + Math.floor(id / BRANDS.length)) % BRANDS.length;
  const [, articles, basePrice] = at(CATEGORIES, categoryIndex);
  const article = at(articles, Math.floor(id / CATEGORIES.length));
  const variantIndex = (id * 3 + Math.floor(id / 40)) % VARIANTS.length;
  return {
    id,
    sku: skuOf(id),
    name: `${at(BRANDS, brandIndex)[0]} ${article} ${at(VARIANTS, variantIndex)}`,
    price: Math.round(basePrice * (1 + variantIndex * 0.18 + (id % 11) * 0.05) * 100) / 100,
    currency: 'EUR',
    store_id: (id % STORES.length) + 1,
    category_id: categoryIndex + 1,
    brand_id: brandIndex + 1,
    in_stock: id % 9 !== 0,
    created_at: new Date(FIRST_PRODUCT_AT + id * DAY_MS).toISOString(),
  };
}

export function addProduct(catalogue: Catalogue, fields: ProductFields, createdAt: Date): Product {
  const id = catalogue.nextProductId;
  catalogue.nextProductId += 1;
  const product = { id, sku: skuOf(id), currency: 'EUR', ...fields, created_at: createdAt.toISOString() };
  catalogue.products.set(id, product);
  return product;
}

function skuOf(id: number): string {
  return `SKU-${String(id).padStart(5, '0')}`;
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index % values.length];
  if (value === undefined) throw new RangeError('An empty list has no elements.');
  return value;
}
