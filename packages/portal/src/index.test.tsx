import { expect, it } from 'vitest';
import * as portal from './index.ts';

it('exports what a host works with, and nothing by accident', () => {
  expect(Object.keys(portal).sort()).toEqual([
    'ApiKeysPortal',
    'EXPIRATION_PRESETS',
    'KeyForm',
    'KeyList',
    'PortalContext',
    'PortalError',
    'Reveal',
    'SCOPES_FIELD_NAME',
    'StatusBadge',
    'UsageChart',
    'checkedScopes',
    'createPortalClient',
    'defaultExpiration',
    'environmentFromToken',
    'environmentLabel',
    'environmentLabelFromToken',
    'expirationsForSelect',
    'isPublishable',
    'isSecret',
    'keyStatus',
    'keyStatusInfo',
    'keyStatusLabel',
    'keyTypeLabel',
    'maskToken',
    'pageFromHash',
    'pageToHash',
    'parseExpiration',
    'summariseUsage',
    'tokenData',
    'usePortal',
  ]);
});
