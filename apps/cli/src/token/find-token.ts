import type { TokenListItem } from '@latchkey/api/schemas';
import { CliError, usageError } from '../error/cli-error.ts';
import type { Client } from '../session/create-client.ts';
import { nameOf } from './token-text.ts';

/** What a command needs to know of a token before it does something to it. */
export type FoundToken = Pick<TokenListItem, 'id' | 'name' | 'status' | 'prefix' | 'last4'>;

const PAGE = 200;
const MOST_PAGES = 25;
const LARGEST_ID = 2_147_483_647;

/** The token that `text` names: an id where it is a number, else a name, to the letter. A name that several tokens have is refused with a list of them. */
export async function findToken(client: Client, text: string): Promise<FoundToken> {
  if (/^\d+$/.test(text)) return findById(client, text);
  if (text.trim() === '') throw usageError('Name a token: its id or its name.');
  const found = await findByName(client, text);
  const [only] = found;
  if (only === undefined) throw notFound(`No token has the name "${text}".`);
  if (found.length > 1) {
    throw new CliError(`${found.length} tokens have the name "${text}". Name one by its id:`, {
      code: 'AMBIGUOUS',
      details: found.map(({ id, prefix, last4, status }) => `${id}  ${prefix}••••${last4}  ${status}`),
    });
  }
  return only;
}

/** All of them, in the order given and each once; or none, with the first fault. */
export async function findTokens(client: Client, texts: readonly string[]): Promise<FoundToken[]> {
  const found = new Map<number, FoundToken>();
  for (const text of texts) {
    const token = await findToken(client, text);
    found.set(token.id, token);
  }
  return [...found.values()];
}

async function findById(client: Client, text: string): Promise<FoundToken> {
  const id = Number(text);
  if (id < 1 || id > LARGEST_ID) throw notFound(`There is no token ${text}.`);
  return (await client.token.get.query({ id })).token;
}

/** The server searches for parts of names; which is the very name is seen here. */
async function findByName(client: Client, name: string): Promise<FoundToken[]> {
  const found: FoundToken[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const { tokens, total } = await client.token.list.query({
      q: name.slice(0, 255),
      limit: PAGE,
      offset: page * PAGE,
      sort: 'id',
      order: 'asc',
    });
    found.push(...tokens.filter((token) => nameOf(token) === name));
    if ((page + 1) * PAGE >= total) return found;
  }
  throw new CliError(`Too many tokens have "${name}" in their names. Name the token by its id.`, { code: 'AMBIGUOUS' });
}

function notFound(message: string): CliError {
  return new CliError(message, { code: 'NOT_FOUND', details: ['"latchkey tokens list" shows ids and names.'] });
}
