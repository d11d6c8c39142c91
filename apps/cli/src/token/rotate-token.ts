import type { Call } from '../program/call.ts';
import type { Client } from '../session/create-client.ts';
import { formatInstant, formatNumber } from '../terminal/format.ts';
import type { Column } from '../terminal/render-table.ts';
import { findToken } from './find-token.ts';
import { describeToken, maskOf } from './token-text.ts';

export interface RotateOptions {
  /** Seconds. */
  readonly overlap?: number;
  readonly quiet?: number;
}

type TokenSecret = Awaited<ReturnType<Client['token']['secrets']['query']>>['secrets'][number];

/** As with `create`: the new secret stands alone on standard output. */
export async function rotateToken(call: Call, [text = '']: readonly string[], { overlap, quiet }: RotateOptions): Promise<void> {
  const client = await call.connect();
  const { id } = await findToken(client, text);
  const rotated = await client.token.rotate.mutate({ id, overlapSeconds: overlap, quietHours: quiet });
  const { output } = call;
  if (output.json) output.value(rotated);
  else output.line(rotated.token.token);
  output.note(`${describeToken(rotated.token)}: ${rotated.message}`);
}

/** The texts by which a token is known, and who still uses which. */
export async function listSecrets(call: Call, [text = '']: readonly string[]): Promise<void> {
  const client = await call.connect();
  const { id } = await findToken(client, text);
  const { secrets } = await client.token.secrets.query({ id });
  if (call.output.json) call.output.value({ secrets });
  else call.output.rows(SECRET_COLUMNS, secrets);
}

const SECRET_COLUMNS: readonly Column<TokenSecret>[] = [
  { header: 'ID', value: (secret) => secret.id, align: 'right' },
  { header: 'SECRET', value: maskOf },
  { header: 'STATE', value: (secret) => secret.state, tone: (secret) => (secret.state === 'overlapping' ? 'warning' : null) },
  { header: 'ENDS', value: (secret) => secret.endsAt, display: (secret) => formatInstant(secret.endsAt ?? '') },
  { header: '24 H', value: (secret) => secret.requests24h, display: (secret) => formatNumber(secret.requests24h), align: 'right' },
  { header: 'LAST USED', value: (secret) => secret.lastUsedAt, display: (secret) => formatInstant(secret.lastUsedAt ?? ''), spare: true },
  { header: 'FROM', value: (secret) => secret.lastIp, spare: true },
  { header: 'BY', value: (secret) => secret.lastUserAgent, flexible: true, spare: true },
];
