import type { Config } from '../config/config.ts';

/** What went wrong, in the words of the person who started Latchkey and can put it right. */
export function describeStartError(error: unknown, { host, port }: Pick<Config, 'host' | 'port'>): string {
  if (!(error instanceof Error)) return `Latchkey cannot start: ${String(error)}`;
  const syscall = 'syscall' in error ? error.syscall : undefined;
  const code = 'code' in error && (syscall === 'listen' || syscall === 'getaddrinfo') ? String(error.code) : '';
  return `Latchkey cannot start: ${describeListenError(code, `${host}:${port}`, port) ?? error.message}`;
}

function describeListenError(code: string, address: string, port: number): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is taken (${address}). Stop the program that listens there, or set PORT to another one, such as PORT=${port + 1}.`;
    case 'EACCES':
      return `this user may not listen on ${address}. Set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `this machine has no address ${address}. Set HOST to one it has, such as HOST=127.0.0.1.`;
    default:
      return undefined;
  }
}
