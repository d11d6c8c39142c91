import { Badge, Code, Drawer, Group, Stack, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatDateTime } from '../../lib/format.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { LinkAnchor } from '../../ui/link-button.tsx';
import classes from './audit.module.css';
import { ACTION_WORDS, type AuditEntry } from './audit-words.ts';
import { listChanges } from './list-changes.ts';

interface AuditDrawerProps {
  /** `null`: closed. */
  entry: AuditEntry | null;
  timeZone: string;
  onClose: () => void;
}

/** One change in full: who, from where, and each field before and after. */
export function AuditDrawer({ entry, timeZone, onClose }: AuditDrawerProps) {
  return (
    <Drawer opened={entry !== null} onClose={onClose} position="right" size="lg" title={<Text fw={600}>Change</Text>}>
      {entry && <Details entry={entry} timeZone={timeZone} />}
    </Drawer>
  );
}

function Details({ entry, timeZone }: { entry: AuditEntry; timeZone: string }) {
  const { label, color } = ACTION_WORDS[entry.action];
  return (
    <Stack gap="lg">
      <Group gap="xs">
        <Badge variant="light" color={color} radius="sm" tt="none" fw={500} size="lg">
          {label}
        </Badge>
        <TargetLink entry={entry} />
      </Group>
      <Table variant="vertical" layout="fixed" withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          <Fact name="When">{formatDateTime(entry.at, timeZone, 'full')}</Fact>
          <Fact name="Who">{entry.actorName}</Fact>
          <Fact name="From">{entry.ipAddress ?? '—'}</Fact>
          <Fact name="With">{entry.userAgent ?? '—'}</Fact>
          <Fact name="Action">
            <Code>{entry.action}</Code>
          </Fact>
          <Fact name="Target">
            <Group gap={4}>
              {entry.targetType} <Code>{entry.targetId}</Code>
              <CopyButton value={entry.targetId} label={`Copy ${entry.targetType} id`} />
            </Group>
          </Fact>
        </Table.Tbody>
      </Table>
      <Changes entry={entry} />
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={90} fw={500} bg="transparent">
        {name}
      </Table.Th>
      <Table.Td className="lk-wrap">{children}</Table.Td>
    </Table.Tr>
  );
}

/** The token, while it exists; of members only the name. */
export function TargetLink({ entry }: { entry: AuditEntry }) {
  const name = entry.targetName ?? entry.targetId;
  if (entry.targetType !== 'token' || entry.action === 'token.delete') {
    return (
      <Text size="sm" span className="lk-wrap">
        {name}
      </Text>
    );
  }
  return (
    <LinkAnchor to="/api-tokens/$tokenId" params={{ tokenId: entry.targetId }} size="sm" className="lk-wrap">
      {name}
    </LinkAnchor>
  );
}

function Changes({ entry }: { entry: AuditEntry }) {
  const changes = listChanges(entry.before, entry.after);
  if (changes.length === 0) return null;
  return (
    <section aria-label="Before and after">
      <Title order={3} mb="xs">
        Before and after
      </Title>
      <Table withTableBorder layout="fixed" className={classes.diff}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Field</Table.Th>
            <Table.Th scope="col">Before</Table.Th>
            <Table.Th scope="col">After</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ field, before, after }) => (
            <Table.Tr key={field}>
              <Table.Th scope="row" fw={500}>
                {field}
              </Table.Th>
              <Table.Td className={classes.before}>{before}</Table.Td>
              <Table.Td className={classes.after}>{after}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
