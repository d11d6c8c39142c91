import type { ListTokensInput, TokenListItem } from '@latchkey/api/schemas';
import type { Call } from '../program/call.ts';
import type { Client } from '../session/create-client.ts';
import type { Owner } from './parse-access.ts';
import { TOKEN_COLUMNS } from './token-columns.ts';

export interface ListOptions {
  readonly status?: ListTokensInput['status'];
  readonly search?: string;
  readonly owner?: Owner;
  readonly keyType?: string;
  readonly environment?: string;
  readonly sort: ListTokensInput['sort'];
  readonly order: ListTokensInput['order'];
  readonly limit: number;
  readonly offset: number;
  readonly all?: boolean;
}

const LARGEST_PAGE = 200;

export async function listTokens(call: Call, _args: readonly string[], options: ListOptions): Promise<void> {
  const client = await call.connect();
  const { tokens, total } = options.all ? await listAll(client, options) : await listPage(client, options, options.limit, options.offset);
  const { output } = call;
  if (output.json)
    return output.value({ tokens, total, limit: options.all ? total : options.limit, offset: options.all ? 0 : options.offset });
  output.rows(TOKEN_COLUMNS, tokens);
  const left = total - tokens.length;
  if (output.forPeople && left > 0) output.note(`${tokens.length} of ${total}; --all shows the others, --offset goes on.`);
}

function listPage(client: Client, options: ListOptions, limit: number, offset: number) {
  const { status, search, owner, keyType, environment, sort, order } = options;
  const filters = { status, q: search, ownerType: owner?.type, ownerId: owner?.id, keyType, environment };
  return client.token.list.query({ limit, offset, sort, order, ...filters });
}

/** By id unless told otherwise: pages of a list that changes meanwhile then neither miss nor double a token that stays. */
async function listAll(client: Client, options: ListOptions): Promise<{ tokens: TokenListItem[]; total: number }> {
  const found = new Map<number, TokenListItem>();
  for (let offset = 0; ; offset += LARGEST_PAGE) {
    const { tokens, total } = await listPage(client, options, LARGEST_PAGE, offset);
    for (const token of tokens) found.set(token.id, token);
    if (tokens.length === 0 || offset + LARGEST_PAGE >= total) return { tokens: [...found.values()], total };
  }
}
