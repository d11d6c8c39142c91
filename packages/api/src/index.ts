export type { AccountService, Member } from './admin/account-service.ts';
export { type AppRouter, appRouter, createCaller } from './app-router.ts';
export type {
  Account,
  ApiContext,
  ApiParts,
  PortalMint,
  PortalParts,
  ServerFacts,
  TokenMint,
  TokensChanged,
  WebhookSender,
} from './context.ts';
export { type Fault, isDefect, toFault } from './error/to-fault.ts';
export { toTrpcError } from './error/to-trpc-error.ts';
export { handlePresentedToken, PRESENTED_TOKEN_PATHS, toOAuthError } from './introspection/handle-presented-token.ts';
export { createExpiredKeyCleanup, type ExpiredKeyCleanup } from './key-routes/expired-key-cleanup.ts';
export { handleKeyRoute, KEY_ROUTES_PATH } from './key-routes/handle-key-route.ts';
export { API_KEY_ERROR_CODES } from './key-routes/key-error.ts';
export { createKeyRoutesDocument, openApiFor } from './key-routes/key-openapi.ts';
export type { KeyRouteContext, KeyRouteParts, KeyVerdict, KeyVerifier } from './key-routes/key-route-context.ts';
export { type QuotaLeases, trueRemaining, withTrueRemaining } from './limit/with-true-remaining.ts';
export { createOpenApiDocument } from './openapi/create-openapi-document.ts';
export { handleOwnTokens, OWN_STATE_PATH } from './own-token/handle-own-tokens.ts';
export type { OwnTokenContext, OwnTokenParts } from './own-token/own-token-context.ts';
export { createRevealStore, type RevealStore } from './portal/create-reveal-store.ts';
export { handlePortal } from './portal/handle-portal.ts';
export { type OpenedPortalSession, openPortalSession } from './portal/open-portal-session.ts';
export type { PortalContext } from './portal/portal-context.ts';
export { handleRest } from './rest/handle-rest.ts';
export type { RestRequest, RestResponse } from './rest/rest-message.ts';
export { REST_ROUTES, type RestProcedure, type RestRoute } from './rest/rest-routes.ts';
export type { Role } from './schemas/admin.ts';
