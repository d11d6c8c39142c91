import type { Policy } from '@latchkey/api/schemas';
import { Code, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatRate } from '../../features/limit/limit-window.ts';
import { expiryPresets, formatSeconds } from '../../features/policy/expiry-presets.ts';
import { usePolicy } from '../../features/policy/use-policy.ts';
import { describeKeyType } from '../../features/token/kind-fields.tsx';
import { FactRow, FactTable } from '../../ui/fact-table.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';

/** What the configuration file says about tokens: to be read here, and changed there. */
export function PolicyCard() {
  const query = usePolicy();
  return (
    <SectionCard
      title="Policy"
      description={
        <>
          What tokens here may be: set by <code>latchkey.config.ts</code>, and read when Latchkey starts.
        </>
      }
      flush
    >
      {!query.data && query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingBlock height={240} label="Loading policy" />}
      {query.data && <PolicyFacts policy={query.data} />}
    </SectionCard>
  );
}

function PolicyFacts({ policy }: { policy: Policy }) {
  const { scopes, defaultScopes, keyTypes, environments, owners, rules, pools, selfManagement, apiKeyConfigIds } = policy;
  return (
    <FactTable>
      <FactRow name="Scopes">
        {scopes.length === 0 ? (
          'Any text is a scope'
        ) : (
          <Entries entries={scopes.map(({ name, description }) => ({ key: name, says: description }))} />
        )}
        {defaultScopes.length > 0 && <Note>Given to tokens that name none: {defaultScopes.join(', ')}.</Note>}
      </FactRow>
      <FactRow name="Key types">
        {keyTypes.length === 0 ? (
          'None: tokens have no type'
        ) : (
          <Entries entries={keyTypes.map((type) => ({ key: type.prefix, says: `${type.name}: ${describeKeyType(type)}` }))} />
        )}
      </FactRow>
      <FactRow name="Environments">
        <Entries entries={environments.map(({ name, prefix }) => ({ key: prefix, says: describeEnvironment(policy, name) }))} />
        {policy.strictEnvironmentIsolation && <Note>Tokens of other environments are refused.</Note>}
      </FactRow>
      <FactRow name="Owners">
        {owners.length === 0 ? 'No rules' : <Entries entries={owners.map((rule) => ({ key: rule.type, says: describeOwnerRule(rule) }))} />}
      </FactRow>
      <FactRow name="Expiry">{describeExpiry(policy.expiry)}</FactRow>
      <FactRow name="Access rules">
        {rules.length === 0 ? 'None: every valid token passes' : <Entries entries={listRules(rules)} />}
      </FactRow>
      <FactRow name="Shared limits">
        {pools.length === 0 ? (
          'None: each token has limits of its own only'
        ) : (
          <Entries entries={pools.map((pool) => ({ key: pool.type, says: describePool(pool) }))} />
        )}
      </FactRow>
      <FactRow name="Self-management">
        {selfManagement ? 'Tokens may make, list and revoke tokens of their owner' : 'Off: only this console and its API manage tokens'}
      </FactRow>
      <FactRow name="better-auth keys">
        <Group gap="6px 8px">
          {apiKeyConfigIds.map((id) => (
            <Code key={id}>{id}</Code>
          ))}
        </Group>
      </FactRow>
    </FactTable>
  );
}

function Entries({ entries }: { entries: { key: string; says: string }[] }) {
  return (
    <Stack gap={8}>
      {entries.map(({ key, says }) => (
        <Group key={key} gap="2px 8px" align="baseline">
          <Code>{key}</Code>
          <Text size="sm" c="dimmed" className="lk-wrap" flex="1 1 12rem">
            {says}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <Text size="xs" c="dimmed" mt={4}>
      {children}
    </Text>
  );
}

function describeEnvironment({ currentEnvironment }: Policy, name: string): string {
  return name === currentEnvironment ? `${name}, served here` : name;
}

function describeOwnerRule({ type, maxTokens, requireName, defaultScopes, availableScopes }: Policy['owners'][number]): string {
  const parts = [
    type === '*' && 'every other type',
    maxTokens === null ? 'any number of tokens' : `at most ${maxTokens} tokens that are not over`,
    requireName && 'each needs a name',
    defaultScopes && `start with ${defaultScopes.join(', ') || 'no scopes'}`,
    availableScopes && `may hold ${availableScopes.join(', ') || 'no scopes'}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** All tokens of one owner together: `team: 10,000/min · day: 1,000,000/day, sliding`. */
function describePool({ type, limits }: Policy['pools'][number]): string {
  const parts = [
    type === '*' && 'every other type',
    ...limits.map(
      ({ name, max, windowMs, algorithm }) => `${name}: ${formatRate(max, windowMs)}${algorithm === 'sliding' ? ', sliding' : ''}`,
    ),
  ];
  return parts.filter(Boolean).join(' · ');
}

function describeExpiry(expiry: Policy['expiry']): string {
  const { defaultSeconds, maxSeconds } = expiry;
  const parts = [
    `Offered: ${expiryPresets(expiry)
      .map(({ label }) => label)
      .join(', ')}`,
    defaultSeconds === null ? null : `by default ${formatSeconds(defaultSeconds)}`,
    maxSeconds === null ? null : `at most ${formatSeconds(maxSeconds)}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** `needs write, files:read · costs 5`. */
function describeRule({ scopes, permissions, cost }: Policy['rules'][number]): string {
  const needs = [...scopes, ...permissions];
  const parts = [needs.length > 0 && `needs ${needs.join(', ')}`, cost > 1 && `costs ${cost}`];
  return parts.filter(Boolean).join(' · ') || 'a valid token is enough';
}

/** Several rules may be about the same endpoints. */
function listRules(rules: Policy['rules']): { key: string; says: string }[] {
  const byEndpoint = Map.groupBy(rules, ({ endpoint }) => endpoint);
  return [...byEndpoint].map(([key, same]) => ({ key, says: same.map(describeRule).join('; ') }));
}
