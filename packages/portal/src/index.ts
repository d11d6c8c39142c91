export {
  type ChangedKey,
  type CreatedKey,
  createPortalClient,
  type KeyInput,
  type ListKeysQuery,
  type NewKeyInput,
  type PortalClient,
  type PortalClientOptions,
} from './client/portal-client.ts';
export { PortalError, type PortalErrorDetail } from './client/portal-error.ts';
export {
  defaultExpiration,
  EXPIRATION_PRESETS,
  type ExpirationPreset,
  type ExpirationSelectOptions,
  expirationsForSelect,
  parseExpiration,
} from './expiry/expiration-options.ts';
export { EXPIRATION_FIELD_NAME, ExpirationSelect, type ExpirationSelectProps } from './expiry/expiration-select.tsx';
export { environmentFromToken, environmentLabel, environmentLabelFromToken } from './key/key-environment.ts';
export { KeyForm, type KeyFormProps, type KeyFormValues } from './key/key-form.tsx';
export { KeyList } from './key/key-list.tsx';
export {
  type KeyState,
  type KeyStatus,
  keyStatus,
  keyStatusInfo,
  keyStatusLabel,
  type StatusColor,
  type StatusInfo,
} from './key/key-status.ts';
export { Reveal, type RevealProps } from './key/key-success-page.tsx';
export { isPublishable, isSecret, keyTypeLabel, type TypedKey } from './key/key-type.ts';
export { maskToken } from './key/mask-token.ts';
export { StatusBadge } from './key/status-badge.tsx';
export { type TokenData, type TokenDataSource, tokenData } from './key/token-data.ts';
export { ApiKeysPortal, type ApiKeysPortalProps } from './portal/api-keys-portal.tsx';
export { type Notice, PortalContext, type PortalScene, usePortal } from './portal/portal-context.tsx';
export { type PortalPage, pageFromHash, pageToHash } from './portal/portal-view.ts';
export { type CheckedScopesOptions, checkedScopes, SCOPES_FIELD_NAME, type ScopeChoice } from './scope/checked-scopes.ts';
export { type ScopeCheckbox, ScopeCheckboxes, type ScopeCheckboxesProps } from './scope/scope-checkboxes.tsx';
export { summariseUsage, type UsageChartPoint } from './usage/summarise-usage.ts';
export { UsageChart, type UsageChartProps } from './usage/usage-chart.tsx';
