import type { Express, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { WINDOW_MS } from './keys.ts';

const BEARER = 'Bearer ';

/** A look-up of the key, as everybody writes it, and express-rate-limit by key: headers of one kind only, and without its checks at run time. */
export function protectExpress(app: Express, path: string, keys: readonly string[], limit: number): void {
  const idByKey = new Map(keys.map((key, index) => [key, String(index + 1)]));
  const lookUp: RequestHandler = (req, res, next) => {
    const { authorization = '' } = req.headers;
    const id = authorization.startsWith(BEARER) ? idByKey.get(authorization.slice(BEARER.length)) : undefined;
    if (id === undefined) {
      res.set('WWW-Authenticate', 'Bearer').status(401).json({ error: 'Invalid token' });
      return;
    }
    res.locals.tokenId = id;
    next();
  };
  const limiter = rateLimit({
    windowMs: WINDOW_MS,
    limit,
    keyGenerator: (_req, res) => res.locals.tokenId,
    legacyHeaders: true,
    standardHeaders: false,
    validate: false,
  });
  app.use(path, lookUp, limiter);
}
