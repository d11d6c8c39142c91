import type { ImportReport } from '@latchkey/api/schemas';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useCanChange } from '../../features/admin/use-me.ts';
import { type ColumnMapping, guessMapping, mappingFault, mapRows } from '../../features/import/import-fields.ts';
import { type ImportTable, readImport } from '../../features/import/read-import.ts';
import { useImportTokens } from '../../features/import/use-import-tokens.ts';
import { useInvalidateTokens } from '../../features/token/token-cache.ts';
import { formatExact } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SectionCard } from '../../ui/section-card.tsx';
import { ForbiddenState } from '../../ui/states.tsx';
import { UnsavedGuard } from '../../ui/unsaved-guard.tsx';
import { ColumnTable } from './column-table.tsx';
import { ImportReportCard } from './import-report-card.tsx';
import { ImportSource } from './import-source.tsx';

/** Takes tokens over from another system. They go on working with the text that their holders have. */
export function ImportPage() {
  const canChange = useCanChange();
  return (
    <>
      <PageHeader
        title="Import tokens"
        description="From another system, as hashes or in plain text. Their holders change nothing: the tokens go on working as they are."
      />
      {canChange ? <Import /> : <ForbiddenState>Administrators import tokens.</ForbiddenState>}
    </>
  );
}

interface Loaded {
  table: ImportTable;
  mapping: ColumnMapping;
}

/** The list lives in the state of this component and nowhere else, and goes with it: it may hold tokens in plain text. */
function Import() {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [names, setNames] = useState<readonly string[]>([]);
  const { send, done } = useImportTokens();
  const invalidate = useInvalidateTokens();

  const load = (text: string) => {
    const read = readImport(text);
    setReport(null);
    setFailure(null);
    setFault(read.ok ? null : read.message);
    setLoaded(read.ok ? { table: read.table, mapping: guessMapping(read.table.columns) } : null);
    return read.ok;
  };
  const forget = () => {
    setLoaded(null);
    setReport(null);
    setFailure(null);
  };
  const run = async (dryRun: boolean) => {
    if (!loaded || done !== null) return;
    setFailure(null);
    setNames(namesOf(loaded));
    try {
      setReport(await send(mapRows(loaded.table, loaded.mapping), dryRun));
      // What was sent is of no use any more.
      if (!dryRun) setLoaded(null);
    } catch (error) {
      setFailure(readRequestError(error).message);
    } finally {
      if (!dryRun) void invalidate();
    }
  };
  return (
    <Stack gap="lg" maw={960}>
      <UnsavedGuard dirty={loaded !== null} />
      {!loaded && <ImportSource fault={fault} onRead={load} again={report !== null} />}
      {loaded && (
        <Columns
          loaded={loaded}
          done={done}
          report={report}
          onMapping={(mapping) => {
            setReport(null);
            setLoaded({ ...loaded, mapping });
          }}
          onRun={(dryRun) => void run(dryRun)}
          onForget={forget}
        />
      )}
      {failure && (
        <Alert color="red" variant="light" title="The import stopped" role="alert" icon={<IconAlertTriangle size={18} aria-hidden />}>
          {failure} What was imported before stays; import the same list again to go on, and what is there already is skipped.
        </Alert>
      )}
      {report && <ImportReportCard report={report} names={names} />}
      {report && !report.dryRun && (
        <Group>
          <LinkButton to="/api-tokens">All tokens</LinkButton>
        </Group>
      )}
    </Stack>
  );
}

function namesOf({ table, mapping }: Loaded): string[] {
  const column = Object.keys(mapping).find((each) => mapping[each] === 'name');
  return table.rows.map((row) => (column === undefined ? '' : String(row[column] ?? '')));
}

interface ColumnsProps {
  loaded: Loaded;
  done: number | null;
  report: ImportReport | null;
  onMapping: (mapping: ColumnMapping) => void;
  onRun: (dryRun: boolean) => void;
  onForget: () => void;
}

/** What the columns mean, and the two steps: look first, then take over. */
function Columns({ loaded, done, report, onMapping, onRun, onForget }: ColumnsProps) {
  const { table, mapping } = loaded;
  const fault = mappingFault(mapping);
  const checked = report?.dryRun === true;
  const busy = done !== null;
  const total = table.rows.length;
  return (
    <SectionCard
      title="Columns"
      description={`${formatExact(total)} ${total === 1 ? 'row' : 'rows'}, read in this browser. They go to the server when you check or import them, and are kept nowhere.`}
      flush
    >
      <ColumnTable table={table} mapping={mapping} onChange={onMapping} disabled={busy} />
      <Stack gap="sm" px="var(--lk-gutter)" py="md">
        {fault && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {fault}
          </Text>
        )}
        <Group gap="xs">
          <Button variant={checked ? 'default' : 'filled'} onClick={() => onRun(true)} loading={busy && !checked} disabled={fault !== null}>
            Check without importing
          </Button>
          {checked && report.imported > 0 && (
            <Button onClick={() => onRun(false)} loading={busy}>
              Import {formatExact(report.imported)} {report.imported === 1 ? 'token' : 'tokens'}
            </Button>
          )}
          <Button variant="subtle" onClick={onForget} disabled={busy}>
            Discard the list
          </Button>
          <Text size="sm" c="dimmed" role="status" className="lk-tabular">
            {busy && `${formatExact(done)} of ${formatExact(total)} rows`}
          </Text>
        </Group>
      </Stack>
    </SectionCard>
  );
}
