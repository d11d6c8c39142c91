import type { IncomingMessage } from 'node:http';

/** All fields of a request. Repeated ones are joined, also those of which Node would silently keep the first: none is to be overlooked. */
export function requestHeaders(request: IncomingMessage): Headers {
  const headers = new Headers();
  const { rawHeaders } = request;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '');
  return headers;
}
