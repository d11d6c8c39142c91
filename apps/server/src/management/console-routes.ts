import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import { OperationError } from '@latchkey/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { replyWithError } from './error-reply.ts';
import { embeddedPageHeaders } from './security-headers.ts';

const NOT_PAGES = ['/api/', '/trpc/', '/assets/'];

export interface ConsoleRoutesOptions {
  /** `null`, or a directory without a page: none is served. */
  readonly directory: string | null;
  /** The origin that may frame the portal, from the signed text in its address; `null`: none. */
  readonly readEmbedOrigin: (text: string) => string | null;
}

/** The console's files, its one page under every address that is a screen, and the page of the self-service portal. */
export async function addConsoleRoutes(app: FastifyInstance, { directory, readEmbedOrigin }: ConsoleRoutesOptions): Promise<void> {
  const hasPage = directory !== null && existsSync(path.join(directory, 'index.html'));
  if (hasPage) {
    await app.register(fastifyStatic, {
      root: directory,
      index: false,
      cacheControl: false,
      setHeaders: (reply, file) => reply.header('cache-control', cacheControlOf(path.relative(directory, file))),
    });
    // The files' own route takes `/` for a directory, which it does not list.
    app.get('/', (_request, reply) => reply.sendFile('index.html'));
    app.get<{ Querystring: { embed?: unknown } }>('/portal', (request, reply) => {
      const { embed } = request.query;
      const origin = typeof embed === 'string' ? readEmbedOrigin(embed) : null;
      if (origin !== null) reply.removeHeader('x-frame-options').headers(embeddedPageHeaders(origin));
      return reply.sendFile('portal.html');
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (!isPage(request)) return replyWithError(reply, new OperationError('NOT_FOUND', 'There is nothing at this path.'));
    if (hasPage) return reply.sendFile('index.html');
    return replyWithError(reply, new OperationError('NOT_FOUND', 'The console is not built. Run "npm run build".'));
  });
}

/** Names of files in `assets/` contain a hash of what is in them. */
function cacheControlOf(file: string): string {
  return file.startsWith(`assets${path.sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** A screen has an address without a dot in its last part; a missing file must not be answered with the page. */
function isPage(request: FastifyRequest): boolean {
  const pathname = request.url.split('?', 1)[0] ?? '';
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  return !NOT_PAGES.some((prefix) => `${pathname}/`.startsWith(prefix)) && !pathname.slice(pathname.lastIndexOf('/')).includes('.');
}
