export type { AccountService, Member } from './admin/account-service.ts';
export { type AppRouter, appRouter, createCaller } from './app-router.ts';
export type { Account, ApiContext, ApiParts, ServerFacts, TokenMint } from './context.ts';
