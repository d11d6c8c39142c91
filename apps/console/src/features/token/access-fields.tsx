import { Radio, Stack } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useState } from 'react';
import type { AccessValues } from './access-form.ts';
import { PatternRows } from './pattern-rows.tsx';
import { RequestTester } from './request-tester.tsx';
import { tryRequest } from './try-request.ts';
import { useKnownEndpoints } from './use-known-endpoints.ts';

/** Which endpoints a token may call: the patterns, what each would cover, and a place to try a request. */
export function AccessFields({ form, disabled = false }: { form: UseFormReturnType<AccessValues>; disabled?: boolean }) {
  const [attempt, setAttempt] = useState({ method: 'GET', address: '' });
  const { reach, patterns } = form.getValues();
  const listed = reach === 'listed';
  const texts = listed ? patterns.map(({ text }) => text.trim()) : [];
  // "Only these" without a pattern refuses everything here, though an empty list stored would allow everything.
  const result =
    listed && texts.every((text) => text === '') ? refuseAll(attempt.address) : tryRequest(texts, attempt.method, attempt.address);
  const known = useKnownEndpoints(listed);

  return (
    <Stack gap="md">
      <Radio.Group aria-label="Endpoints" {...form.getInputProps('reach')}>
        <Stack gap="xs">
          <Radio value="every" label="Every endpoint" description="Also those that are added later." disabled={disabled} />
          <Radio value="listed" label="Only endpoints that match a pattern" disabled={disabled} />
        </Stack>
      </Radio.Group>
      {listed && <PatternRows form={form} known={known} matched={result.kind === 'allowed' ? result.pattern : null} disabled={disabled} />}
      <RequestTester attempt={attempt} onChange={setAttempt} result={result} />
    </Stack>
  );
}

function refuseAll(address: string) {
  const result = tryRequest([], 'GET', address);
  return result.kind === 'allowed' ? ({ kind: 'refused', path: result.path } as const) : result;
}
