import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { announceChange } from '../../features/gateway/announce-change.tsx';
import { toLocalInput } from '../../features/token/expiry-choice.ts';
import { useDeleteExpired } from '../../features/token/use-delete-expired.ts';
import { formatExact } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';

const DAYS_90 = 90 * 86_400_000;

interface Found {
  /** The day that was asked about, `2026-08-28`. */
  before: string;
  count: number;
  more: boolean;
}

/** Nothing expires out of the list by itself: tidying up is somebody's decision, counted first and written to the audit log. */
export function ExpiredTokensCard() {
  const [before, setBefore] = useState(() => toLocalInput(Date.now() - DAYS_90).slice(0, 10));
  const [fault, setFault] = useState<string | null>(null);
  const [found, setFound] = useState<Found | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState<'counting' | 'deleting' | null>(null);
  const [asking, setAsking] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const { count, removeAll } = useDeleteExpired();

  async function attempt(what: 'counting' | 'deleting', act: () => Promise<void>) {
    if (busy) return;
    setBusy(what);
    setFailure(null);
    try {
      await act();
    } catch (error) {
      setFailure(readRequestError(error).message);
    } finally {
      setBusy(null);
    }
  }
  const look = (event: FormEvent) => {
    event.preventDefault();
    setFound(null);
    setFault(before === '' ? 'Give a day.' : null);
    if (before === '') return field.current?.focus();
    void attempt('counting', async () => setFound({ before, ...(await count(startOfDay(before))) }));
  };
  const remove = async (day: string) => {
    await attempt('deleting', async () => {
      const { removed, effective } = await removeAll(startOfDay(day));
      setFound(null);
      announceChange(`${formatExact(removed)} expired ${removed === 1 ? 'token' : 'tokens'} deleted.`, effective);
    });
    setAsking(false);
  };
  return (
    <SectionCard
      title="Expired tokens"
      description="They stay in the list and keep answering “Token has expired” until somebody deletes them."
    >
      <form onSubmit={look} noValidate aria-label="Expired tokens">
        <Stack gap="md" align="flex-start">
          <Group align="flex-end" gap="sm">
            <TextInput
              ref={field}
              type="date"
              label="Expired before"
              value={before}
              error={fault}
              onChange={(event) => {
                setBefore(event.currentTarget.value);
                setFound(null);
                setFault(null);
              }}
            />
            <SubmitButton variant="default" loading={busy === 'counting'}>
              Count them
            </SubmitButton>
          </Group>
          <div role="status">{found && <Answer found={found} onDelete={() => setAsking(true)} />}</div>
          {failure && (
            <Alert color="red" variant="light" role="alert">
              {failure}
            </Alert>
          )}
        </Stack>
      </form>
      {found && (
        <ConfirmDialog
          opened={asking}
          onClose={() => setAsking(false)}
          onConfirm={() => void remove(found.before)}
          title={`Delete ${describeFound(found)}?`}
          confirmLabel="Delete expired tokens"
          tone="danger"
          pending={busy === 'deleting'}
        >
          They expired before {found.before}. All their recorded usage goes with them, and requests with them are answered as unknown from
          then on. This cannot be undone.
        </ConfirmDialog>
      )}
    </SectionCard>
  );
}

function Answer({ found, onDelete }: { found: Found; onDelete: () => void }) {
  if (found.count === 0) return <Text size="sm">No token expired before {found.before}.</Text>;
  return (
    <Group gap="sm">
      <Text size="sm">{describeFound(found)} expired before then.</Text>
      <Button variant="light" color="red" size="sm" onClick={onDelete}>
        Delete them…
      </Button>
    </Group>
  );
}

function describeFound({ count, more }: Found): string {
  if (more) return `More than ${formatExact(count)} tokens`;
  return `${formatExact(count)} ${count === 1 ? 'token' : 'tokens'}`;
}

/** Days are the viewer's own. */
function startOfDay(day: string): string {
  return new Date(`${day}T00:00`).toISOString();
}
