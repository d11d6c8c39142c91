import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { createCallPort, type Methods } from './call-port.ts';

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close();
    port2.close();
  }
});

type Remote = { readonly [Name in 'add' | 'fail' | 'note' | 'never']: (...args: never[]) => unknown } & {
  add(a: number, b: number): number;
  note(value: number): void;
};

function open(methods: Methods) {
  const channel = new MessageChannel();
  channels.push(channel);
  createCallPort(channel.port2, methods);
  return createCallPort<Remote>(channel.port1, {});
}

describe('a call', () => {
  it('is answered, many at once each with its own answer', async () => {
    const port = open({ add: async (a: number, b: number) => a + b });
    expect(await Promise.all([port.call('add', 1, 2), port.call('add', 3, 4)])).toEqual([3, 7]);
  });

  it('is rejected with what the other side threw', async () => {
    const port = open({
      fail() {
        throw new RangeError('no such thing');
      },
    });
    await expect(port.call('fail')).rejects.toThrow('no such thing');
  });

  it('is rejected with what it says where what was thrown can not be copied', async () => {
    const port = open({
      fail() {
        throw new Error('no such thing', { cause: () => 'a function' });
      },
    });
    await expect(port.call('fail')).rejects.toThrow('no such thing');
  });

  it('arrives behind what was told before it', async () => {
    const seen: number[] = [];
    const port = open({ note: (value: number) => void seen.push(value), add: () => seen.length });
    for (const value of [1, 2, 3]) port.tell('note', value);
    expect(await port.call('add', 0, 0)).toBe(3);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('is rejected once nobody will answer, under way or to come', async () => {
    const port = open({ never: () => new Promise(() => undefined) });
    const underWay = port.call('never');
    port.end(new Error('gone'));
    await expect(underWay).rejects.toThrow('gone');
    await expect(port.call('never')).rejects.toThrow('gone');
  });
});
