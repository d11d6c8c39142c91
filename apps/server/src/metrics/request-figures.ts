import type { Outcome, UsageRecord } from '@latchkey/core';

/** Upper bounds of response times, in seconds. */
export const DURATION_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** What became of requests with one outcome. */
export interface OutcomeFigures {
  readonly outcome: Outcome;
  /** By the first digit of the status; at 0 those whose status is not known. */
  readonly byStatusClass: readonly number[];
  /** Of each bound, and of what is above all of them. Not cumulative. */
  readonly byDuration: readonly number[];
  readonly durationUs: number;
}

export interface RequestFigures {
  note(record: UsageRecord): void;
  /** In the order in which the outcomes were first seen. */
  all(): readonly OutcomeFigures[];
}

interface Row extends OutcomeFigures {
  readonly byStatusClass: number[];
  readonly byDuration: number[];
  durationUs: number;
}

const BOUNDS_US = DURATION_BOUNDS.map((seconds) => seconds * 1e6);

/** Counts in plain numbers, because every request comes by here; names and labels are for when somebody asks. */
export function createRequestFigures(): RequestFigures {
  const rows = new Map<Outcome, Row>();

  function addRow(outcome: Outcome): Row {
    const row: Row = { outcome, byStatusClass: [0, 0, 0, 0, 0, 0], byDuration: new Array(BOUNDS_US.length + 1).fill(0), durationUs: 0 };
    rows.set(outcome, row);
    return row;
  }

  return {
    note({ outcome, status, durationUs }) {
      const row = rows.get(outcome) ?? addRow(outcome);
      add(row.byStatusClass, Math.trunc(status / 100));
      add(row.byDuration, bucketOf(durationUs));
      row.durationUs += durationUs;
    },
    all: () => [...rows.values()],
  };
}

function add(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

/** Most answers are fast: the first few bounds decide. */
function bucketOf(durationUs: number): number {
  let index = 0;
  while (index < BOUNDS_US.length && durationUs > (BOUNDS_US[index] ?? 0)) index += 1;
  return index;
}
