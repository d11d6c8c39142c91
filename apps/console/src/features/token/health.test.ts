import { tokenHealthSchema } from '@latchkey/api/schemas';
import { expect, it } from 'vitest';
import { sampleToken } from '../../testing/sample-token.ts';
import { describeHealth, explainHealth, HEALTH } from './health.ts';

const now = Date.parse('2026-11-22T12:00:00.000Z');

it('every health has a word of its own and a meaning', () => {
  const labels = tokenHealthSchema.options.map((health) => HEALTH[health].label);
  expect(new Set(labels).size).toBe(labels.length);
  for (const health of tokenHealthSchema.options) expect(describeHealth(health)).not.toBe('');
});

it('the reason names the figure behind it', () => {
  const soon = sampleToken({ health: 'expires_soon', expiresAt: '2026-11-25T12:00:00.000Z' });
  expect(explainHealth(soon, now)).toMatch(/^Expires in 3 d\. Extend it/);
  const failing = sampleToken({ health: 'failing', failed24h: 34, requests24h: 120 });
  expect(explainHealth(failing, now)).toContain('34 of 120');
});
