import type { Call } from '../program/call.ts';
import type { Client } from '../session/create-client.ts';
import { formatNumber } from '../terminal/format.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

type SecretCounts = Awaited<ReturnType<Client['admin']['tokenSecrets']['query']>>;

/** How far the server's own token secret is rotated. */
export async function checkSecrets(_call: Call, client: Client): Promise<Finding> {
  return judgeSecrets(await client.admin.tokenSecrets.query());
}

export function judgeSecrets({ versions }: SecretCounts): Finding {
  const lost = sumOf(versions.filter(({ isConfigured }) => !isConfigured));
  if (lost > 0) {
    const message = `${formatNumber(lost)} secrets of tokens hang on a LATCHKEY_TOKEN_SECRET that the server no longer has: they are refused.`;
    return fail('secrets', message, 'Put the old secret back behind the new one: LATCHKEY_TOKEN_SECRET=new,old');
  }
  const configured = versions.filter(({ isConfigured }) => isConfigured);
  if (configured.length < 2) return ok('secrets', 'All secrets of tokens hang on the present LATCHKEY_TOKEN_SECRET.');
  const old = sumOf(configured.filter(({ isNewest }) => !isNewest));
  if (old === 0) {
    return warn(
      'secrets',
      'No secret of a token hangs on an old LATCHKEY_TOKEN_SECRET any more.',
      'Take the old ones out of the variable.',
    );
  }
  const message = `${formatNumber(old)} secrets of tokens still hang on an old LATCHKEY_TOKEN_SECRET.`;
  return warn('secrets', message, 'Leave it in the variable until each was used once, or rotate those tokens.');
}

function sumOf(versions: SecretCounts['versions']): number {
  return versions.reduce((sum, { tokens }) => sum + tokens, 0);
}
