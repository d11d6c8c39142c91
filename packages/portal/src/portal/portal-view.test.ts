import { expect, it } from 'vitest';
import { type PortalPage, pageFromHash, pageToHash } from './portal-view.ts';

it.each<PortalPage>([
  { name: 'list' },
  { name: 'new' },
  { name: 'edit', id: 7 },
  { name: 'success', id: 7 },
  { name: 'usage', id: 2_147_483_647 },
])('a page survives the address: %j', (page) => {
  expect(pageFromHash(pageToHash(page))).toEqual(page);
});

it.each(['', '#', '#token=secret', '#/7', '#/0/edit', '#/7/delete', '#/7/edit/', '#/-1/edit', '#/7e1/edit'])('%j is the list', (hash) => {
  expect(pageFromHash(hash)).toEqual({ name: 'list' });
});
