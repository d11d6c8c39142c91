import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { renderUi } from '../../testing/render.tsx';
import { levelOf, QuotaMeter, WindowMeter, type WindowStatus } from './limit-meter.tsx';

const window = (changes: Partial<WindowStatus>): WindowStatus => ({
  name: 'default',
  shared: false,
  algorithm: 'fixed',
  windowMs: 60_000,
  limit: 600,
  current: 412,
  remaining: 188,
  resetAt: new Date(Date.now() + 23_000).toISOString(),
  ...changes,
});
const show = (changes: Partial<WindowStatus>) => renderUi(<WindowMeter window={window(changes)} label="Rate limit used" />);

describe('the meter of a window', () => {
  it('says how much is used and when that ends', async () => {
    await show({});
    const meter = await screen.findByRole('meter', { name: 'Rate limit used' });
    expect(meter).toHaveAttribute('aria-valuemax', '600');
    expect(meter).toHaveAttribute('aria-valuetext', expect.stringMatching(/^412 \/ 600, resets in (1\d|2[0-4]) s$/));
  });

  it('says that requests are refused once the window is full', async () => {
    await show({ current: 600, remaining: 0 });
    expect(await screen.findByText(/Requests are refused until the window ends/)).toBeVisible();
  });

  it('is empty again after the window has ended', async () => {
    await show({ resetAt: new Date(Date.now() - 1_000).toISOString() });
    expect(await screen.findByText('0 / 600')).toBeVisible();
    expect(screen.getByText('no window open')).toBeVisible();
  });
});

describe('the meter of a quota', () => {
  it('says what is left, of how much, and when it is refilled', async () => {
    const refillAt = new Date(Date.now() + 4 * 3_600_000).toISOString();
    await renderUi(<QuotaMeter quota={{ remaining: 812, refillAmount: 1_000, refillInterval: 86_400_000, refillAt }} />);
    const meter = await screen.findByRole('meter', { name: 'Quota left' });
    expect(meter).toHaveAttribute('aria-valuenow', '812');
    expect(meter).toHaveAttribute('aria-valuetext', '812 left of 1,000, refilled in 4 h');
    expect(screen.getByText('1,000 again every day')).toBeVisible();
  });

  it('used up says that requests are refused', async () => {
    await renderUi(<QuotaMeter quota={{ remaining: 0, refillAmount: null, refillInterval: null, refillAt: null }} />);
    expect(await screen.findByText('Requests are refused. Not refilled')).toBeVisible();
  });
});

it.each([
  [79, 'calm'],
  [80, 'near'],
  [99, 'near'],
  [100, 'full'],
] as const)('%i of 100 is %s', (current, level) => expect(levelOf(current, 100)).toBe(level));
