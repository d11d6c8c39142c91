import { type ReactNode, useEffect, useRef } from 'react';

/** The heading of a page of the portal. It takes the focus when the page appears, so that nobody is left where the old page was. */
export function Heading({ children, focus }: { readonly children: ReactNode; readonly focus: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focus) heading.current?.focus();
  }, [focus]);
  return (
    <h1 className="api-keys-heading" ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
