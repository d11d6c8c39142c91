import { createTokenText } from '@latchkey/core';
import { describe, expect, it, vi } from 'vitest';
import { runInTerminal, runLatchkey } from '../testing/run-latchkey.ts';

vi.setConfig({ testTimeout: 60_000 });

const token = createTokenText('lk_live_');
const masked = `lk_live_••••${token.slice(-4)}`;
/** No network, no home, no session: nothing of this may be needed. */
const env = { XDG_CONFIG_HOME: '/nonexistent', LATCHKEY_URL: 'http://127.0.0.1:1' };

describe('check', () => {
  it('says of each line whether its checksum fits, and shows none of a secret', async () => {
    const wrong = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
    const { code, stdout, stderr } = await runLatchkey(['check'], { env, input: `${token}\n\n  ${wrong}\nnot a token at all\n` });
    expect(code).toBe(1);
    expect(stdout).toBe(`1\tok\t${masked}\n3\twrong\t(not a token)\n4\twrong\t(not a token)\n`);
    expect(stdout + stderr).not.toContain(token.slice('lk_live_'.length, -4));
  });

  it('ends with 0 where all are well, also without a line break at the end', async () => {
    expect(await runLatchkey(['check'], { env, input: token })).toMatchObject({ code: 0, stdout: `1\tok\t${masked}\n` });
  });

  it('ends with 2 where there is nothing', async () => {
    expect(await runLatchkey(['check'], { env, input: '\n \n' })).toMatchObject({ code: 2, stdout: '' });
  });

  it('--scan finds tokens in any text and ends with 1, for hooks that keep them out of a repository', async () => {
    const diff = `diff --git a/.env b/.env\n+API_KEY=${token}\n+OTHER=1\n`;
    const run = await runLatchkey(['check', '--scan', '--json'], { env, input: diff });
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toEqual({ findings: [{ line: 2, valid: true, shown: masked }] });
    expect(await runLatchkey(['check', '--scan'], { env, input: 'nothing here\n' })).toMatchObject({ code: 0, stdout: '' });
  });

  it('tells a person that it waits for input', async () => {
    const run = await runInTerminal(['check'], { typed: [{ at: 'Ctrl-D', text: `${token}\n\u0004` }] });
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining(masked) });
  });
});
