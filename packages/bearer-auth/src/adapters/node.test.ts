import { createServer } from 'node:http';
import { describeGuard } from '../testing/guard-cases.ts';
import { listen } from '../testing/listen.ts';
import { createNodeGuard } from './node.ts';

describeGuard('node:http', ({ guard, handler, access }) => listen(createServer(createNodeGuard(guard).protect(handler, access))));
