import { Button, Divider, Group, Popover, SegmentedControl, Select, Stack, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendar, IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { formatDate, formatDateTime, formatOffset } from '../lib/format.ts';
import { RANGES, type RangePreset, type TimeRange, type TimeRangeSearch, useTimeRange } from '../lib/time-range.ts';
import { fromWallClock, localTimeZone, TIME_ZONES, toWallClock } from '../lib/zoned-time.ts';

const PRESETS = Object.entries(RANGES) as [RangePreset, (typeof RANGES)[RangePreset]][];
const BUCKET_LABELS = { hour: 'Hour', '6h': '6 hours', day: 'Day' } as const;

/** The span of time that all charts show, and the zone its days are counted in. */
export function TimeRangePicker() {
  const time = useTimeRange();
  const [opened, popover] = useDisclosure(false);
  const choose = (change: TimeRangeSearch) => {
    time.setRange(change);
    popover.close();
  };
  return (
    <Popover opened={opened} onChange={popover.toggle} position="bottom-start" width={320} trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button
          data-shortcut="time-range"
          variant="default"
          size="sm"
          onClick={popover.toggle}
          leftSection={<IconCalendar size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          <VisuallyHidden>Time range: </VisuallyHidden>
          {describe(time)}
          <Text span size="xs" c="dimmed" ml={8} visibleFrom="xs">
            {formatOffset(time.to, time.timeZone)}
          </Text>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Time range">
        <Stack gap="sm">
          <Group gap={6} grow preventGrowOverflow={false} role="group" aria-label="The last">
            {PRESETS.map(([preset]) => (
              <Button
                key={preset}
                size="xs"
                px="xs"
                variant={time.range === preset ? 'filled' : 'default'}
                aria-pressed={time.range === preset}
                title={RANGES[preset].label}
                onClick={() => choose({ range: preset, from: undefined, to: undefined, bucket: undefined })}
              >
                {preset}
              </Button>
            ))}
          </Group>
          {time.bucketChoices.length > 1 && (
            <SegmentedControl
              size="xs"
              fullWidth
              aria-label="One bar per"
              data={time.bucketChoices.map((bucket) => ({ value: bucket, label: BUCKET_LABELS[bucket] }))}
              value={time.bucket}
              onChange={(bucket) => time.setRange({ bucket })}
            />
          )}
          <Divider label="Between" labelPosition="left" />
          <CustomRange key={`${time.from} ${time.to} ${time.timeZone}`} time={time} onApply={choose} />
          <Divider label="Time zone" labelPosition="left" />
          <Select
            aria-label="Time zone"
            searchable
            size="xs"
            allowDeselect={false}
            data={TIME_ZONES}
            value={time.timeZone}
            limit={60}
            comboboxProps={{ withinPortal: false }}
            onChange={(zone) => zone && time.setRange({ tz: zone === localTimeZone() ? undefined : zone })}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function describe(time: TimeRange): string {
  if (time.range !== 'custom') return RANGES[time.range].label;
  if (time.bucket === 'hour') return `${formatDateTime(time.from, time.timeZone)} – ${formatDateTime(time.to, time.timeZone)}`;
  return `${formatDate(time.from, time.timeZone)} – ${formatDate(new Date(Date.parse(time.to) - 1).toISOString(), time.timeZone)}`;
}

/** Text fields, so that a span can be typed; both ends are clock times of the chosen zone. */
function CustomRange({ time, onApply }: { time: TimeRange; onApply: (change: TimeRangeSearch) => void }) {
  const [from, setFrom] = useState(() => toField(time.from, time.timeZone));
  const [to, setTo] = useState(() => toField(time.to, time.timeZone));
  const span = readSpan(from, to, time.timeZone);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (span.ok) onApply({ range: undefined, from: span.from, to: span.to, bucket: undefined });
      }}
    >
      <Stack gap="xs">
        <TextInput size="xs" type="datetime-local" label="From" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput
          size="xs"
          type="datetime-local"
          label="To"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={span.ok ? undefined : span.message}
        />
        <Button type="submit" size="xs" variant="default" disabled={!span.ok}>
          Show this span
        </Button>
      </Stack>
    </form>
  );
}

function toField(iso: string, timeZone: string): string {
  return new Date(toWallClock(Date.parse(iso), timeZone)).toISOString().slice(0, 16);
}

type Span = { ok: true; from: string; to: string } | { ok: false; message: string };

function readSpan(from: string, to: string, timeZone: string): Span {
  const [start, end] = [from, to].map((field) => fromWallClock(Date.parse(`${field}Z`), timeZone));
  if (start === undefined || end === undefined || Number.isNaN(start + end)) return { ok: false, message: 'Give both ends.' };
  if (end <= start) return { ok: false, message: '“To” must be later than “From”.' };
  if (end - start > 366 * 86_400_000) return { ok: false, message: 'A span may have at most 366 days.' };
  return { ok: true, from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}
