import { Text, Title, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import classes from './disclosure.module.css';
import { keepFocus } from './keep-focus.ts';

interface DisclosureProps {
  title: string;
  /** What is set inside, in a few words: said while it is closed. */
  summary: string;
  opened: boolean;
  onToggle: () => void;
  children: ReactNode;
}

/** Something few people need: a line that says what it holds, and opens. */
export function Disclosure({ title, summary, opened, onToggle, children }: DisclosureProps) {
  const panelId = useId();
  return (
    <div className={classes.item}>
      <Title order={3} className={classes.heading}>
        <UnstyledButton
          className={classes.control}
          aria-expanded={opened}
          aria-controls={opened ? panelId : undefined}
          onMouseDown={keepFocus}
          onClick={onToggle}
        >
          <span className={classes.title}>{title}</span>{' '}
          <Text span size="sm" c="dimmed" fw={400} className={classes.summary}>
            {opened ? '' : summary}
          </Text>
          <IconChevronDown size={18} aria-hidden className={classes.chevron} data-opened={opened || undefined} />
        </UnstyledButton>
      </Title>
      {opened && (
        <div id={panelId} className={classes.panel}>
          {children}
        </div>
      )}
    </div>
  );
}
