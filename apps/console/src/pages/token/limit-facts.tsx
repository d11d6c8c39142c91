import type { LimitStatus } from '@latchkey/api/schemas';
import { SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { QuotaMeter, WindowMeter } from '../../features/limit/limit-meter.tsx';
import classes from './token-header.module.css';

/** What else bounds a token beside its rate limit: every further window, and its quota. */
export function LimitFacts({ status }: { status: LimitStatus }) {
  const further = status.windows.filter(({ name }) => name !== 'default');
  if (further.length === 0 && status.quota === null) return null;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="lg" mb="lg" className={classes.facts} component="dl">
      {status.quota && (
        <Fact term="Quota">
          <QuotaMeter quota={status.quota} />
        </Fact>
      )}
      {further.map((window) => (
        <Fact key={window.name} term={nameOf(window)}>
          <WindowMeter window={window} label={`Limit ${window.name} used`} />
        </Fact>
      ))}
    </SimpleGrid>
  );
}

/** A pool is shared: its meter moves although this very token does nothing. */
function nameOf({ name, shared }: LimitStatus['windows'][number]): string {
  return shared ? `${name.replace(/^pool:/, '')}, shared by all tokens of the owner` : name;
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div style={{ minWidth: 0 }}>
      <Text component="dt" size="xs" c="dimmed" mb={2} className="lk-wrap">
        {term}
      </Text>
      <dd className={classes.value}>{children}</dd>
    </div>
  );
}
