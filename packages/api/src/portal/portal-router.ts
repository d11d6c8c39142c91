import { OperationError } from '@latchkey/core';
import { z } from 'zod';
import { tokenIdSchema } from '../schemas/common.ts';
import {
  changedPortalKeySchema,
  createdPortalKeySchema,
  createPortalKeyInputSchema,
  portalFormSchema,
  portalKeyListInputSchema,
  portalKeyListSchema,
  portalKeySchema,
  portalUsageInputSchema,
  portalUsageSchema,
  portalViewSchema,
  updatePortalKeyInputSchema,
} from '../schemas/portal.ts';
import { createKey, createPublishableKey, revokeKey, updateKey } from './change-keys.ts';
import { canCreate, describeForm } from './key-form.ts';
import { findOwnKey, listOwnKeys, toPortalKey } from './own-keys.ts';
import { typeForKind } from './portal-key-types.ts';
import { allowedProcedure, ownerProcedure, portalRouterOf } from './portal-trpc.ts';
import { readOwnUsage } from './read-own-usage.ts';

const byId = z.object({ id: tokenIdSchema });

/** What an owner can do in a session of the portal: with their own keys, and with nothing else. */
export const portalRouter = portalRouterOf({
  session: portalRouterOf({
    get: ownerProcedure.output(portalViewSchema).query(async ({ ctx }) => {
      const { id, ownerType, ownerId, ownerName, expiresAt, returnUrl, returnText, theme, actions } = ctx.session;
      const owner = { type: ownerType, id: ownerId, name: ownerName };
      const [secret, publishable] = await Promise.all([canCreate(ctx, 'secret'), canCreate(ctx, 'publishable')]);
      return { id, owner, expiresAt, returnUrl, returnText, theme, actions, secret, publishable };
    }),
  }),

  key: portalRouterOf({
    list: ownerProcedure
      .input(portalKeyListInputSchema)
      .output(portalKeyListSchema)
      .query(({ ctx, input }) => listOwnKeys(ctx, input)),

    /** What the form of a new key offers. */
    form: allowedProcedure('create')
      .output(portalFormSchema)
      .query(({ ctx }) => describeForm(ctx, typeForKind(ctx.policy, ctx.session, 'secret') ?? null)),

    create: allowedProcedure('create')
      .input(createPortalKeyInputSchema)
      .output(createdPortalKeySchema)
      .mutation(({ ctx, input }) => createKey(ctx, input)),

    createPublishable: allowedProcedure('create')
      .output(createdPortalKeySchema)
      .mutation(({ ctx }) => createPublishableKey(ctx)),

    /** A key and what its form offers. */
    edit: allowedProcedure('edit')
      .input(byId)
      .output(z.object({ key: portalKeySchema, form: portalFormSchema }))
      .query(async ({ ctx, input }) => {
        const token = await findOwnKey(ctx, input.id);
        return { key: toPortalKey(ctx, token), form: describeForm(ctx, token.keyType, token.scopes) };
      }),

    update: allowedProcedure('edit')
      .input(updatePortalKeyInputSchema)
      .output(changedPortalKeySchema)
      .mutation(({ ctx, input }) => updateKey(ctx, input)),

    revoke: allowedProcedure('revoke')
      .input(byId)
      .output(changedPortalKeySchema)
      .mutation(({ ctx, input }) => revokeKey(ctx, input.id)),

    /** The text of a key that this session has just made, once. It is gone after that, which is why this is no query. */
    reveal: ownerProcedure
      .input(byId)
      .output(z.object({ token: z.string() }))
      .mutation(async ({ ctx, input }) => {
        await findOwnKey(ctx, input.id);
        const token = ctx.portal.reveals.retrieveOnce({ sessionId: ctx.session.id, keyId: input.id });
        if (token === null) throw new OperationError('NOT_FOUND', 'Token can only be shown once.');
        return { token };
      }),

    /** The text of a key that is no secret, as often as its owner likes (S2-028, 072). */
    token: ownerProcedure
      .input(byId)
      .output(z.object({ token: z.string() }))
      .query(async ({ ctx, input }) => {
        await findOwnKey(ctx, input.id);
        const token = await ctx.tokens.readViewableText(input.id);
        if (token === null) throw new OperationError('NOT_FOUND', 'Token can only be shown once.');
        return { token };
      }),

    usage: ownerProcedure
      .input(portalUsageInputSchema)
      .output(portalUsageSchema)
      .query(({ ctx, input }) => readOwnUsage(ctx, input)),
  }),
});
