import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { metadataInput, metadataSchema } from './metadata-form.ts';
import { ownerInput, ownerSchema } from './owner-form.ts';
import { permissionInput, permissionRow, permissionSchema, permissionValues } from './permission-form.ts';
import { scopeInput, scopeSchema } from './scope-form.ts';
import { startInput, startSchema } from './start-form.ts';

const faults = (schema: z.ZodType, values: unknown) => (schema.safeParse(values).error?.issues ?? []).map(({ path }) => path.join('.'));

describe('an owner', () => {
  it.each([
    ['', '', []],
    ['user', '42', []],
    ['user', ' ', ['ownerId']],
    ['', '42', ['ownerType']],
    ['User', '42', ['ownerType']],
  ])('of type %j with the id %j has faults at %j', (ownerType, ownerId, expected) => {
    expect(faults(ownerSchema, { ownerType, ownerId })).toEqual(expected);
  });

  it('is sent trimmed, or not at all', () => {
    expect(ownerInput({ ownerType: ' user ', ownerId: ' 42 ' })).toEqual({ ownerType: 'user', ownerId: '42' });
    expect(ownerInput({ ownerType: '', ownerId: '' })).toEqual({});
  });
});

describe('permissions', () => {
  const rows = (...pairs: [string, string[]][]) => ({ permissions: pairs.map(([resource, actions]) => permissionRow(resource, actions)) });

  it('need a resource and an action in each row, and each resource once', () => {
    expect(faults(permissionSchema, rows(['files', ['read']], ['', []]))).toEqual([]);
    expect(faults(permissionSchema, rows(['files', []]))).toEqual(['permissions.0.actions']);
    expect(faults(permissionSchema, rows(['', ['read']]))).toEqual(['permissions.0.resource']);
    expect(faults(permissionSchema, rows(['files', ['read']], ['files', ['write']]))).toEqual(['permissions.1.resource']);
  });

  it('come from a token and go back to it', () => {
    const permissions = { files: ['read', 'write'], mail: ['send'] };
    expect(permissionInput(permissionValues({ permissions }))).toEqual({ permissions });
    expect(permissionInput(rows(['', []]))).toEqual({ permissions: null });
  });
});

describe('scopes', () => {
  it('have no spaces or quotes', () => {
    expect(faults(scopeSchema, { scopes: ['read:all', 'write'] })).toEqual([]);
    expect(faults(scopeSchema, { scopes: ['read all'] })).toEqual(['scopes']);
    expect(faults(scopeSchema, { scopes: [''] })).toEqual(['scopes']);
  });

  it('not chosen are the server’s to choose; none chosen are none', () => {
    expect(scopeInput({ scopes: null })).toEqual({});
    expect(scopeInput({ scopes: [] })).toEqual({ scopes: [] });
    expect(scopeInput({ scopes: ['read', 'read'] })).toEqual({ scopes: ['read'] });
  });
});

describe('metadata', () => {
  it.each([
    ['', []],
    ['{"team":"payments"}', []],
    ['[1]', ['metadata']],
    ['null', ['metadata']],
    ['{team:1}', ['metadata']],
    [`{"a":"${'x'.repeat(17_000)}"}`, ['metadata']],
  ])('%j has faults at %j', (metadata, expected) => expect(faults(metadataSchema, { metadata })).toEqual(expected));

  it('blank is none', () => {
    expect(metadataInput({ metadata: ' ' })).toEqual({ metadata: null });
    expect(metadataInput({ metadata: '{"team":"payments"}' })).toEqual({ metadata: { team: 'payments' } });
  });
});

it('a beginning is an instant in the viewer’s zone, or at once', () => {
  expect(startInput({ notBefore: '2027-02-20T08:00' })).toEqual({ notBefore: new Date(2027, 1, 20, 8).toISOString() });
  expect(startInput({ notBefore: '' })).toEqual({ notBefore: null });
  expect(faults(startSchema, { notBefore: 'soon' })).toEqual(['notBefore']);
});
