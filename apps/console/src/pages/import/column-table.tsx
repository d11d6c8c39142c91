import { Code, NativeSelect, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { type ColumnMapping, IMPORT_FIELDS, type ImportField, previewOf } from '../../features/import/import-fields.ts';
import type { ImportTable } from '../../features/import/read-import.ts';
import { DataTable, type DataTableColumn } from '../../ui/data-table.tsx';

interface ColumnTableProps {
  table: ImportTable;
  mapping: ColumnMapping;
  onChange: (mapping: ColumnMapping) => void;
  disabled: boolean;
}

interface ColumnRow {
  column: string;
}

const OPTIONS = [{ value: '', label: 'Left out' }, ...IMPORT_FIELDS.map(({ field, label }) => ({ value: field, label }))];

/** Each column with an example, and what it stands for. */
export function ColumnTable({ table, mapping, onChange, disabled }: ColumnTableProps) {
  const rows = useMemo(() => table.columns.map((column) => ({ column })), [table]);
  const columns = useMemo((): DataTableColumn<ColumnRow>[] => {
    const choice = (column: string) => (
      <NativeSelect
        aria-label={`“${column}” stands for`}
        size="xs"
        data={OPTIONS}
        disabled={disabled}
        value={mapping[column] ?? ''}
        onChange={(event) => onChange({ ...mapping, [column]: (event.currentTarget.value || null) as ImportField | null })}
      />
    );
    return [
      { id: 'column', header: 'Column', width: '28%', cell: ({ column }) => <Code className="lk-wrap">{column}</Code> },
      {
        id: 'example',
        header: 'First row',
        cell: ({ column }) => <Example value={previewOf(table.rows[0]?.[column], mapping[column] ?? null)} />,
      },
      { id: 'field', header: 'Stands for', width: 260, cell: ({ column }) => choice(column) },
    ];
  }, [table, mapping, onChange, disabled]);
  return (
    <DataTable
      label="Columns"
      columns={columns}
      rows={rows}
      getRowId={({ column }) => column}
      minWidth={520}
      renderCard={(row) => (
        <Stack gap={6}>
          {columns.map(({ id, cell }) => (
            <div key={id}>{cell(row)}</div>
          ))}
        </Stack>
      )}
    />
  );
}

function Example({ value }: { value: string }) {
  return (
    <Text size="sm" c={value === '' ? 'dimmed' : undefined} className="lk-wrap" lineClamp={2}>
      {value === '' ? 'empty' : value}
    </Text>
  );
}
