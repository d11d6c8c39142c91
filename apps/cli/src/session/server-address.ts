import { usageError } from '../error/cli-error.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The origin of a server as people name it: `https://tokens.example.com`, also without scheme, with a path of the console, or a slash. */
export function parseServerAddress(text: string): string {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${isLoopbackName(text) ? 'http' : 'https'}://${text}`;
  const url = URL.parse(withScheme);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw usageError(`"${text}" is no address of a server.`, 'Give one such as https://tokens.example.com or http://127.0.0.1:3010.');
  }
  if (url.username !== '' || url.password !== '') throw usageError('The address of a server must not hold a name or a password.');
  return url.origin;
}

/** Whether what travels there can be read on the way. */
export function isOpenToEavesdroppers(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'http:' && !LOOPBACK.test(hostname);
}

function isLoopbackName(text: string): boolean {
  return LOOPBACK.test(text.replace(/[:/][^\]]*$/, ''));
}
