import { ActionIcon, Badge, Button, Group, Select, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash, IconUserPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { formatDate } from '../../lib/format.ts';
import { type Outputs, trpc } from '../../lib/trpc.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';
import { AddMemberDialog } from './add-member-dialog.tsx';
import { useCanChange, useMe } from './use-me.ts';
import { useRemoveMember, useSetRole } from './use-member-changes.ts';

type Member = Outputs['admin']['members']['members'][number];

const ROLES = [
  { value: 'admin', label: 'Administrator' },
  { value: 'viewer', label: 'Viewer' },
] as const;

/** Who can sign in, and what they may do. */
export function MembersCard({ timeZone }: { timeZone: string }) {
  const query = trpc.admin.members.useQuery();
  const canChange = useCanChange();
  const [adding, dialog] = useDisclosure(false);
  return (
    <SectionCard
      title="Members"
      description="Administrators change things, viewers look. The last administrator stays one."
      actions={
        canChange && (
          <Button variant="default" size="sm" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={dialog.open}>
            Add member
          </Button>
        )
      }
      flush
    >
      {query.data && <MemberTable members={query.data.members} timeZone={timeZone} />}
      {!query.data && query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingBlock height={160} />}
      <AddMemberDialog opened={adding} onClose={dialog.close} />
    </SectionCard>
  );
}

function MemberTable({ members, timeZone }: { members: Member[]; timeZone: string }) {
  const canChange = useCanChange();
  const [leaving, setLeaving] = useState<Member | null>(null);
  const columns = useMemo(() => makeColumns(timeZone, canChange ? setLeaving : null), [timeZone, canChange]);
  return (
    <>
      <DataTable
        label="Members"
        columns={columns}
        rows={members}
        getRowId={(member) => member.id}
        minWidth={560}
        renderCard={(member) => <MemberCard member={member} onRemove={canChange ? setLeaving : null} />}
      />
      <RemoveDialog member={leaving} onClose={() => setLeaving(null)} />
    </>
  );
}

type OnRemove = ((member: Member) => void) | null;

function makeColumns(timeZone: string, onRemove: OnRemove): DataTableColumn<Member>[] {
  const columns: DataTableColumn<Member>[] = [
    { id: 'name', header: 'Name', width: '32%', cell: (member) => <MemberName member={member} /> },
    { id: 'email', header: 'E-mail address', cell: (member) => <span className="lk-wrap">{member.email}</span> },
    { id: 'role', header: 'Role', width: 190, cell: (member) => <RoleCell member={member} /> },
    { id: 'since', header: 'Since', align: 'right', width: 120, cell: (member) => formatDate(member.createdAt, timeZone) },
  ];
  if (onRemove === null) return columns;
  return [
    ...columns,
    {
      id: 'remove',
      header: 'Remove',
      headerHidden: true,
      align: 'right',
      width: 60,
      cell: (member) => <RemoveButton member={member} onRemove={onRemove} />,
    },
  ];
}

function MemberName({ member }: { member: Member }) {
  const isMe = useMe()?.id === member.id;
  return (
    <Group gap="xs" wrap="nowrap" miw={0}>
      <Text size="sm" fw={500} className="lk-wrap" lineClamp={2} miw={0} title={member.name}>
        {member.name}
      </Text>
      {isMe && (
        <Badge size="sm" variant="default" style={{ flexShrink: 0 }}>
          You
        </Badge>
      )}
    </Group>
  );
}

function RoleCell({ member }: { member: Member }) {
  const canChange = useCanChange();
  const setRole = useSetRole();
  if (!canChange) return ROLES.find(({ value }) => value === member.role)?.label;
  return (
    <Select
      aria-label={`Role of ${member.name}`}
      size="xs"
      w={160}
      data={[...ROLES]}
      value={member.role}
      allowDeselect={false}
      disabled={setRole.isPending}
      onChange={(value) => {
        const role = ROLES.find((each) => each.value === value)?.value;
        if (role && role !== member.role) setRole.mutate({ id: member.id, role });
      }}
    />
  );
}

function RemoveButton({ member, onRemove }: { member: Member; onRemove: (member: Member) => void }) {
  return (
    <Tooltip label="Remove">
      <ActionIcon variant="subtle" color="red" aria-label={`Remove ${member.name}`} onClick={() => onRemove(member)}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function MemberCard({ member, onRemove }: { member: Member; onRemove: OnRemove }) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap">
        <MemberName member={member} />
        {onRemove && <RemoveButton member={member} onRemove={onRemove} />}
      </Group>
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed" className="lk-wrap">
          {member.email}
        </Text>
        <RoleCell member={member} />
      </Group>
    </Stack>
  );
}

function RemoveDialog({ member, onClose }: { member: Member | null; onClose: () => void }) {
  const remove = useRemoveMember();
  if (!member) return null;
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={() => remove.mutate({ id: member.id }, { onSettled: onClose })}
      title={`Remove ${member.name}?`}
      confirmLabel="Remove member"
      tone="danger"
      pending={remove.isPending}
    >
      {member.email} cannot sign in any more, and open sessions end at once. The tokens they created keep working.
    </ConfirmDialog>
  );
}
