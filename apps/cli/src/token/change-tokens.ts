import { EXIT, type ExitCode } from '../error/exit-code.ts';
import type { Action, Call } from '../program/call.ts';
import { confirm, requireSomebody } from '../terminal/ask.ts';
import { findToken, findTokens } from './find-token.ts';
import { tokenFields } from './token-fields.ts';
import { describeToken } from './token-text.ts';

export async function showToken(call: Call, [text = '']: readonly string[]): Promise<void> {
  const client = await call.connect();
  const { token } = await client.token.get.query({ id: (await findToken(client, text)).id });
  if (call.output.json) call.output.value({ token });
  else call.output.fields(tokenFields(token));
}

/** Switches tokens on or off, all or none of them found; ends with 1 where one of them can not be switched. */
export function setActive(active: boolean): Action<object> {
  return async (call, texts): Promise<ExitCode> => {
    const client = await call.connect();
    const tokens = await findTokens(client, texts);
    const { changed, skipped } = await client.token.setActive.mutate({ ids: tokens.map(({ id }) => id), active });
    const { output } = call;
    if (output.json) output.value({ changed, skipped });
    for (const token of tokens) {
      if (skipped.includes(token.id)) output.note(`Not switched: ${describeToken(token)} is ${token.status}.`);
      else if (!output.json) output.note(`${active ? 'Enabled' : 'Disabled'} ${describeToken(token)}.`);
    }
    return skipped.length > 0 ? EXIT.failed : EXIT.ok;
  };
}

export interface RevokeOptions {
  readonly yes?: boolean;
}

/** Ends tokens for good, after a question that names what would notice. */
export async function revokeTokens(call: Call, texts: readonly string[], { yes = false }: RevokeOptions): Promise<void> {
  const { output, terminal } = call;
  if (!yes) requireSomebody(terminal);
  const client = await call.connect();
  const tokens = await findTokens(client, texts);
  if (!yes) {
    for (const token of tokens) {
      const { requestsLastHour, addressesLastHour } = await client.token.impact.query({ id: token.id });
      output.note(
        `${describeToken(token)} (${token.status}): ${requestsLastHour} requests from ${addressesLastHour} addresses in the last hour.`,
      );
    }
    await confirm(
      terminal,
      `Revoke ${tokens.length === 1 ? 'it' : `these ${tokens.length}`} for good? Nothing brings a revoked token back.`,
    );
  }
  const revoked = [];
  for (const { id } of tokens) {
    const { token } = await client.token.revoke.mutate({ id });
    revoked.push(token);
    if (!output.json) output.note(`Revoked ${describeToken(token)}.`);
  }
  if (output.json) output.value({ tokens: revoked });
}
