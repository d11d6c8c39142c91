import type { EffectiveView, Token } from '@latchkey/api/schemas';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { isolate } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { trpc } from '../../lib/trpc.ts';
import { announceChange } from '../gateway/announce-change.tsx';
import { patchCachedTokens, useInvalidateTokens, useTokenSnapshot } from './token-cache.ts';

interface Switch {
  ids: number[];
  active: boolean;
  /** What the message calls them: a token's name, or "3 tokens". */
  subject: string;
}

/** Switches tokens on or off: at once on the screen, put back when the server refuses, with Undo. */
export function useSetTokenActive() {
  const client = useQueryClient();
  const snapshot = useTokenSnapshot();
  const invalidate = useInvalidateTokens();
  const { mutateAsync, isPending } = trpc.token.setActive.useMutation({
    onMutate: async ({ ids, active }) => {
      const before = await snapshot.take();
      patchCachedTokens(client, new Set(ids), (token) => switched(token, active));
      return before;
    },
    onError: (_error, _input, before) => before && snapshot.restore(before),
    onSettled: () => invalidate(),
  });

  async function setActive({ ids, active, subject }: Switch, offerUndo = true): Promise<void> {
    try {
      const { changed, skipped, effective } = await mutateAsync({ ids, active });
      const undo = offerUndo && changed.length > 0 ? () => void setActive({ ids: changed, active: !active, subject }, false) : null;
      notifySwitched({ active, subject, changed: changed.length, skipped: skipped.length, effective, undo });
    } catch (error) {
      notifications.show({ color: 'red', title: `${isolate(subject)}: nothing was changed`, message: readRequestError(error).message });
    }
  }
  return { setActive, isPending };
}

/** What a token looks like once it is switched. Revoked ones stay as they are; only the server knows the health of one switched on. */
function switched(token: Token, active: boolean): Partial<Token> {
  if (token.status === 'revoked') return {};
  if (token.expiresAt !== null && Date.parse(token.expiresAt) <= Date.now()) return { active, status: 'expired', health: 'expired' };
  if (!active) return { active, status: 'disabled', health: 'disabled' };
  return { active, status: 'active', health: token.health === 'disabled' ? 'healthy' : token.health };
}

interface SwitchNews {
  active: boolean;
  subject: string;
  changed: number;
  skipped: number;
  /** Absent: the server did not say. */
  effective?: EffectiveView;
}

function describeSwitch({ active, subject, changed, skipped }: SwitchNews): string {
  const state = active ? 'switched on' : 'switched off';
  const left = skipped > 0 ? ` ${skipped} left as ${skipped === 1 ? 'it was' : 'they were'}: revoked or gone.` : '';
  if (changed === 0) return `${isolate(subject)}: ${skipped > 0 ? 'nothing was changed' : `already ${state}`}.${left}`;
  return `${isolate(subject)} ${state}.${left}`;
}

function notifySwitched(news: SwitchNews & { undo: (() => void) | null }): void {
  const { active, subject, changed, effective, undo } = news;
  const id = `switched-${subject}-${active}`;
  const takeBack = () => {
    notifications.hide(id);
    undo?.();
  };
  const action = undo && (
    <Button size="compact-sm" variant="light" onClick={takeBack}>
      Undo
    </Button>
  );
  announceChange(describeSwitch(news), changed > 0 ? effective : null, { id, action });
}
