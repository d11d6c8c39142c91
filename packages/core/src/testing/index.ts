export { anAccessRequest } from './access-request.ts';
export { aKeyTypeRule, aTokenPolicy } from './token-policy.ts';
export { aTokenRecord } from './token-record.ts';
export { createTokenTextFinder, type FoundTokenText, findTokenTexts, type TokenTextFinder } from './token-text-finder.ts';
export { aUsageRecord } from './usage-record.ts';
