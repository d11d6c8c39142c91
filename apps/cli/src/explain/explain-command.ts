import { type Command, InvalidArgumentError, Option } from 'commander';
import { usageError } from '../error/cli-error.ts';
import type { Act, Call } from '../program/call.ts';
import type { Client } from '../session/create-client.ts';
import { readAll } from '../terminal/terminal.ts';
import { findToken } from '../token/find-token.ts';
import { showExplanation } from './show-explanation.ts';

interface ExplainOptions {
  readonly token?: string;
  readonly tokenStdin?: boolean;
  readonly method: string;
  readonly path?: string;
  readonly ip?: string;
  readonly at?: string;
}

type ExplainInput = Parameters<Client['token']['explain']['mutate']>[0];

export function addExplainCommand(program: Command, act: Act): void {
  program
    .command('explain')
    .description('why a request was refused, or would be: every check in order; counts nothing')
    .argument('[request-id]', 'id of a request in the log (X-Request-Id)')
    .option('--token <token>', 'id or name of a token, for a request that was not sent')
    .addOption(new Option('--token-stdin', 'the text of a token on standard input').conflicts('token'))
    .option('--method <method>', 'method of the request', 'GET')
    .option('--path <path>', 'path of the request on the public API, such as /products/1')
    .option('--ip <address>', 'address that it comes from')
    .option('--at <time>', 'judge as of this time; with a request id: when it arrived, for a quicker search', parseInstant)
    .addHelpText('after', '\nEnds with 0 also where the request is refused: --json has the "decision".')
    .action(act(explain));
}

async function explain(call: Call, [requestId]: readonly string[], options: ExplainOptions): Promise<void> {
  const { method, path, ip, at } = options;
  checkQuestion(call, requestId, options);
  const text = options.tokenStdin ? (await readAll(call.terminal.stdin)).trim() : undefined;
  const client = await call.connect();
  const tokenId = options.token === undefined ? undefined : (await findToken(client, options.token)).id;
  const input: ExplainInput = { requestId, tokenId, token: text, method, path, ipAddress: ip ?? null, at };
  const explanation = await client.token.explain.mutate(input);
  if (call.output.json) call.output.value(explanation);
  else showExplanation(call.output, explanation);
}

function checkQuestion({ globals }: Call, requestId: string | undefined, { token, tokenStdin = false, path }: ExplainOptions): void {
  const namesToken = token !== undefined || tokenStdin;
  if (requestId === undefined && !namesToken) throw usageError('Give a request id, or a token with --path.');
  if (requestId !== undefined && namesToken) throw usageError('Give either a request id or a token, not both.');
  if (namesToken && path === undefined) throw usageError('Give the path of the request: --path /products/1.');
  if (tokenStdin && globals.jwtStdin) throw usageError('Standard input can not hold both the JWT and the token.');
}

function parseInstant(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('Give a time such as 2026-12-31T12:00:00Z.');
  return new Date(at).toISOString();
}
