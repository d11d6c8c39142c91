import { spawnSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';

// Starting processes takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

function requireNodeIn(version: string) {
  const program = `import { requireNode } from ${JSON.stringify(new URL('./require-node.ts', import.meta.url).href)};
    requireNode(${JSON.stringify(version)});
    console.log('goes on');`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
}

test.each(['26.0.0', '26.10.0', '30.1.0'])('Node %s goes on', (version) => {
  expect(requireNodeIn(version)).toMatchObject({ status: 0, stdout: 'goes on\n', stderr: '' });
});

test.each(['22.18.0', '24.11.1', '25.9.0'])('Node %s is refused with what to do', (version) => {
  const { status, stdout, stderr } = requireNodeIn(version);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `Latchkey needs Node.js 26 or newer and was started with ${version}. Start it with "npm start", which brings the right one along.\n`,
  );
});
