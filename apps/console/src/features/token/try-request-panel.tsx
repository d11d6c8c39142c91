import type { Token } from '@latchkey/api/schemas';
import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { readRequestError } from '../../lib/request-error.ts';
import { SectionCard } from '../../ui/section-card.tsx';
import { Explanation } from './explanation.tsx';
import { METHODS } from './request-tester.tsx';
import { requestPath } from './try-request.ts';
import { useExplain } from './use-explain.ts';

/** Asks the server what the guard would say to a request that nobody sent: every rule as it is saved, and the counters as they stand. */
export function TryRequestPanel({ token }: { token: Token }) {
  const [method, setMethod] = useState('GET');
  const [address, setAddress] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const explain = useExplain();

  function ask(event: FormEvent) {
    event.preventDefault();
    const path = requestPath(address);
    setFault(path === null ? 'Type a path such as /products/42.' : null);
    if (path !== null) explain.mutate({ tokenId: token.id, method, path: encodeURI(path) });
  }
  return (
    <SectionCard
      title="Would it pass?"
      description="Every check the guard makes, by the saved settings. Nothing is sent, and nothing is counted."
    >
      <Stack gap="md">
        <form onSubmit={ask} noValidate aria-label="Would it pass?">
          <Group gap="xs" align="flex-start">
            <NativeSelect
              aria-label="Method"
              data={METHODS}
              value={method}
              onChange={(event) => setMethod(event.currentTarget.value)}
              w={110}
            />
            <TextInput
              aria-label="Path of the request"
              placeholder="/products/42"
              value={address}
              error={fault}
              onChange={(event) => setAddress(event.currentTarget.value)}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
              flex="1 1 10rem"
              spellCheck={false}
              autoComplete="off"
            />
            <Button type="submit" variant="default" loading={explain.isPending}>
              Check
            </Button>
          </Group>
        </form>
        <div role="status" aria-live="polite">
          {explain.error && (
            <Text size="sm" c="var(--mantine-color-error)">
              {readRequestError(explain.error).message}
            </Text>
          )}
          {explain.data && <Explanation explanation={explain.data} />}
        </div>
      </Stack>
    </SectionCard>
  );
}
