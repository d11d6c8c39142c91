import type { Token } from '@latchkey/api/schemas';
import { Badge, Group, Tooltip } from '@mantine/core';
import { usePolicy } from '../policy/use-policy.ts';

/** Key type, the environment where it is not the one that this deployment serves, and an old secret that somebody still uses. */
export function KindBadges({ token }: { token: Pick<Token, 'keyType' | 'environment' | 'oldSecretInUse'> }) {
  const policy = usePolicy().data;
  const { keyType, environment, oldSecretInUse } = token;
  const foreign = environment !== null && policy !== undefined && environment !== policy.currentEnvironment;
  if (keyType === null && !foreign && !oldSecretInUse) return null;
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
      {oldSecretInUse && (
        <Tooltip label="A secret that was rotated out, and still works, has been used since.">
          <Badge size="sm" variant="light" color="orange" tt="none" tabIndex={0}>
            old secret still used
          </Badge>
        </Tooltip>
      )}
    </Group>
  );
}
