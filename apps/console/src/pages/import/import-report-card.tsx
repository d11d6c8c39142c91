import type { ImportReport } from '@latchkey/api/schemas';
import { Badge, Chip, Group, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { EffectiveText } from '../../features/gateway/effective-text.tsx';
import { formatExact } from '../../lib/format.ts';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';
import { LinkAnchor } from '../../ui/link-button.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { SectionCard } from '../../ui/section-card.tsx';

type Row = ImportReport['rows'][number];
type Status = Row['status'];

const PAGE = 50;

interface ImportReportCardProps {
  report: ImportReport;
  /** What each row is called in the list; empty once the list is forgotten. */
  names: readonly string[];
}

/** What became of each row, or would become of it; what needs somebody comes first. */
export function ImportReportCard({ report, names }: ImportReportCardProps) {
  const [status, setStatus] = useState<Status | 'all'>('all');
  const [offset, setOffset] = useState(0);
  const faces = facesOf(report.dryRun);
  const shown = useMemo(() => sortRows(report.rows.filter((row) => status === 'all' || row.status === status)), [report, status]);
  const columns = useMemo(() => reportColumns(faces, names), [faces, names]);
  const page = useMemo(() => shown.slice(offset, offset + PAGE), [shown, offset]);
  const choose = (next: string | string[]) => {
    setStatus(next as Status | 'all');
    setOffset(0);
  };
  return (
    <SectionCard
      title={report.dryRun ? 'What would happen' : 'Imported'}
      description={
        <>
          <span role="status">{describeReport(report)}</span>
          {report.effective && <EffectiveText effective={report.effective} />}
        </>
      }
      flush
    >
      <Chip.Group multiple={false} value={status} onChange={choose}>
        <Group gap={6} px="var(--lk-gutter)" pb="sm" role="radiogroup" aria-label="Rows to show">
          <Chip value="all" size="sm" radius="xl">
            All {formatExact(report.rows.length)}
          </Chip>
          {(['failed', 'skipped', 'imported'] as const).map((each) => (
            <Chip key={each} value={each} size="sm" radius="xl">
              {faces[each].label} {formatExact(report[each])}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <DataTable
        label="Rows"
        columns={columns}
        rows={page}
        getRowId={({ row }) => String(row)}
        minWidth={520}
        renderCard={(row) => (
          <Stack gap={6}>
            {columns.map(({ id, cell }) => (
              <div key={id}>{cell(row)}</div>
            ))}
          </Stack>
        )}
      />
      <Pagination total={shown.length} limit={PAGE} offset={offset} onOffsetChange={setOffset} noun="rows" />
    </SectionCard>
  );
}

type Faces = ReturnType<typeof facesOf>;

const DRY = {
  failed: { label: 'Wrong', color: 'red' },
  skipped: { label: 'There already', color: 'gray' },
  imported: { label: 'Would be imported', color: 'blue' },
} as const;
const DONE = { ...DRY, imported: { label: 'Imported', color: 'green' } } as const;

function facesOf(dryRun: boolean) {
  return dryRun ? DRY : DONE;
}

const ORDER: Readonly<Record<Status, number>> = { failed: 0, skipped: 1, imported: 2 };

function sortRows(rows: Row[]): Row[] {
  return rows.toSorted((one, other) => ORDER[one.status] - ORDER[other.status] || one.row - other.row);
}

function reportColumns(faces: Faces, names: readonly string[]): DataTableColumn<Row>[] {
  return [
    { id: 'row', header: 'Row', width: 80, cell: ({ row }) => <span className="lk-tabular">{formatExact(row)}</span> },
    { id: 'token', header: 'Token', width: '28%', cell: (row) => <Token row={row} name={names[row.row - 1] ?? ''} /> },
    { id: 'status', header: 'Result', width: 170, cell: ({ status }) => <Face face={faces[status]} /> },
    {
      id: 'message',
      header: 'Why',
      cell: ({ message }) => (
        <Text size="sm" className="lk-wrap">
          {message}
        </Text>
      ),
    },
  ];
}

function Token({ row, name }: { row: Row; name: string }) {
  if (row.id !== null) {
    return (
      <LinkAnchor to="/api-tokens/$tokenId" params={{ tokenId: String(row.id) }} size="sm" className="lk-wrap">
        {name || `Token ${row.id}`}
      </LinkAnchor>
    );
  }
  return (
    <Text size="sm" c={name === '' ? 'dimmed' : undefined} className="lk-wrap" lineClamp={2}>
      {name || 'unnamed'}
    </Text>
  );
}

function Face({ face }: { face: Faces[Status] }) {
  return (
    <Badge size="sm" variant="light" color={face.color} tt="none">
      {face.label}
    </Badge>
  );
}

function describeReport({ dryRun, imported, skipped, failed }: ImportReport): string {
  const parts = [
    `${formatExact(imported)} ${imported === 1 ? 'token' : 'tokens'} ${dryRun ? 'would be imported' : 'imported'}`,
    skipped > 0 && `${formatExact(skipped)} ${skipped === 1 ? 'is' : 'are'} there already`,
    failed > 0 && `${formatExact(failed)} ${failed === 1 ? 'row is' : 'rows are'} wrong`,
  ];
  return `${parts.filter(Boolean).join(', ')}.`;
}
