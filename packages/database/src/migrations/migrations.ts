import { TokensAndAudit } from './0001-tokens-and-audit.ts';
import { Usage } from './0002-usage.ts';
import { Secrets } from './0003-secrets.ts';
import { Limits } from './0004-limits.ts';
import { Policy } from './0005-policy.ts';
import { EventsAndWebhooks } from './0006-events-and-webhooks.ts';
import { Trial } from './0007-trial.ts';
import { KeyRoutes } from './0008-key-routes.ts';
import { Portal } from './0009-portal.ts';
import { Gateways } from './0010-gateways.ts';
import { Ingest } from './0011-ingest.ts';
import { GatewayHours } from './0012-gateway-hours.ts';
import { ForwardAuth } from './0013-forward-auth.ts';
import { Latency } from './0014-latency.ts';

/** Every migration in the order of its number. Names are kept in the database: never rename or reorder one. */
export const migrations = [
  { name: '0001-tokens-and-audit', class: TokensAndAudit },
  { name: '0002-usage', class: Usage },
  { name: '0003-secrets', class: Secrets },
  { name: '0004-limits', class: Limits },
  { name: '0005-policy', class: Policy },
  { name: '0006-events-and-webhooks', class: EventsAndWebhooks },
  { name: '0007-trial', class: Trial },
  { name: '0008-key-routes', class: KeyRoutes },
  { name: '0009-portal', class: Portal },
  { name: '0010-gateways', class: Gateways },
  { name: '0011-ingest', class: Ingest },
  { name: '0012-gateway-hours', class: GatewayHours },
  { name: '0013-forward-auth', class: ForwardAuth },
  { name: '0014-latency', class: Latency },
];
