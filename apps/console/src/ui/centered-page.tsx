import { Box, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './centered-page.module.css';
import { Logo } from './logo.tsx';

interface CenteredPageProps {
  title: string;
  description?: ReactNode;
  children: ReactNode;
}

/** A page without the shell: before the sign-in. */
export function CenteredPage({ title, description, children }: CenteredPageProps) {
  useDocumentTitle(`${title} · Latchkey`);
  return (
    <main className={classes.page}>
      <Logo />
      <Box className={classes.card}>
        <Stack gap={4} mb="lg">
          <Title order={1}>{title}</Title>
          {description && (
            <Text size="sm" c="dimmed" component="div">
              {description}
            </Text>
          )}
        </Stack>
        {children}
      </Box>
    </main>
  );
}
