import { Box, Group, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMatch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { passFocusOn, takeNavigation } from '../lib/navigation-focus.ts';

interface PageHeaderProps {
  title: string;
  description?: ReactNode;
  /** The page's primary action, at the right. */
  actions?: ReactNode;
  /** Beside the title: state of the thing shown. */
  badge?: ReactNode;
  /** Tab title before "· Latchkey"; default: the title. */
  documentTitle?: string;
}

/** The page's one `h1`. It takes the focus after a navigation, so that screen readers start at the new page. */
export function PageHeader({ title, description, actions, badge, documentTitle = title }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useDocumentTitle(`${documentTitle} · Latchkey`);
  const path = useMatch({ strict: false, select: (match) => match.pathname });
  useEffect(() => {
    if (takeNavigation(path)) heading.current?.focus({ preventScroll: true });
  }, [path]);
  // In the layout phase the heading is still there.
  useLayoutEffect(() => {
    const element = heading.current;
    return () => {
      if (element === document.activeElement) passFocusOn(path);
    };
  }, [path]);
  return (
    <Group justify="space-between" align="flex-start" gap="sm" mb="lg">
      <Box miw={0} flex="1 1 16rem">
        <Group gap="sm">
          <Title order={1} ref={heading} tabIndex={-1} className="lk-wrap" lineClamp={3} title={title.length > 80 ? title : undefined}>
            {title}
          </Title>
          {badge}
        </Group>
        {description && (
          <Text c="dimmed" size="sm" mt={2} component="div" className="lk-wrap">
            {description}
          </Text>
        )}
      </Box>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
