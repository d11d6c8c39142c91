import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../error/exit-code.ts';
import { toCliError } from '../error/to-cli-error.ts';
import type { Act, Call } from '../program/call.ts';
import type { Client } from '../session/create-client.ts';
import { findOrigin } from '../session/credential.ts';
import { escapeText } from '../terminal/escape-text.ts';
import type { Tone } from '../terminal/painter.ts';
import { checkAccount, checkExpiries, checkSessionFile, checkVersion } from './check-access.ts';
import { checkPolicy } from './check-policy.ts';
import { checkSecrets } from './check-secrets.ts';
import { checkServer, checkSpool } from './check-server.ts';
import { type Finding, fail } from './finding.ts';

const TONES: Readonly<Record<Finding['verdict'], Tone>> = { ok: 'good', warn: 'warning', fail: 'bad' };

export function addDoctorCommand(program: Command, act: Act): void {
  program
    .command('doctor')
    .description('look for what is wrong or soon will be: session, server, database, clock, usage, secrets, expiries, policy')
    .addHelpText('after', '\nA line for each check: ok, warn or fail, with advice. Ends with 1 when one fails.')
    .action(act(doctor));
}

async function doctor(call: Call): Promise<ExitCode> {
  const findings: Finding[] = [];
  for await (const finding of examine(call)) {
    findings.push(finding);
    if (!call.output.json) show(call, finding);
  }
  if (call.output.json) call.output.value({ findings });
  return findings.some(({ verdict }) => verdict === 'fail') ? EXIT.failed : EXIT.ok;
}

async function* examine(call: Call): AsyncGenerator<Finding> {
  yield await checkSessionFile(call);
  const origin = await findOrigin({ env: call.env, url: call.globals.url, sessions: call.sessions });
  const pulse = await checkServer(call.fetch, origin, call.now);
  yield* pulse.findings;
  if (!pulse.alive) return;
  yield await guarded('usage', () => checkSpool(call.fetch, origin));
  const { finding, client } = await checkAccount(call);
  yield finding;
  if (client === null) return;
  for (const [name, check] of CHECKS) yield await guarded(name, () => check(call, client));
}

/** What is asked of the procedures. */
const CHECKS: readonly (readonly [name: string, check: (call: Call, client: Client) => Promise<Finding>])[] = [
  ['version', checkVersion],
  ['secrets', checkSecrets],
  ['expiries', checkExpiries],
  ['policy', checkPolicy],
];

/** A check that can not be made is a finding as well, and does not keep the others from being made. */
async function guarded(name: string, check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    const { message, details } = toCliError(error);
    return fail(name, `This can not be checked: ${message}`, details[0] ?? 'Look into the log of the server.');
  }
}

function show({ output }: Call, { verdict, check, message, advice }: Finding): void {
  if (!output.forPeople) {
    output.line([verdict, check, message, advice ?? ''].map(escapeText).join('\t'));
    return;
  }
  output.line(`${output.paint(TONES[verdict], verdict.padEnd(4))}  ${check.padEnd(8)}  ${escapeText(message)}`);
  if (advice !== null) output.line(`${' '.repeat(16)}${output.paint('quiet', escapeText(advice))}`);
}
