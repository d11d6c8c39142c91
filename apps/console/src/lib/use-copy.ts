import { useEffect, useRef, useState } from 'react';

export type CopyState = 'idle' | 'copied' | 'failed';

/** Copies a text to the clipboard, and knows for `shownMs` whether that worked: nothing says "copied" before it is. */
export function useCopy(shownMs = 2000) {
  const [state, setState] = useState<CopyState>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (text: string): Promise<boolean> => {
    const copied = await copyText(text);
    setState(copied ? 'copied' : 'failed');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState('idle'), shownMs);
    return copied;
  };
  return { state, copy };
}

/** Browsers keep their clipboard interface from pages without TLS (other than localhost); the old command still works there. */
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
