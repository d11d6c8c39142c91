import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fillDiskUnderLoad, mayMountDisks } from './fill-disk.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-mount-'));
const isAllowed = await mayMountDisks(directory);
await rm(directory, { recursive: true });

// Mounting a small disk takes root. The long form, 4 MiB, is torture/disk-full.ts; its figures are in docs/reliability.md.
test.skipIf(!isAllowed)(
  'a disk that runs full under load: no crash, nothing answered without a record, and served again within 5 s',
  { timeout: 240_000 },
  async () => {
    const result = await fillDiskUnderLoad({ kilobytes: 64, perSecond: 100, seconds: 2 });
    const { survived, logged, lost, doubled, wrongStatus, totals, statuses, resumedMs } = result;
    expect({ survived, lost, doubled, wrongStatus }).toEqual({ survived: true, lost: [], doubled: [], wrongStatus: [] });
    expect(Object.keys(statuses)).toEqual(['200', '404', '503']);
    expect(resumedMs).toBeLessThan(5_000);
    expect(totals).toEqual({ byHour: logged, byDay: logged, byEndpoint: logged, acrossTokens: logged, lifetime: logged });
  },
);
