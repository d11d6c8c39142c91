import { createServer } from 'node:http';
import express from 'express';
import { describeGuard } from '../testing/guard-cases.ts';
import { listen } from '../testing/listen.ts';
import { createExpressGuard } from './express.ts';

describeGuard('Express', ({ guard, handler, access }) => {
  const app = express();
  app.use('/api', createExpressGuard(guard).protect(access), handler);
  return listen(createServer(app));
});
