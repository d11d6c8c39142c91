import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { runLatchkey } from '../testing/run-latchkey.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

describe.runIf(has('bash'))('in bash', () => {
  let script: string;
  beforeAll(async () => {
    const run = await runLatchkey(['completion', 'bash']);
    expect(run.code).toBe(0);
    script = run.stdout;
  });

  /** What bash proposes for the last word of a command line. */
  function complete(...words: string[]): string[] {
    const line = ['latchkey', ...words];
    const ask = `${script}
COMP_WORDS=(${line.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
_latchkey
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-u', '-c', ask], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    return stdout.split('\n').filter((word) => word !== '');
  }

  it('is registered for the program', () => {
    const { stdout } = spawnSync('bash', ['--norc', '-c', `${script}\ncomplete -p latchkey`], { encoding: 'utf8' });
    expect(stdout).toContain('-F _latchkey latchkey');
  });

  it('commands', () => {
    expect(complete('')).toEqual(expect.arrayContaining(['login', 'tokens', 'usage', 'explain', 'doctor', 'check']));
    expect(complete('to')).toEqual(['tokens']);
    expect(complete('tokens', '')).toEqual(expect.arrayContaining(['create', 'list', 'show', 'disable', 'enable', 'revoke']));
    expect(complete('tokens', 're')).toContain('revoke');
  });

  it('options of a command and of all commands', () => {
    expect(complete('tokens', 'create', '--en')).toEqual(['--environment', '--endpoint']);
    expect(complete('tokens', 'list', '--js')).toEqual(['--json']);
    expect(complete('--u')).toEqual(['--url']);
  });

  it('values of an option, and commands behind options that have one', () => {
    expect(complete('tokens', 'list', '--status', 'rev')).toEqual(['revoked']);
    expect(complete('tokens', 'list', '--order', '')).toEqual(['asc', 'desc']);
    expect(complete('--url', 'http://127.0.0.1', 'tokens', 'sh')).toEqual(['show']);
    expect(complete('--json', 'tokens', 'sh')).toEqual(['show']);
    expect(complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('nothing where anything may stand, so that file names are proposed', () => {
    expect(complete('--url', '')).toEqual([]);
    expect(complete('tokens', 'show', '')).toEqual([]);
  });
});

describe.each(['zsh', 'fish'])('in %s', (shell) => {
  it('names every command and option', async () => {
    const { code, stdout } = await runLatchkey(['completion', shell]);
    expect(code).toBe(0);
    for (const word of ['tokens', 'revoke', 'doctor', shell === 'fish' ? '-l json' : '--json', 'revoked']) expect(stdout).toContain(word);
  });

  it.runIf(has(shell))('is a script that the shell can read', async () => {
    const { stdout } = await runLatchkey(['completion', shell]);
    const { status, stderr } = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

it('ends with 2 for a shell that it does not know', async () => {
  expect(await runLatchkey(['completion', 'tcsh'])).toMatchObject({ code: 2, stdout: '' });
});
