import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { type CreatedSecret, SecretDialog } from './secret-dialog.tsx';

/** The dialog, and a guard on the way back: a press on "Back" must not throw the secret away. */
export function GuardedSecret({ created, onClose }: { created: CreatedSecret; onClose: () => void }) {
  const [unsaved, setUnsaved] = useState(true);
  useBlocker({ shouldBlockFn: () => unsaved, enableBeforeUnload: false });
  return <SecretDialog created={created} onClose={onClose} onUnsavedChange={setUnsaved} />;
}
