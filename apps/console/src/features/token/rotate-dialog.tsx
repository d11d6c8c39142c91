import type { Token } from '@latchkey/api/schemas';
import { Alert, Button, Group, Modal, NumberInput, Radio, Stack, Text } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { isolate } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import type { Outputs } from '../../lib/trpc.ts';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { OVERLAPS, type OverlapChoice, type OverlapValue, overlapFault, overlapInput } from './overlap-choice.ts';
import { tokenName } from './token-name.ts';
import { useRotateToken } from './use-rotate-token.ts';

interface RotateDialogProps {
  token: Token;
  onClose: () => void;
  /** Gets the new text, which is kept nowhere else. */
  onRotated: (answer: Outputs['token']['rotate']) => void;
}

/** Asks how long the old secret goes on, then makes the new one. */
export function RotateDialog({ token, onClose, onRotated }: RotateDialogProps) {
  const [overlap, setOverlap] = useState<OverlapValue>({ choice: '86400', quietHours: 24 });
  const [fault, setFault] = useState<string | null>(null);
  const hours = useRef<HTMLInputElement>(null);
  const { mutateAsync, isPending, error, reset } = useRotateToken();
  const change = (part: Partial<OverlapValue>) => {
    setFault(null);
    setOverlap((current) => ({ ...current, ...part }));
  };

  async function submit(event: FormEvent) {
    event.preventDefault();
    const wrong = overlapFault(overlap);
    setFault(wrong);
    if (wrong !== null) return hours.current?.focus();
    if (isPending) return;
    try {
      const answer = await mutateAsync({ id: token.id, ...overlapInput(overlap) });
      reset();
      onRotated(answer);
    } catch {
      // Shown below: the mutation holds the error.
    }
  }
  return (
    <Modal opened onClose={isPending ? () => {} : onClose} title={<Text fw={600}>Rotate “{isolate(tokenName(token))}”?</Text>} size="md">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="md">
          <Text size="sm">
            The token gets a new secret, shown once on the next screen. It keeps its id, its history, its rights and its limits.
            {token.oldSecretInUse && ' An old secret of an earlier rotation is still used: it ends now, because a token has at most two.'}
          </Text>
          <Radio.Group
            label="How long the old secret goes on"
            value={overlap.choice}
            onChange={(choice) => change({ choice: choice as OverlapChoice })}
          >
            <Stack gap="xs" mt={6}>
              {OVERLAPS.map(({ value, label, hint }) => (
                <Radio key={value} value={value} label={label} description={hint || undefined} />
              ))}
            </Stack>
          </Radio.Group>
          {overlap.choice === 'quiet' && (
            <NumberInput
              ref={hours}
              label="Hours without a request"
              w={200}
              min={1}
              max={168}
              clampBehavior="none"
              allowDecimal={false}
              value={overlap.quietHours}
              onChange={(quietHours) => change({ quietHours })}
              error={fault}
            />
          )}
          {error && (
            <Alert color="red" variant="light" title="Nothing was changed" role="alert">
              {readRequestError(error).message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={isPending} data-autofocus>
              Cancel
            </Button>
            <SubmitButton loading={isPending}>Rotate</SubmitButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
