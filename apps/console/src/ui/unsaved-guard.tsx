import { useBlocker } from '@tanstack/react-router';
import { ConfirmDialog } from './confirm-dialog.tsx';

/** Asks before typed text is lost: on the way to another page or tab of this one, and when the browser's tab is closed. */
export function UnsavedGuard({ dirty }: { dirty: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && (current.pathname !== next.pathname || tabOf(current.search) !== tabOf(next.search)),
    enableBeforeUnload: dirty,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={status === 'blocked'}
      onClose={() => reset?.()}
      onConfirm={() => proceed?.()}
      title="Leave without saving?"
      confirmLabel="Discard and leave"
      tone="danger"
    >
      What you changed here is not saved yet.
    </ConfirmDialog>
  );
}

/** A page may have tabs in its address; the rest of the address – a time range, say – does not touch what was typed. */
function tabOf(search: object): unknown {
  return 'tab' in search ? search.tab : undefined;
}
