import type { LimitStatus } from '@latchkey/api/schemas';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { renderUi } from '../../testing/render.tsx';
import { LimitMeter, levelOf } from './limit-meter.tsx';

const status = (changes: Partial<LimitStatus>): LimitStatus => ({
  tokenId: 1,
  enabled: true,
  algorithm: 'fixed',
  windowMs: 60_000,
  limit: 600,
  current: 412,
  remaining: 188,
  resetAt: new Date(Date.now() + 23_000).toISOString(),
  windows: [],
  quota: null,
  ...changes,
});

describe('the meter', () => {
  it('says how much is used and when that ends', async () => {
    await renderUi(<LimitMeter status={status({})} />);
    const meter = await screen.findByRole('meter', { name: 'Rate limit used' });
    expect(meter).toHaveAttribute('aria-valuemax', '600');
    expect(meter).toHaveAttribute('aria-valuetext', expect.stringMatching(/^412 \/ 600, resets in 2[234] s$/));
  });

  it('says that requests are refused once the window is full', async () => {
    await renderUi(<LimitMeter status={status({ current: 600, remaining: 0 })} />);
    expect(await screen.findByText(/Requests are refused until the window ends/)).toBeVisible();
  });

  it('is empty again after the window has ended', async () => {
    await renderUi(<LimitMeter status={status({ resetAt: new Date(Date.now() - 1_000).toISOString() })} />);
    expect(await screen.findByText('0 / 600')).toBeVisible();
    expect(screen.getByText('no window open')).toBeVisible();
  });

  it('is a word where there is no limit', async () => {
    await renderUi(<LimitMeter status={status({ enabled: false })} />);
    expect(await screen.findByText('No rate limit')).toBeVisible();
    expect(screen.queryByRole('meter')).not.toBeInTheDocument();
  });
});

it.each([
  [79, 'calm'],
  [80, 'near'],
  [99, 'near'],
  [100, 'full'],
] as const)('%i of 100 is %s', (current, level) => expect(levelOf(current, 100)).toBe(level));
