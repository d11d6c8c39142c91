import { Alert, Code, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconCircleMinus, IconCircleX } from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
import { formatExact } from '../../lib/format.ts';
import type { Outputs } from '../../lib/trpc.ts';
import { formatWindow } from '../limit/limit-window.ts';
import classes from './explanation.module.css';

export type ExplanationView = Outputs['token']['explain'];
type Finding = ExplanationView['findings'][number];

const NAMES: Readonly<Record<Finding['check'], string>> = {
  path: 'Path',
  shape: 'Shape of the token',
  checksum: 'Checksum',
  known: 'Issued here',
  configuration: 'Configuration',
  environment: 'Environment',
  revoked: 'Not revoked',
  enabled: 'Switched on',
  secret: 'Secret still in force',
  not_before: 'Valid already',
  expiry: 'Not expired',
  address: 'Address',
  endpoint: 'Endpoint',
  scope: 'Scopes',
  permission: 'Permissions',
  rate: 'Rate limit',
  quota: 'Quota',
};

const RESULTS: Readonly<Record<Finding['result'], { word: string; icon: ReactNode }>> = {
  pass: { word: 'passes', icon: <IconCircleCheck size={18} color="var(--lk-good)" aria-hidden /> },
  fail: { word: 'refuses', icon: <IconCircleX size={18} color="var(--mantine-color-error)" aria-hidden /> },
  not_reached: { word: 'not reached', icon: <IconCircleDashed size={18} aria-hidden /> },
  not_applicable: { word: 'no rule', icon: <IconCircleMinus size={18} aria-hidden /> },
};

/** Every check in the order in which they decide, with the rule that decided, and the counters. */
export function Explanation({ explanation }: { explanation: ExplanationView }) {
  const { findings, counters } = explanation;
  return (
    <Stack gap="sm">
      <Verdict explanation={explanation} />
      <ol className={classes.list} aria-label="Checks, in the order in which they decide">
        {findings.map((finding) => (
          <Line key={finding.check} finding={finding} />
        ))}
      </ol>
      {counters && counters.windows.length > 0 && <Counters windows={counters.windows} />}
    </Stack>
  );
}

function Verdict({ explanation: { decision, status, code, error, recorded } }: { explanation: ExplanationView }) {
  const isAllowed = decision === 'allow';
  return (
    <Alert
      color={isAllowed ? 'green' : 'red'}
      variant="light"
      title={isAllowed ? 'Would pass now' : `Would be refused now: ${status} ${error}`}
    >
      <Text size="sm">
        {code === null ? 'Every check lets it pass.' : <Code>{code}</Code>}
        {recorded?.changedSince && ' The token was changed since this request, so another rule may have decided then.'}
      </Text>
    </Alert>
  );
}

function Line({ finding: { check, result, passes, rule, detail, needs } }: { finding: Finding }) {
  const { word, icon } = RESULTS[result];
  const isQuiet = result === 'not_reached' || result === 'not_applicable';
  return (
    <li className={`${classes.item} ${isQuiet ? classes.quiet : ''}`}>
      <span className={classes.icon}>{icon}</span>
      <div>
        <Text size="sm" fw={result === 'fail' ? 700 : 500} component="span">
          {NAMES[check]}
        </Text>
        <span className={classes.word}>
          {word}
          {result === 'not_reached' && passes === false && ', but would refuse as well'}
        </span>
        {needs.length > 0 ? (
          <Needs needs={needs} />
        ) : (
          <Text size="sm" className="lk-wrap">
            {detail}
          </Text>
        )}
        {rule !== null && result === 'fail' && needs.length === 0 && <Code className="lk-wrap">{rule}</Code>}
      </div>
    </li>
  );
}

/** Each scope or permission that is needed, with the access rules that ask for it; first what is missing. */
function Needs({ needs }: { needs: Finding['needs'] }) {
  return needs
    .toSorted((a, b) => Number(a.held) - Number(b.held))
    .map(({ name, held, rules }) => (
      <Text key={name} size="sm" className="lk-wrap">
        {held ? 'Holds' : 'Needs'} <Code>{name}</Code>
        {rules.length > 0 && `, asked for by the ${rules.length === 1 ? 'rule' : 'rules'} `}
        {rules.map((pattern, index) => (
          <Fragment key={pattern}>
            {index > 0 && ' and '}
            <Code>{pattern}</Code>
          </Fragment>
        ))}
      </Text>
    ));
}

function Counters({ windows }: { windows: NonNullable<ExplanationView['counters']>['windows'] }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        Counters now
      </Text>
      {windows.map(({ name, limit, current, windowMs }) => (
        <Text key={name} size="sm" className="lk-tabular">
          {formatExact(current)} of {formatExact(limit)} per {formatWindow(windowMs)}
          {name !== 'default' && ` (${name})`}
        </Text>
      ))}
      <Text size="xs" c="dimmed">
        Looking counts nothing.
      </Text>
    </div>
  );
}
