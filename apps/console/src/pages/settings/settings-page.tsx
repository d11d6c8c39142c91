import { Stack } from '@mantine/core';
import { MembersCard } from '../../features/admin/members-card.tsx';
import { useCanChange } from '../../features/admin/use-me.ts';
import { WebhooksCard } from '../../features/webhook/webhooks-card.tsx';
import { useTimeRange } from '../../lib/time-range.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { AppearanceCard } from './appearance-card.tsx';
import { ExpiredTokensCard } from './expired-tokens-card.tsx';
import { PolicyCard } from './policy-card.tsx';
import { ServerCard } from './server-card.tsx';
import { TokenSecretsCard } from './token-secrets-card.tsx';

export function SettingsPage() {
  const { timeZone } = useTimeRange();
  const canChange = useCanChange();
  return (
    <>
      <PageHeader
        title="Settings"
        description="Members of this Latchkey, where its events are sent, how the console looks in this browser, and the server behind it."
      />
      <Stack gap="md">
        <MembersCard timeZone={timeZone} />
        <PolicyCard />
        <TokenSecretsCard />
        {canChange && <ExpiredTokensCard />}
        <WebhooksCard />
        <AppearanceCard />
        <ServerCard />
      </Stack>
    </>
  );
}
