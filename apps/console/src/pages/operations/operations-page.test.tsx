import type { EffectiveView, GatewayRow, RecordAccount } from '@latchkey/api/schemas';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { type Answers, refusal } from '../../testing/answer-link.ts';
import { renderConsole } from '../../testing/render.tsx';
import { accountAnswers, sampleList, sampleToken } from '../../testing/sample-token.ts';

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();

function gateway(changes: Partial<GatewayRow> = {}): GatewayRow {
  return {
    ...{ id: crypto.randomUUID(), name: 'gateway-1', host: 'machine-1', pid: 812, version: '0.1.0', threads: 2 },
    ...{ limiterMode: 'valkey', state: 'live', startedAt: ago(7_800), seenAt: ago(1), appliedVersion: 40, maxStaleSeconds: 300 },
    ...changes,
  };
}

const answer = (...gateways: GatewayRow[]) => ({ gateways, newestVersion: 42, readAt: ago(0) });

function open(gateways: Answers[string], role: 'admin' | 'viewer' = 'admin') {
  return renderConsole('/operations', {
    ...accountAnswers(role),
    'operations.gateways': gateways,
    'operations.records': () => accountOf(),
  });
}

const NOTHING = { accepted: 0, stored: 0, unwanted: 0, missing: 0, dropped: 0 };

function accountOf(total: RecordAccount['total'] = NOTHING, gateways: RecordAccount['gateways'] = []): RecordAccount {
  return { total, gateways, hours: [], from: ago(86_400), readAt: ago(0) };
}

function openRecords(records: Answers[string], path = '/operations') {
  return renderConsole(path, {
    ...accountAnswers('admin'),
    'operations.gateways': () => answer(gateway()),
    'operations.records': records,
  });
}

const rowOf = async (name: string) => within((await screen.findByText(name)).closest('tr') as HTMLElement);

