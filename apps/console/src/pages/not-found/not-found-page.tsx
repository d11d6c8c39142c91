import { Container } from '@mantine/core';
import { IconKeyOff } from '@tabler/icons-react';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { EmptyState } from '../../ui/states.tsx';

export function NotFoundPage() {
  return (
    <Container component="main" size="sm" py="xl">
      <PageHeader title="Page not found" />
      <EmptyState
        icon={<IconKeyOff size={22} />}
        title="No page has this address"
        action={<LinkButton to="/">Go to the overview</LinkButton>}
      >
        The link may be cut short, or what it led to was deleted.
      </EmptyState>
    </Container>
  );
}
