import type { ImportReport } from '@latchkey/api/schemas';
import { useState } from 'react';
import { trpc } from '../../lib/trpc.ts';

/** Rows in one call: far below what the server takes, so that progress can be shown and a long list does not meet a limit of size. */
const ROWS_PER_CALL = 200;

/**
 * Sends rows, some at a time, and adds their reports up. They may hold tokens in plain text: nothing of them stays in the mutation cache.
 * A call that fails leaves what was imported before; made again, what is there already is skipped.
 */
export function useImportTokens() {
  const { mutateAsync, reset } = trpc.token.import.useMutation({ gcTime: 0 });
  const [done, setDone] = useState<number | null>(null);

  async function send(rows: Record<string, unknown>[], dryRun: boolean): Promise<ImportReport> {
    const total: ImportReport = { dryRun, imported: 0, skipped: 0, failed: 0, effective: null, rows: [] };
    setDone(0);
    try {
      for (let from = 0; from < rows.length; from += ROWS_PER_CALL) {
        const part = await mutateAsync({ rows: rows.slice(from, from + ROWS_PER_CALL), dryRun });
        total.imported += part.imported;
        total.skipped += part.skipped;
        total.failed += part.failed;
        total.effective = part.effective ?? total.effective;
        total.rows.push(...part.rows.map((report) => ({ ...report, row: report.row + from })));
        setDone(total.rows.length);
      }
      return total;
    } finally {
      setDone(null);
      reset();
    }
  }
  /** `done`: rows that are through; `null`: nothing is on its way. */
  return { send, done };
}