describe('the operations page', () => {
  it('shows each gateway with its machine, threads, version, limits, and how far it is', async () => {
    await open(() => answer(gateway({ appliedVersion: 42 }), gateway({ name: 'gateway-2', limiterMode: 'share' })), 'viewer');
    expect(await screen.findByText('2 of 2 processes are live.')).toBeVisible();
    const first = await rowOf('gateway-1');
    for (const text of ['machine-1 · process 812', 'live', 'up to date', 'Valkey', '2', '0.1.0', '2 h ago']) {
      expect(first.getByText(text)).toBeVisible();
    }
    const second = await rowOf('gateway-2');
    for (const text of ['2 behind', 'its share']) expect(second.getByText(text)).toBeVisible();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('marks a silent one, and says what that means', async () => {
    await open(() => answer(gateway(), gateway({ name: 'gateway-2', state: 'silent', seenAt: ago(40) })));
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('A gateway is silent')).toBeVisible();
    expect(alert.getByText(/gateway-2/)).toBeVisible();
    const row = await rowOf('gateway-2');
    expect(row.getByText('silent')).toBeVisible();
    expect(row.getByText(/^\d+ s ago$/)).toBeVisible();
    expect(screen.getByText('1 of 2 processes is live.', { exact: false })).toBeVisible();
  });

  it('says why there is nothing, and when it could not be read', async () => {
    const none = await open(() => answer());
    expect(await screen.findByText('No gateway is registered')).toBeVisible();
    expect(screen.getByText('The processes that serve your API.')).toBeVisible();
    none.unmount();
    await open(() => {
      throw refusal({ httpStatus: 503, message: 'The database can not be reached.' });
    });
    expect(await screen.findByText('The gateways could not be loaded')).toBeVisible();
  });

  it('is in the navigation', async () => {
    await open(() => answer(gateway()));
    expect(await screen.findByRole('link', { name: 'Operations' })).toHaveAttribute('aria-current', 'page');
  });
});

describe('usage records', () => {
  it('are accounted for, over all and by gateway', async () => {
    const counts = { ...NOTHING, accepted: 1_204_551, stored: 1_204_551 };
    await openRecords(() => accountOf(counts, [{ ...counts, gateway: 'eu-1' }]));
    expect(await screen.findByText('Accepted 1,204,551 · stored 1,204,551 · lost 0')).toBeVisible();
    expect((await rowOf('eu-1')).getAllByText('1,204,551')).toHaveLength(2);
    expect(screen.queryByText('Records were lost')).not.toBeInTheDocument();
  });

  it('that were lost are said to be, with the reason', async () => {
    const counts = { accepted: 110, stored: 95, unwanted: 1, missing: 3, dropped: 11 };
    await openRecords(() => accountOf(counts, [{ ...counts, gateway: 'eu-1' }]));
    expect(await screen.findByText('Accepted 110 · stored 95 · of deleted tokens 1 · lost 14')).toBeVisible();
    const alert = within((await screen.findByText('Records were lost')).closest('[role=alert]') as HTMLElement);
    expect(alert.getByText(/^3 were written to a gateway’s disk .* 11 could not be kept/)).toBeVisible();
  });

  it('are read again for another span, which the address keeps, and the old ones stay until then', async () => {
    const longer = Promise.withResolvers<RecordAccount>();
    const of = (stored: number) => ({ ...NOTHING, accepted: stored, stored });
    const records = vi.fn(({ hours }: { hours: number }) =>
      hours === 24 ? accountOf(of(7), [{ ...of(7), gateway: 'eu-1' }]) : longer.promise,
    );
    const { router } = await openRecords(records);
    expect(await screen.findByText('Accepted 7 · stored 7 · lost 0')).toBeVisible();
    await userEvent.click(screen.getByText('31 days'));
    await vi.waitFor(() => expect(records).toHaveBeenLastCalledWith({ hours: 744 }));
    expect(router.state.location.search).toMatchObject({ hours: 744 });
    expect(screen.getByText('Accepted 7 · stored 7 · lost 0')).toBeVisible();
    longer.resolve(accountOf(of(9), [{ ...of(9), gateway: 'eu-1' }]));
    expect(await screen.findByText('Accepted 9 · stored 9 · lost 0')).toBeVisible();
  });

  it('are of the span in the address, and of a day where that is none', async () => {
    const records = vi.fn(() => accountOf());
    const { unmount } = await openRecords(records, '/operations?hours=168');
    expect(await screen.findByText('No request in this time')).toBeVisible();
    expect(screen.queryByText(/^Accepted 0/)).not.toBeInTheDocument();
    expect(records).toHaveBeenLastCalledWith({ hours: 168 });
    unmount();
    await openRecords(records, '/operations?hours=9000');
    await vi.waitFor(() => expect(records).toHaveBeenLastCalledWith({ hours: 24 }));
  });
});

describe('after a change', () => {
  const everywhere: EffectiveView = { gateways: 3, acknowledged: 3, ms: 41, silent: [] };

  async function switchOff(effective: EffectiveView) {
    const setActive = vi.fn(() => ({ changed: [7], skipped: [], effective }));
    await renderConsole('/api-tokens', {
      ...accountAnswers('admin'),
      'token.list': () => sampleList([sampleToken({ id: 7, name: 'ci-deploy' })]),
      'token.setActive': setActive,
    });
    await userEvent.click(await screen.findByRole('switch', { name: /ci-deploy/ }));
  }

  it('the console says on how many gateways it is in force, and how soon', async () => {
    await switchOff(everywhere);
    expect(await screen.findByText('Effective on 3 of 3 gateways in 41 ms.')).toBeVisible();
  });

  it('and names one that is silent', async () => {
    await switchOff({ gateways: 3, acknowledged: 2, ms: 1_004, silent: [{ name: 'gateway-3', host: 'machine-3', seenAt: ago(40) }] });
    expect(await screen.findByText('Effective on 2 of 3 gateways in 1 s.')).toBeVisible();
    expect(screen.getByText(/gateway-3.* \(last seen 4\d s ago\) is silent and may still use the older state\./)).toBeVisible();
  });
});
