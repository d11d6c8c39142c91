export { anAccessRequest } from './access-request.ts';
export { aKeyTypeRule, aTokenPolicy } from './token-policy.ts';
export { aTokenRecord } from './token-record.ts';
export { aUsageRecord } from './usage-record.ts';
