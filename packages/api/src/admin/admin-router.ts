import { z } from 'zod';
import {
  addMemberInputSchema,
  auditListSchema,
  completeSetupInputSchema,
  listAuditInputSchema,
  memberSchema,
  meSchema,
  removeMemberInputSchema,
  serverInfoSchema,
  setRoleInputSchema,
  setupStateSchema,
} from '../schemas/admin.ts';
import { okSchema } from '../schemas/common.ts';
import { tokenSecretVersionsSchema } from '../schemas/secret.ts';
import { adminProcedure, publicProcedure, router, viewerProcedure } from '../trpc.ts';
import { countTokenSecrets } from './count-token-secrets.ts';

export const adminRouter = router({
  me: viewerProcedure.output(meSchema).query(({ ctx }) => ctx.account),
  server: viewerProcedure.output(serverInfoSchema).query(({ ctx }) => ({ ...ctx.facts })),

  /** How far the server's own token secret is rotated. */
  tokenSecrets: viewerProcedure.output(tokenSecretVersionsSchema).query(({ ctx }) => countTokenSecrets(ctx)),

  /** Whether the first-run form is to be shown. */
  setupState: publicProcedure.output(setupStateSchema).query(async ({ ctx }) => ({ needed: await ctx.accounts.isSetupNeeded() })),
  completeSetup: publicProcedure
    .input(completeSetupInputSchema)
    .output(z.object({ member: memberSchema }))
    .mutation(async ({ ctx, input }) => {
      const actor = { id: null, name: input.name, ipAddress: ctx.ipAddress, userAgent: ctx.userAgent };
      return { member: await ctx.accounts.completeSetup(input, actor) };
    }),

  members: viewerProcedure
    .output(z.object({ members: z.array(memberSchema) }))
    .query(async ({ ctx }) => ({ members: await ctx.accounts.list() })),
  addMember: adminProcedure
    .input(addMemberInputSchema)
    .output(z.object({ member: memberSchema }))
    .mutation(async ({ ctx, input }) => ({ member: await ctx.accounts.add(input, ctx.actor) })),
  setRole: adminProcedure
    .input(setRoleInputSchema)
    .output(z.object({ member: memberSchema }))
    .mutation(async ({ ctx, input }) => ({ member: await ctx.accounts.setRole(input.id, input.role, ctx.actor) })),
  removeMember: adminProcedure
    .input(removeMemberInputSchema)
    .output(okSchema)
    .mutation(async ({ ctx, input }) => {
      await ctx.accounts.remove(input.id, ctx.actor);
      return { message: 'Member removed.' };
    }),

  audit: adminProcedure
    .input(listAuditInputSchema)
    .output(auditListSchema)
    .query(async ({ ctx, input }) => ({ ...(await ctx.audit.list(input)), limit: input.limit, offset: input.offset })),
});
