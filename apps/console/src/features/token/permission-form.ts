import type { Token } from '@latchkey/api/schemas';
import { randomId } from '@mantine/hooks';
import { z } from 'zod';

export interface PermissionRow {
  /** Keeps a row's fields the same fields while others come and go. */
  key: string;
  resource: string;
  actions: string[];
}

export interface PermissionValues {
  permissions: PermissionRow[];
}

export const permissionRow = (resource = '', actions: string[] = []): PermissionRow => ({
  key: randomId('permission-'),
  resource,
  actions,
});

export const permissionSchema = z
  .object({ permissions: z.array(z.object({ key: z.string(), resource: z.string(), actions: z.array(z.string()) })) })
  .superRefine(({ permissions }, context) => {
    for (const [index, row] of permissions.entries()) {
      const fault = (field: 'resource' | 'actions', message: string) =>
        context.addIssue({ code: 'custom', path: ['permissions', index, field], message });
      const resource = row.resource.trim();
      if (resource === '' && row.actions.length > 0) fault('resource', 'Name the resource, such as files.');
      if (resource.length > 100) fault('resource', 'The name of a resource may have at most 100 characters.');
      if (resource !== '' && row.actions.length === 0) fault('actions', 'Give an action such as read, or remove this row.');
      if (row.actions.some((action) => action.length > 100)) fault('actions', 'An action may have at most 100 characters.');
      if (row.actions.length > 100) fault('actions', 'A resource may have at most 100 actions.');
      const same = permissions.findIndex((other) => other.resource.trim() === resource);
      if (resource !== '' && same < index) fault('resource', `The same resource as in row ${same + 1}: put its actions there.`);
    }
  });

export function permissionValues(token: Pick<Token, 'permissions'> | null): PermissionValues {
  return { permissions: Object.entries(token?.permissions ?? {}).map(([resource, actions]) => permissionRow(resource, [...actions])) };
}

/** `null` where none are given; `values` have passed the schema. */
export function permissionInput({ permissions }: PermissionValues): { permissions: Record<string, string[]> | null } {
  const filled = permissions.filter(({ resource }) => resource.trim() !== '');
  if (filled.length === 0) return { permissions: null };
  return { permissions: Object.fromEntries(filled.map(({ resource, actions }) => [resource.trim(), [...new Set(actions)]])) };
}

export const PERMISSION_FIELDS = { permissions: 'permissions.0.resource' };
