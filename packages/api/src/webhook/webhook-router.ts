import { OperationError } from '@latchkey/core';
import { z } from 'zod';
import type { ApiContext } from '../context.ts';
import { okSchema, pageInput, tokenIdSchema } from '../schemas/common.ts';
import {
  createdWebhookSchema,
  createWebhookInputSchema,
  deliveriesInputSchema,
  deliveryDetailSchema,
  deliveryListSchema,
  rotateWebhookSecretInputSchema,
  updateWebhookInputSchema,
  webhookListSchema,
  webhookSchema,
} from '../schemas/webhook.ts';
import { adminProcedure, router, viewerProcedure } from '../trpc.ts';

const HOUR_MS = 3_600_000;
const SAVE_IT = 'Save this secret now - it cannot be retrieved later.';

const byId = z.object({ id: tokenIdSchema });
const oneWebhook = z.object({ webhook: webhookSchema });
const oneDelivery = z.object({ delivery: deliveryDetailSchema });

export const webhookRouter = router({
  list: viewerProcedure
    .input(z.object(pageInput))
    .output(webhookListSchema)
    .query(async ({ ctx, input }) => ({ ...(await ctx.webhooks.list(input)), limit: input.limit, offset: input.offset })),

  get: viewerProcedure
    .input(byId)
    .output(oneWebhook)
    .query(async ({ ctx, input }) => ({ webhook: await ctx.webhooks.get(input.id) })),

  /** The secret is in this answer and nowhere else. */
  create: adminProcedure
    .input(createWebhookInputSchema)
    .output(createdWebhookSchema)
    .mutation(async ({ ctx, input }) => {
      await refuseTarget(ctx, input.url);
      const { text, sealed } = ctx.webhookSender.issueSecret();
      const fields = { url: input.url, description: input.description ?? null, eventTypes: input.eventTypes ?? null, secret: sealed };
      return { webhook: await ctx.webhooks.create(fields, ctx.actor), secret: text, message: `Webhook added. ${SAVE_IT}` };
    }),

  update: adminProcedure
    .input(updateWebhookInputSchema)
    .output(oneWebhook)
    .mutation(async ({ ctx, input: { id, ...patch } }) => {
      if (patch.url !== undefined) await refuseTarget(ctx, patch.url);
      const webhook = await ctx.webhooks.update(id, patch, ctx.actor);
      ctx.webhookSender.wake();
      return { webhook };
    }),

  delete: adminProcedure
    .input(byId)
    .output(okSchema)
    .mutation(async ({ ctx, input }) => {
      await ctx.webhooks.delete(input.id, ctx.actor);
      return { message: 'Webhook deleted.' };
    }),

  rotateSecret: adminProcedure
    .input(rotateWebhookSecretInputSchema)
    .output(createdWebhookSchema)
    .mutation(async ({ ctx, input: { id, overlapHours } }) => {
      const { text, sealed } = ctx.webhookSender.issueSecret();
      const until = overlapHours === 0 ? null : ctx.now() + overlapHours * HOUR_MS;
      const webhook = await ctx.webhooks.rotateSecret(id, sealed, until, ctx.actor);
      return { webhook, secret: text, message: `Secret rotated. ${SAVE_IT}` };
    }),

  test: adminProcedure
    .input(byId)
    .output(oneDelivery)
    .mutation(async ({ ctx, input }) => {
      const delivery = await ctx.webhooks.test(input.id, ctx.actor);
      ctx.webhookSender.wake();
      return { delivery };
    }),

  deliveries: viewerProcedure
    .input(deliveriesInputSchema)
    .output(deliveryListSchema)
    .query(async ({ ctx, input: { id, ...query } }) => {
      const { id: webhookId } = await ctx.webhooks.get(id);
      return { ...(await ctx.webhooks.deliveries({ ...query, webhookId })), limit: query.limit, offset: query.offset };
    }),

  delivery: viewerProcedure
    .input(byId)
    .output(oneDelivery)
    .query(async ({ ctx, input }) => ({ delivery: await ctx.webhooks.delivery(input.id) })),

  replay: adminProcedure
    .input(byId)
    .output(oneDelivery)
    .mutation(async ({ ctx, input }) => {
      const delivery = await ctx.webhooks.replay(input.id, ctx.actor);
      ctx.webhookSender.wake();
      return { delivery };
    }),
});

async function refuseTarget(ctx: ApiContext, url: string): Promise<void> {
  const message = await ctx.webhookSender.checkTarget(url);
  if (message !== null) throw new OperationError('VALIDATION_ERROR', 'Invalid input', [{ path: 'url', message }]);
}
