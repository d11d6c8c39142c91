import { isViewable, type TokenPolicy, tokenPrefixOf } from '@latchkey/core';
import type { Policy } from '../schemas/policy.ts';

/** The policy as lists, in the order in which the deployment wrote it. */
export function describePolicy(policy: TokenPolicy): Policy {
  const { defaultScopes, currentEnvironment, strictEnvironmentIsolation, expiry } = policy;
  return {
    scopes: Object.entries(policy.scopes).map(([name, description]) => ({ name, description })),
    defaultScopes: [...defaultScopes],
    keyTypes: Object.entries(policy.keyTypes).map(([name, { scopeCeiling, revocable, limit }]) => ({
      name,
      prefix: tokenPrefixOf(policy, name, currentEnvironment),
      prefixes: Object.fromEntries(
        Object.keys(policy.environments).map((environment) => [environment, tokenPrefixOf(policy, name, environment)]),
      ),
      scopeCeiling: scopeCeiling === 'all' ? null : [...scopeCeiling],
      revocable,
      viewable: isViewable(policy, name),
      limit,
    })),
    environments: Object.keys(policy.environments).map((name) => ({ name, prefix: tokenPrefixOf(policy, null, name) })),
    currentEnvironment,
    strictEnvironmentIsolation,
    owners: Object.entries(policy.owners).map(([type, rule]) => ({
      type,
      ...rule,
      defaultScopes: rule.defaultScopes && [...rule.defaultScopes],
      availableScopes: rule.availableScopes && [...rule.availableScopes],
    })),
    expiry: { ...expiry, presets: Object.entries(expiry.presets).map(([name, seconds]) => ({ name, seconds })) },
    rules: policy.rules.map(({ endpoint, scopes, permissions, cost }) => ({
      endpoint,
      scopes: [...scopes],
      permissions: Object.entries(permissions ?? {}).flatMap(([resource, actions]) => actions.map((action) => `${resource}:${action}`)),
      cost,
    })),
    pools: Object.entries(policy.pools).map(([type, limits]) => ({ type, limits: limits.map((limit) => ({ ...limit })) })),
    selfManagement: policy.selfManagement,
    apiKeyConfigIds: policy.apiKeyConfigurations.map(({ configId }) => configId),
  };
}
