import { describe, expect, it } from 'vitest';
import { checkedScopes, SCOPES_FIELD_NAME } from './checked-scopes.ts';

const SCOPES = ['read', 'write', 'admin'];
const checked = (...given: Parameters<typeof checkedScopes>) =>
  checkedScopes(...given)
    .filter((choice) => choice.checked)
    .map(({ scope }) => scope);

describe('checked scopes', () => {
  it('are all of them for a new key', () => {
    expect(checked(SCOPES)).toEqual(SCOPES);
  });

  it('are the key’s own for an existing one, and none of what is not offered', () => {
    expect(checked(SCOPES, { held: ['write', 'gone'] })).toEqual(['write']);
    expect(checked(SCOPES, { held: [] })).toEqual([]);
  });

  it('are what is asked for otherwise', () => {
    expect(checked(SCOPES, { held: ['read'], checked: 'all' })).toEqual(SCOPES);
    expect(checked(SCOPES, { checked: 'none' })).toEqual([]);
    expect(checked(SCOPES, { checked: ['admin'] })).toEqual(['admin']);
  });

  it('keep the order in which they are offered', () => {
    expect(checkedScopes(SCOPES, { checked: ['admin', 'read'] })).toEqual([
      { scope: 'read', checked: true },
      { scope: 'write', checked: false },
      { scope: 'admin', checked: true },
    ]);
  });

  it('have the field name of the form', () => {
    expect(SCOPES_FIELD_NAME).toBe('api_key[scopes][]');
  });
});
