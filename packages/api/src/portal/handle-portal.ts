import { createRestHandler, type RestHandler } from '../rest/handle-rest.ts';
import type { PortalContext } from './portal-context.ts';
import { portalRouter } from './portal-router.ts';
import { PORTAL_ROUTES } from './portal-routes.ts';

/** Answers the calls of the portal under `/api/portal/`. */
export const handlePortal: RestHandler<PortalContext> = createRestHandler({ router: portalRouter, routes: PORTAL_ROUTES });
