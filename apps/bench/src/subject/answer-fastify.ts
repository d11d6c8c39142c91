import type { FastifyReply, FastifyRequest } from 'fastify';
import { ANSWER, CONTENT_TYPE } from './answer.ts';

/** A route of a Fastify application: a text that is ready costs it least. */
export function answerFastify(_request: FastifyRequest, reply: FastifyReply): void {
  reply.type(CONTENT_TYPE).send(ANSWER);
}
