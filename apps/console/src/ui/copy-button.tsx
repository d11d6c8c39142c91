import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconCopy, IconX } from '@tabler/icons-react';
import { useCopy } from '../lib/use-copy.ts';

interface CopyButtonProps {
  value: string;
  /** Says what is copied: "Copy token id". */
  label: string;
}

const SAYS = { idle: '', copied: 'Copied', failed: 'Not copied: select the text and copy it yourself' } as const;
const ICONS = { idle: IconCopy, copied: IconCheck, failed: IconX } as const;
const COLORS = { idle: 'gray', copied: 'green', failed: 'red' } as const;

/** Copies a text and says so, to the eye and politely to screen readers. */
export function CopyButton({ value, label }: CopyButtonProps) {
  const { state, copy } = useCopy(1500);
  const Icon = ICONS[state];
  return (
    <>
      <Tooltip label={SAYS[state] || label}>
        <ActionIcon variant="subtle" color={COLORS[state]} size={26} onClick={() => void copy(value)} aria-label={label}>
          <Icon size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <VisuallyHidden role="status">{SAYS[state]}</VisuallyHidden>
    </>
  );
}
