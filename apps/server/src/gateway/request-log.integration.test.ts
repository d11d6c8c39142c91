// What the real server logs at its most talkative.
import { send } from '@latchkey/bearer-auth/testing';
import { expect, it } from 'vitest';
import { openSceneWithDatabase } from '../contract/testing/open-scene.ts';

it('every request is a line with its id, and no token gets into one, however it was sent', async () => {
  const scene = await openSceneWithDatabase({ LATCHKEY_LOG_LEVEL: 'debug' });
  try {
    const { id, token } = await scene.createToken({ name: 'logged' });
    const { headers } = await scene.call(token, `/products?key=${token}`, { headers: ['User-Agent', token, 'Cookie', `t=${token}`] });
    await scene.call(token, `/files/${token}/%1b%5b31m`);
    const fake = 'lk_live_nobody_issued_this_text_0123456789';
    const unknown = await send(scene.url, { path: `/api/products/${fake}?key=${fake}`, headers: ['X-Api-Key', fake] });
    const managed = await send(scene.url, { path: `/api/api-tokens?search=${token}`, headers: ['Authorization', `Bearer ${token}`] });
    await scene.process.stop();
    const lines = scene
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({ request_id: headers['x-request-id'], token_id: id, status: 200, outcome: 'VALID' }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ request_id: (unknown.body as { request_id: string }).request_id, status: 401 }));
    expect(lines).toContainEqual(expect.objectContaining({ request_id: managed.headers['x-request-id'], route: '/api/api-tokens' }));
    for (const text of [token, token.slice(0, 20), 'nobody_issued_this', '\u001b']) expect(scene.output()).not.toContain(text);
  } finally {
    await scene.close();
  }
});
