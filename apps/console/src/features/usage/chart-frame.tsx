import { Group, Stack, Switch, Text, VisuallyHidden } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import classes from './chart.module.css';

interface ChartFrameProps {
  /** One sentence with the chart's message, for screen readers. */
  summary: string;
  legend: ReactNode;
  /** Further switches beside "View as table". */
  controls?: ReactNode;
  /** Below the drawing, for instance about the last bucket. */
  note?: ReactNode;
  chart: ReactNode;
  /** The same numbers as a table; made only when asked for. */
  renderTable: () => ReactNode;
  tableLabel: string;
}

/** A chart with its legend, its accessible twin as a table, and a sentence that says what is to be seen. */
export function ChartFrame({ summary, legend, controls, note, chart, renderTable, tableLabel }: ChartFrameProps) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Stack gap="sm" role="group" aria-label={tableLabel}>
      <Group justify="space-between" gap="xs">
        {legend}
        <Group gap="md">
          {controls}
          <Switch size="xs" label="View as table" checked={asTable} onChange={(event) => setAsTable(event.currentTarget.checked)} />
        </Group>
      </Group>
      <VisuallyHidden>{summary}</VisuallyHidden>
      {asTable ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (axe scrollable-region-focusable)
        <section className={classes.tableScroll} tabIndex={0} aria-label={`${tableLabel}, as a table`}>
          {renderTable()}
        </section>
      ) : (
        chart
      )}
      {note && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Stack>
  );
}
