import { CloseButton, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ACTION_WORDS, ACTIONS } from '../../features/admin/audit-words.ts';
import { usePatchSearch } from '../../lib/use-patch-search.ts';
import type { AuditSearch } from './audit-search.ts';

const TARGETS = [
  { value: 'token', label: 'Tokens' },
  { value: 'member', label: 'Members' },
] as const;

/** Each choice is in the URL, and leads back to the first page. */
export function AuditFilters() {
  const { action, target } = useSearch({ from: '/console/audit' });
  const patch = usePatchSearch<AuditSearch>();
  return (
    <Group gap="sm" role="search" aria-label="Filter changes">
      <Select
        aria-label="What was done"
        placeholder="Everything done"
        clearable
        w={{ base: '100%', xs: 210 }}
        data={ACTIONS.map((value) => ({ value, label: ACTION_WORDS[value].label }))}
        value={action ?? null}
        onChange={(value) => patch({ action: ACTIONS.find((each) => each === value), page: undefined })}
        clearButtonProps={{ 'aria-label': 'Clear what was done' }}
      />
      <Select
        aria-label="To what"
        placeholder="To tokens and members"
        clearable
        w={{ base: '100%', xs: 210 }}
        data={[...TARGETS]}
        value={target ?? null}
        onChange={(value) => patch({ target: TARGETS.find((each) => each.value === value)?.value, page: undefined })}
        clearButtonProps={{ 'aria-label': 'Clear to what' }}
      />
      <TargetIdField />
    </Group>
  );
}

function TargetIdField() {
  const { targetId = '' } = useSearch({ from: '/console/audit' });
  const patch = usePatchSearch<AuditSearch>();
  const [text, setText] = useState(targetId);
  const search = useDebouncedCallback((id: string) => patch({ targetId: id || undefined, page: undefined }, { replace: true }), 250);
  // Back, forward and "Clear filters" change the URL from outside.
  useEffect(() => setText(targetId), [targetId]);
  const type = (next: string) => {
    setText(next);
    search(next.trim());
  };
  return (
    <TextInput
      type="search"
      aria-label="Id of one token or member"
      placeholder="Id of one token or member"
      w={{ base: '100%', xs: 230 }}
      maxLength={64}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      rightSection={text && <CloseButton size="sm" aria-label="Clear id" onClick={() => type('')} />}
    />
  );
}
