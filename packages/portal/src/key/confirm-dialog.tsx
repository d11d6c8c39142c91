import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

export interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The verb on the button. */
  readonly action: string;
  readonly pending: boolean;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** A question before something that cannot be undone. The browser keeps the focus inside and gives it back. */
export function ConfirmDialog({ title, children, action, pending, onConfirm, onCancel }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Closed before it goes from the page: a dialog that is already gone gives the focus back to nobody.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog aria-labelledby={titleId} className="api-keys-dialog" onCancel={onCancel} ref={dialog}>
      <h2 className="api-keys-subheading" id={titleId}>
        {title}
      </h2>
      {children}
      <div className="api-keys-actions">
        {/* biome-ignore lint/a11y/noAutofocus: in a dialog, where the browser expects it: the harmless answer comes first. */}
        <button autoFocus className="api-keys-button" disabled={pending} onClick={onCancel} type="button">
          Cancel
        </button>
        <button
          aria-disabled={pending}
          className="api-keys-button"
          data-look="danger"
          onClick={pending ? undefined : onConfirm}
          type="button"
        >
          {pending ? 'One moment…' : action}
        </button>
      </div>
    </dialog>
  );
}
