import { OperationError } from '@latchkey/core';
import type { Actor, PortalSettings } from '@latchkey/database';
import type { ApiContext } from '../context.ts';
import type { CreatePortalSessionInput } from '../schemas/portal.ts';

const ALL_ACTIONS: PortalSettings['actions'] = ['create', 'edit', 'revoke'];

/**
 * Makes a session of the self-service portal for one owner, and the link that opens it once. The secret stands behind `#`, where no
 * server and no log gets to see it.
 */
export async function createPortalSession(ctx: ApiContext & { actor: Actor }, input: CreatePortalSessionInput) {
  const { ownerType, ownerId, ownerName = null } = input;
  refuseUnknownNames(ctx, input);
  const link = ctx.portal.mint.newSecret('link');
  const linkDigest = ctx.portal.mint.digest('link', link);
  if (linkDigest === null) throw new Error('The portal mint does not know its own secret.');
  const expiresAt = ctx.now() + input.ttlSeconds * 1000;
  const settings = settingsOf(input);
  const session = await ctx.portal.sessions.create({ ownerType, ownerId, ownerName, linkDigest, expiresAt, ...settings }, ctx.actor);
  const embed = settings.embedOrigin === null ? '' : `?embed=${ctx.portal.mint.signOrigin(settings.embedOrigin)}`;
  return { url: `${ctx.origin}/portal${embed}#token=${link}`, expiresAt: session.expiresAt, session };
}

function settingsOf(input: CreatePortalSessionInput): PortalSettings {
  return {
    returnUrl: input.returnUrl ?? null,
    returnText: input.returnText ?? 'Home',
    theme: input.theme ?? {},
    actions: input.actions ? ALL_ACTIONS.filter((action) => input.actions?.includes(action)) : ALL_ACTIONS,
    keyTypes: input.keyTypes ?? null,
    environment: input.environment ?? null,
    embedOrigin: input.embedOrigin ?? null,
  };
}

/** A name that the policy does not have would make a session in which nothing can be seen or done. */
function refuseUnknownNames({ policy }: ApiContext, { keyTypes, environment }: CreatePortalSessionInput): void {
  const types = Object.keys(policy.keyTypes);
  const environments = Object.keys(policy.environments);
  const faults = (keyTypes ?? [])
    .map((name, index) => ({ name, path: `keyTypes.${index}` }))
    .filter(({ name }) => !types.includes(name))
    .map(({ path }) => ({ path, message: types.length === 0 ? 'No key types are configured.' : `Choose from: ${types.join(', ')}.` }));
  if (environment && !environments.includes(environment)) {
    faults.push({ path: 'environment', message: `Choose one of these environments: ${environments.join(', ')}.` });
  }
  if (faults.length > 0) throw new OperationError('VALIDATION_ERROR', 'Invalid input', faults);
}
