import { CloseButton, Group, NativeSelect, Text } from '@mantine/core';
import { usePolicy } from '../../features/policy/use-policy.ts';
import classes from './kind-filters.module.css';
import { useTokensView } from './use-tokens-view.ts';

/** Owner, key type and environment: what the deployment has of them. */
export function KindFilters() {
  const { search, change } = useTokensView();
  const policy = usePolicy().data;
  return (
    <Group gap="sm">
      {policy && policy.keyTypes.length > 0 && (
        <NativeSelect
          aria-label="Key type"
          size="sm"
          data={[{ value: '', label: 'Every key type' }, ...withCurrent(policy.keyTypes, search.type)]}
          value={search.type ?? ''}
          onChange={(event) => change({ type: event.currentTarget.value || undefined })}
        />
      )}
      {policy && policy.environments.length > 1 && (
        <NativeSelect
          aria-label="Environment"
          size="sm"
          data={[{ value: '', label: 'Every environment' }, ...withCurrent(policy.environments, search.env)]}
          value={search.env ?? ''}
          onChange={(event) => change({ env: event.currentTarget.value || undefined })}
        />
      )}
      {search.owner && <OwnerFilter owner={search.owner} onClear={() => change({ owner: undefined })} />}
    </Group>
  );
}

/** What the address asks for is shown, also where the deployment has no such thing any more. */
function withCurrent(known: { name: string }[], current: string | undefined): string[] {
  const names = known.map(({ name }) => name);
  return current === undefined || names.includes(current) ? names : [...names, current];
}

function OwnerFilter({ owner, onClear }: { owner: string; onClear: () => void }) {
  return (
    <Group gap={4} wrap="nowrap" className={classes.owner}>
      <Text size="sm" className="lk-wrap" lineClamp={1} title={owner}>
        Owner: <b>{owner.replace(':', ' ')}</b>
      </Text>
      <CloseButton size="sm" aria-label="Show tokens of every owner" onClick={onClear} />
    </Group>
  );
}
