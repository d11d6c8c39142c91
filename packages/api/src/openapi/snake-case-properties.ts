import { toSnakeCase } from '../rest/field-case.ts';

/** A document whose object schemas – written in the procedures' names – have the names of the wire. */
export function snakeCaseProperties(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(snakeCaseProperties);
  if (node === null || typeof node !== 'object') return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, member]) => [key, snakeCaseProperties(member)]));
  if (!isObjectSchema(copy)) return copy;
  const properties = Object.fromEntries(Object.entries(copy.properties).map(([name, schema]) => [toSnakeCase(name), schema]));
  return { ...copy, properties, ...(copy.required ? { required: copy.required.map(toSnakeCase) } : {}) };
}

function isObjectSchema(node: object): node is { properties: Record<string, unknown>; required?: string[] } {
  return 'type' in node && node.type === 'object' && 'properties' in node;
}
