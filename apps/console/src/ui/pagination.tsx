import { Group, Pagination as Pages, Text } from '@mantine/core';
import { formatExact } from '../lib/format.ts';

interface PaginationProps {
  total: number;
  limit: number;
  offset: number;
  onOffsetChange: (offset: number) => void;
  /** Plural: "tokens". */
  noun: string;
}

/** "51–100 of 312 tokens", and the pages where there is more than one. */
export function Pagination({ total, limit, offset, onOffsetChange, noun }: PaginationProps) {
  const first = total === 0 ? 0 : offset + 1;
  const last = Math.min(offset + limit, total);
  return (
    <Group justify="space-between" gap="sm" px="md" py="xs" component="nav" aria-label={`Pages of ${noun}`}>
      <Text size="sm" c="dimmed" className="lk-tabular" role="status">
        {formatExact(first)}–{formatExact(last)} of {formatExact(total)} {noun}
      </Text>
      {total > limit && (
        <Pages
          size="sm"
          total={Math.ceil(total / limit)}
          value={Math.floor(offset / limit) + 1}
          onChange={(page) => onOffsetChange((page - 1) * limit)}
          siblings={1}
          boundaries={1}
          getControlProps={(control) => ({ 'aria-label': `${control === 'next' ? 'Next' : 'Previous'} page` })}
          getItemProps={(page) => ({ 'aria-label': `Page ${page}` })}
        />
      )}
    </Group>
  );
}
