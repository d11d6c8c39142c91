import { describe, expect, it } from 'vitest';
import { collectPermission, parseMetadata, parseOwner } from './parse-access.ts';

describe('parseOwner', () => {
  it('takes type and id, further colons included', () => {
    expect(parseOwner('user:42')).toEqual({ type: 'user', id: '42' });
    expect(parseOwner('urn:a:b')).toEqual({ type: 'urn', id: 'a:b' });
  });

  it.each(['user', ':42', 'user:', ''])('refuses %j', (text) => {
    expect(() => parseOwner(text)).toThrow('user:42');
  });
});

describe('collectPermission', () => {
  it('adds up, each action once', () => {
    const first = collectPermission('files:read,write');
    expect(collectPermission('projects:read', collectPermission('files:read,delete', first))).toEqual({
      files: ['read', 'write', 'delete'],
      projects: ['read'],
    });
  });

  it.each(['files', 'files:', ':read', 'files:,'])('refuses %j', (text) => {
    expect(() => collectPermission(text)).toThrow('files:read');
  });
});

describe('parseMetadata', () => {
  it('takes a JSON object and nothing else', () => {
    expect(parseMetadata('{"team":"billing"}')).toEqual({ team: 'billing' });
    for (const text of ['', '[]', 'null', '1', '{']) expect(() => parseMetadata(text)).toThrow('JSON object');
  });
});
