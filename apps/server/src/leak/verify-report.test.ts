import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createReportKeys } from './report-keys.ts';
import { verifyReport } from './verify-report.ts';

// The example in GitHub's own documentation of the partner program: key 90a421169f0a406205f1563a953312f0be898d3c7b6c06b681aa86a874555f4a.
const GITHUB_KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9MJJHnMfn2+H4xL4YaPDA4RpJqUq
kCmRCBnYERxZanmcpzQSXs1X/AljlKkbJ8qpVIW4clayyef9gWhFbNHWAA==
-----END PUBLIC KEY-----`;
const GITHUB_BODY = '[{"token":"some_token","type":"some_type","url":"some_url"}]';
const GITHUB_SIGNATURE = 'MEUCIQDKZokqnCjrRtw0tni+2Ltvl/uiMJ1EGumEsp1BsNr32AIgQY1YXD2nlj+XNfGK4rBfkMJ1JDOQcYXxa2sY8FNkrKc=';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key = pair.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();
const signed = (body: string) => sign('sha256', Buffer.from(body), pair.privateKey).toString('base64');

describe('a signature', () => {
  it('of GitHub’s documented example is accepted, over exactly those bytes', () => {
    const key = createPublicKey(GITHUB_KEY);
    expect(verifyReport(Buffer.from(GITHUB_BODY), GITHUB_SIGNATURE, key)).toBe(true);
    expect(verifyReport(Buffer.from(`${GITHUB_BODY}\n`), GITHUB_SIGNATURE, key)).toBe(false);
    expect(verifyReport(Buffer.from(GITHUB_BODY), GITHUB_SIGNATURE, pair.publicKey)).toBe(false);
  });

  it.each(['', 'x', 'AAAA', '!!!!!!!!!!!!', 'A'.repeat(400)])('that is none is refused and throws nothing: %j', (signature) => {
    expect(verifyReport(Buffer.from(GITHUB_BODY), signature, pair.publicKey)).toBe(false);
    expect(verifyReport(Buffer.from('[]'), signed('[]'), pair.publicKey)).toBe(true);
  });
});

describe('the keys', () => {
  const clock = { now: 0 };
  const sourceOf = (answers: string[]) => {
    let asked = 0;
    const read = async () => answers[asked++] ?? Promise.reject(new Error('gone'));
    return { keys: createReportKeys({ url: new URL('https://keys.example/'), now: () => clock.now, read }), asked: () => asked };
  };
  const answer = (...identifiers: string[]) =>
    JSON.stringify({ public_keys: identifiers.map((key_identifier) => ({ key_identifier, key: pem(), is_current: true })) });

  it('are asked for once, and again for an identifier that is not known – but not for every one that is made up', async () => {
    const { keys, asked } = sourceOf([answer('a'), answer('a', 'b')]);
    expect(await keys.find('a')).not.toBeNull();
    expect(await keys.find('a')).not.toBeNull();
    expect(asked()).toBe(1);
    expect(await keys.find('b')).toBeNull();
    clock.now += 60_000;
    expect(await keys.find('b')).not.toBeNull();
    expect(asked()).toBe(2);
  });

  it('that can not be had are an error and not an unknown key; those that were had go on being used', async () => {
    const { keys } = sourceOf([answer('a')]);
    expect(await keys.find('a')).not.toBeNull();
    clock.now += 120_000;
    await expect(keys.find('b')).rejects.toThrow('gone');
    expect(await keys.find('a')).not.toBeNull();
  });
});
