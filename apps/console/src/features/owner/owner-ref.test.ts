import { expect, it } from 'vitest';
import { formatOwner, ownerOf, parseOwner } from './owner-ref.ts';

it.each([
  ['user:42', { ownerType: 'user', ownerId: '42' }],
  ['organization:urn:acme:1', { ownerType: 'organization', ownerId: 'urn:acme:1' }],
])('%s is an owner in an address, and back', (text, owner) => {
  expect(parseOwner(text)).toEqual(owner);
  expect(formatOwner(owner)).toBe(text);
});

it.each([undefined, '', 'user', 'user:', ':42', 'User:42'])('%j is no owner', (text) => expect(parseOwner(text)).toBeNull());

it('a token of nobody in particular has none', () => {
  expect(ownerOf({ ownerType: null, ownerId: null })).toBeNull();
  expect(ownerOf({ ownerType: 'user', ownerId: '42' })).toEqual({ ownerType: 'user', ownerId: '42' });
});
