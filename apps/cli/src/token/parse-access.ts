import { InvalidArgumentError } from 'commander';

export interface Owner {
  readonly type: string;
  readonly id: string;
}

/** `user:42`. What comes behind the first colon is the id, further colons included. */
export function parseOwner(text: string): Owner {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1) throw new InvalidArgumentError('Name an owner by type and id, such as user:42.');
  return { type: text.slice(0, colon), id: text.slice(colon + 1) };
}

/** `files:read`, `files:read,write`; several add up. */
export function collectPermission(text: string, before: Readonly<Record<string, readonly string[]>> = {}): Record<string, string[]> {
  const colon = text.indexOf(':');
  const actions = text
    .slice(colon + 1)
    .split(',')
    .filter((action) => action !== '');
  if (colon < 1 || actions.length === 0) throw new InvalidArgumentError('Name a resource and an action, such as files:read.');
  const all = new Map(Object.entries(before).map(([resource, known]) => [resource, [...known]]));
  const resource = text.slice(0, colon);
  all.set(resource, [...new Set([...(all.get(resource) ?? []), ...actions])]);
  return Object.fromEntries(all);
}

export function parseMetadata(text: string): Record<string, unknown> {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError('Give a JSON object, such as {"team":"billing"}.');
  }
  return { ...value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
