export type { AccountService, Member } from './admin/account-service.ts';
export { type AppRouter, appRouter, createCaller } from './app-router.ts';
export type { Account, ApiContext, ApiParts, ServerFacts, TokenMint } from './context.ts';
export { type Fault, isDefect, toFault } from './error/to-fault.ts';
export { createOpenApiDocument } from './openapi/create-openapi-document.ts';
export { handleRest } from './rest/handle-rest.ts';
export type { RestRequest, RestResponse } from './rest/rest-message.ts';
export { REST_ROUTES, type RestProcedure, type RestRoute } from './rest/rest-routes.ts';
export type { Role } from './schemas/admin.ts';
