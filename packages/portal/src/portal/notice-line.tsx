import { useEffect, useRef } from 'react';
import type { Notice } from './portal-context.tsx';

/** What was done, or could not be. It takes the focus, because what was clicked may be gone by then. */
export function NoticeLine({ notice }: { readonly notice: Notice | null }) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (notice) line.current?.focus();
  }, [notice]);
  return (
    <div aria-live="polite">
      {notice && (
        <p
          className="api-keys-notice"
          data-kind={notice.kind}
          ref={line}
          role={notice.kind === 'error' ? 'alert' : undefined}
          tabIndex={-1}
        >
          {notice.text}
        </p>
      )}
    </div>
  );
}
