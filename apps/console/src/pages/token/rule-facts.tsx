import type { Token } from '@latchkey/api/schemas';
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { OwnerLink } from '../../features/owner/owner-link.tsx';
import { ownerOf } from '../../features/owner/owner-ref.ts';
import { describePermissions } from '../../features/token/describe-part.ts';
import { permissionValues } from '../../features/token/permission-form.ts';
import { useNow } from '../../lib/clock.ts';
import { formatDateTime } from '../../lib/format.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import classes from './rule-facts.module.css';

/** Whose token it is and what it holds, as far as there is something to say. */
export function RuleFacts({ token }: { token: Token }) {
  const now = useNow();
  const { timeZone } = useTimeRange();
  const owner = ownerOf(token);
  const begins = token.notBefore !== null && Date.parse(token.notBefore) > now ? token.notBefore : null;
  const facts: [term: string, value: ReactNode][] = [];
  if (owner) facts.push(['Owner', <OwnerLink key="owner" owner={owner} />]);
  if (token.scopes.length > 0) facts.push(['Scopes', <Words key="scopes">{token.scopes.join(' · ')}</Words>]);
  if (token.permissions !== null) {
    facts.push(['Permissions', <Words key="permissions">{describePermissions(permissionValues(token))}</Words>]);
  }
  if (token.allowedIps?.length) facts.push(['Addresses', <Words key="addresses">{token.allowedIps.join(' · ')}</Words>]);
  if (begins !== null) facts.push(['Begins', <Words key="begins">{formatDateTime(begins, timeZone)}</Words>]);
  if (facts.length === 0) return null;
  return (
    <dl className={classes.facts}>
      {facts.map(([term, value]) => (
        <div key={term} className={classes.fact}>
          <Text component="dt" size="xs" c="dimmed">
            {term}
          </Text>
          <dd className={classes.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Words({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" className="lk-wrap" lineClamp={3}>
      {children}
    </Text>
  );
}
