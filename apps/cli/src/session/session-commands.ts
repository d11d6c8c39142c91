import type { Command } from 'commander';
import { usageError } from '../error/cli-error.ts';
import { toCliError } from '../error/to-cli-error.ts';
import type { Act, Call } from '../program/call.ts';
import { askPassword, askText, canAsk } from '../terminal/ask.ts';
import { readAll } from '../terminal/terminal.ts';
import { createClient } from './create-client.ts';
import { type Credential, findOrigin } from './credential.ts';
import { isOpenToEavesdroppers, parseServerAddress } from './server-address.ts';
import type { Session, Sessions } from './session-file.ts';
import { fetchJwt, renewalTime, signIn, signOut } from './sign-in.ts';

interface LoginOptions {
  readonly email?: string;
  readonly passwordStdin?: boolean;
}

const DEFAULT_SERVER = 'http://127.0.0.1:3010';

export function addSessionCommands(program: Command, act: Act): void {
  program
    .command('login')
    .description('sign in and keep the session; the password is asked for or comes on standard input')
    .argument('[address]', 'address of the server, such as https://tokens.example.com')
    .option('--email <address>', 'e-mail address of your account')
    .option('--password-stdin', 'read the password from standard input')
    .action(act(login));
  program.command('logout').description('end the session, here and on the server').action(act(logout));
  program.command('whoami').description('who you are to the server').action(act(whoAmI));
}

async function login(call: Call, [address]: readonly string[], options: LoginOptions): Promise<void> {
  const { terminal, output } = call;
  const origin = await serverOf(call, address);
  const email = options.email ?? (await ask(call, 'E-mail address:', '--email'));
  if (isOpenToEavesdroppers(origin)) output.note(`Warning: ${origin} is not encrypted; the password can be read on the way.`);
  const password = options.passwordStdin ? await readSecretLine(call) : await readPassword(call);
  if (password === '') throw usageError('The password is empty.');
  const cookie = await signIn(call.fetch, origin, { email, password });
  const text = await fetchJwt(call.fetch, origin, cookie);
  if (text === null) throw usageError('The server did not keep the session. Try again.');
  const session: Session = { url: origin, email, cookie, jwt: { text, renewAt: renewalTime(text, call.now()) } };
  const me = await createClient(call.fetch, ofSession(session)).admin.me.query();
  await call.sessions().change(({ servers }) => ({ current: origin, servers: { ...servers, [origin]: session } }));
  if (output.json) output.value({ url: origin, ...me });
  else output.note(`Signed in to ${origin} as ${me.name} <${me.email}>, ${me.role}.`);

  function ofSession({ jwt }: Session): Credential {
    return { origin, source: 'session', jwt: async () => jwt?.text ?? null };
  }

  async function readPassword({ terminal: { stdin } }: Call): Promise<string> {
    if (!canAsk(terminal)) throw usageError('Nobody is there to type the password: this is no terminal.', 'Use --password-stdin.');
    stdin.resume();
    return askPassword(terminal, 'Password:');
  }
}

async function serverOf(call: Call, address: string | undefined): Promise<string> {
  const named = address ?? call.globals.url ?? call.env.LATCHKEY_URL;
  if (named) return parseServerAddress(named);
  const { current } = await call.sessions().read();
  const proposal = current ?? DEFAULT_SERVER;
  const typed = await ask(call, `Server [${proposal}]:`, 'the address of the server');
  return parseServerAddress(typed === '' ? proposal : typed);
}

function ask({ terminal }: Call, question: string, instead: string): Promise<string> {
  if (!canAsk(terminal)) throw usageError(`Name ${instead}: nobody is there to ask, this is no terminal.`);
  return askText(terminal, question);
}

/** Without the end of its line, and nothing else taken away. */
async function readSecretLine({ terminal }: Call): Promise<string> {
  return (await readAll(terminal.stdin)).replace(/\r?\n$/, '');
}

async function logout(call: Call): Promise<void> {
  const sessions = call.sessions();
  const origin = await findOrigin({ env: call.env, url: call.globals.url, sessions: call.sessions });
  const session = (await sessions.read()).servers[origin];
  if (session === undefined) {
    call.output.note(`You are not signed in to ${origin}.`);
    return;
  }
  await sessions.change((current) => without(current, origin));
  try {
    await signOut(call.fetch, origin, session.cookie);
  } catch (error) {
    call.output.note(`Signed out here, but ${origin} could not be told: the session ends there by itself within 7 days.`);
    throw toCliError(error);
  }
  if (call.output.json) call.output.value({ url: origin });
  else call.output.note(`Signed out of ${origin}.`);
}

/** Without one server; another one that is left becomes the one that commands go to. */
function without({ current, servers }: Sessions, origin: string): Sessions {
  const kept = Object.fromEntries(Object.entries(servers).filter(([each]) => each !== origin));
  return { current: current === origin ? (Object.keys(kept)[0] ?? null) : current, servers: kept };
}

async function whoAmI(call: Call): Promise<void> {
  const credential = await call.credential();
  const me = await (await call.connect()).admin.me.query();
  const { output } = call;
  if (output.json) return output.value({ url: credential.origin, credential: credential.source, ...me });
  output.fields([
    ['Name', me.name],
    ['E-mail', me.email],
    ['Role', me.role],
    ['Server', credential.origin],
    ['Credential', credential.source],
  ]);
}
