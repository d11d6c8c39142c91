import { Box, Group, Text, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './surface.module.css';

interface SectionCardProps {
  title: string;
  description?: ReactNode;
  /** Controls at the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
  /** Content reaches the card's edges: for tables. */
  flush?: boolean;
}

/** A titled region of a page. */
export function SectionCard({ title, description, actions, children, flush = false }: SectionCardProps) {
  const titleId = useId();
  return (
    <section className={classes.surface} aria-labelledby={titleId}>
      <Group className={classes.header} justify="space-between" align="flex-start" gap="xs">
        <Box miw={0} flex="1 1 12rem">
          <Title order={2} id={titleId}>
            {title}
          </Title>
          {description && (
            <Text size="sm" c="dimmed" component="div">
              {description}
            </Text>
          )}
        </Box>
        {actions}
      </Group>
      <Box className={flush ? classes.flush : classes.body}>{children}</Box>
    </section>
  );
}
