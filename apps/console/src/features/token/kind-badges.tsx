import type { Token } from '@latchkey/api/schemas';
import { Badge, Group } from '@mantine/core';
import { usePolicy } from '../policy/use-policy.ts';

/** Key type, and the environment where it is not the one that this deployment serves. */
export function KindBadges({ token }: { token: Pick<Token, 'keyType' | 'environment'> }) {
  const policy = usePolicy().data;
  const { keyType, environment } = token;
  const foreign = environment !== null && policy !== undefined && environment !== policy.currentEnvironment;
  if (keyType === null && !foreign) return null;
  return (
    <Group gap={4} component="span" display="inline-flex">
      {keyType !== null && (
        <Badge size="sm" variant="default" tt="none">
          {keyType}
        </Badge>
      )}
      {foreign && (
        <Badge size="sm" variant="light" color="yellow" tt="none">
          {environment}
        </Badge>
      )}
    </Group>
  );
}
