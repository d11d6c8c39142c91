import type { EffectiveView } from '@latchkey/api/schemas';
import { Text } from '@mantine/core';
import { describeEffective, describeSilent } from './describe-effective.ts';

/** Where a change is in force, under the words that say what was changed. */
export function EffectiveText({ effective }: { effective: EffectiveView }) {
  const silent = describeSilent(effective);
  return (
    <>
      <Text size="xs" c="dimmed" className="lk-tabular">
        {describeEffective(effective)}
      </Text>
      {silent && (
        <Text size="xs" c="var(--mantine-color-text)" className="lk-wrap" lineClamp={6}>
          {silent}
        </Text>
      )}
    </>
  );
}
