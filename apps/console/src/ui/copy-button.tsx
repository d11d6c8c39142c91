import { ActionIcon, CopyButton as CopyState, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

interface CopyButtonProps {
  value: string;
  /** Says what is copied: "Copy token id". */
  label: string;
}

/** Copies a text and says so, to the eye and politely to screen readers. */
export function CopyButton({ value, label }: CopyButtonProps) {
  return (
    <CopyState value={value} timeout={1500}>
      {({ copied, copy }) => (
        <>
          <Tooltip label={copied ? 'Copied' : label}>
            <ActionIcon variant="subtle" color={copied ? 'green' : 'gray'} size={26} onClick={copy} aria-label={label}>
              {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
            </ActionIcon>
          </Tooltip>
          <VisuallyHidden role="status">{copied ? 'Copied' : ''}</VisuallyHidden>
        </>
      )}
    </CopyState>
  );
}
