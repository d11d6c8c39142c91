import { type RefObject, useEffect, useRef, useState } from 'react';

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for those who do not see where the button stands. Default: "token". */
  readonly what?: string;
  /** A field with the text: it is selected where the browser keeps its clipboard from this page. */
  readonly field?: RefObject<HTMLInputElement | null>;
}

const SHOWN_MS = 2_000;

/** Copies a text, and says so only when it is true. */
export function CopyButton({ text, what = 'token', field }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const copy = async () => {
    const copied = await copyText(text);
    if (!copied) field?.current?.select();
    setState(copied ? 'copied' : 'failed');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState('idle'), SHOWN_MS);
  };

  return (
    <span className="api-keys-copy">
      <button aria-label={`Copy ${what}`} className="api-keys-button" onClick={copy} type="button">
        {state === 'copied' ? 'Copied' : 'Copy'}
      </button>
      <span className="api-keys-hidden" role="status">
        {state === 'copied' && 'Copied'}
      </span>
      {state === 'failed' && (
        <span className="api-keys-muted" role="alert">
          This page may not use the clipboard. Select the text and copy it yourself.
        </span>
      )}
    </span>
  );
}

/** In a frame, and without TLS, browsers keep their clipboard interface from pages; the old command may still work. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const selection = window.getSelection();
  if (!selection || typeof document.execCommand !== 'function') return false;
  const element = document.createElement('span');
  element.textContent = text;
  element.style.cssText = 'position:fixed;top:0;opacity:0;white-space:pre;user-select:text';
  document.body.append(element);
  selection.selectAllChildren(element);
  const copied = document.execCommand('copy');
  selection.removeAllRanges();
  element.remove();
  return copied;
}
