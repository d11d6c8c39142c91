import type { Command, OptionValues } from 'commander';
import type { ExitCode } from '../error/exit-code.ts';
import { type Client, createClient } from '../session/create-client.ts';
import { type Credential, findCredential } from '../session/credential.ts';
import { createServerFetch, type ServerFetch } from '../session/server-request.ts';
import { openSessionFile, type SessionFile, sessionPath } from '../session/session-file.ts';
import { createOutput, type Output } from '../terminal/output.ts';
import type { Environment, Terminal } from '../terminal/terminal.ts';

/** What the program is started with. */
export interface CliContext {
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly now: () => number;
  readonly version: string;
}

/** What every command knows beside its own options. */
export interface GlobalOptions {
  readonly url?: string;
  readonly json?: boolean;
  readonly jwtStdin?: boolean;
  readonly color: boolean;
}

/** One run of one command. */
export interface Call extends CliContext {
  readonly globals: GlobalOptions;
  readonly output: Output;
  readonly fetch: ServerFetch;
  /** Throws where there is no place for one. */
  sessions(): SessionFile;
  /** Where to go and how to be let in; ends the command with 3 where nobody is signed in. */
  credential(): Promise<Credential>;
  /** The procedures of the server. */
  connect(): Promise<Client>;
}

/** @returns how the program ends; nothing: well. */
export type Action<Options> = (call: Call, args: readonly string[], options: Options) => Promise<ExitCode> | Promise<void>;

/** Makes an action out of a command's work. */
export type Act = <Options extends OptionValues>(action: Action<Options>) => (this: Command) => Promise<void>;

export function createCall(context: CliContext, globals: GlobalOptions): Call {
  const fetch = createServerFetch(context.version);
  let file: SessionFile | undefined;
  let credential: Promise<Credential> | undefined;
  const sessions = () => (file ??= openSessionFile(sessionPath(context.env)));
  const findOnce = () =>
    (credential ??= findCredential({
      ...context,
      sessions,
      fetch,
      url: globals.url,
      jwtStdin: globals.jwtStdin === true,
    }));
  return {
    ...context,
    globals,
    output: createOutput(context.terminal, context.env, { json: globals.json === true, colour: globals.color }),
    fetch,
    sessions,
    credential: findOnce,
    connect: async () => createClient(fetch, await findOnce()),
  };
}
