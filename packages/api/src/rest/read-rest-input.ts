import { OperationError } from '@latchkey/core';
import { tokenIdSchema } from '../schemas/common.ts';
import { camelCaseMembers, toCamelCase } from './field-case.ts';
import type { RestRequest } from './rest-message.ts';
import type { QueryMember, RestRoute } from './rest-routes.ts';

/** Path, query and body of a request as the input of its procedure, not yet validated. */
export async function readRestInput(route: RestRoute<string>, id: string | null, request: RestRequest): Promise<unknown> {
  const fromPath = id === null ? {} : { id: parseId(id) };
  const fromQuery = readQuery(route.query, request.query);
  if (!route.takesBody) return { ...fromQuery, ...fromPath };
  const body = await readJson(request);
  // Anything but an object goes to the schema as it is: it knows how to refuse it.
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return body;
  return { ...camelCaseMembers(body), ...fromPath };
}

/** A malformed id is an id that nobody has. */
function parseId(text: string): number {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!tokenIdSchema.safeParse(id).success) throw new OperationError('NOT_FOUND', 'There is no token with this id.');
  return id;
}

function readQuery(members: Readonly<Record<string, QueryMember>>, query: URLSearchParams): Record<string, unknown> {
  const present = Object.entries(members).filter(([name]) => query.has(name));
  return Object.fromEntries(present.map(([name, kind]) => [toCamelCase(name), readMember(kind, query.getAll(name))]));
}

/** Text that is not what the member should be stays text, so that the schema names the fault. */
function readMember(kind: QueryMember, values: readonly string[]): unknown {
  if (kind === 'list') return values.flatMap((value) => value.split(','));
  const [value, ...more] = values;
  if (value === undefined || more.length > 0) return values;
  return kind === 'integer' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

/** A body that is not declared as JSON is not looked at: it is wrong input like any other (G-19). No body at all says nothing: `{}`. */
export async function readJson(request: RestRequest): Promise<unknown> {
  const type = request.contentType?.split(';')[0]?.trim().toLowerCase() ?? null;
  if (type === null && (await request.readBody()) === '') return {};
  if (type !== 'application/json') throw bodyFault('Send the body as Content-Type: application/json.');
  const text = await request.readBody();
  try {
    return JSON.parse(text);
  } catch {
    throw bodyFault('The body is not valid JSON.');
  }
}

function bodyFault(message: string): OperationError {
  return new OperationError('VALIDATION_ERROR', message, [{ path: '', message }]);
}
