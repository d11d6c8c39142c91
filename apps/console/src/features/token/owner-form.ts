import type { Token } from '@latchkey/api/schemas';
import { z } from 'zod';

export interface OwnerValues {
  ownerType: string;
  ownerId: string;
}

const TYPE = /^[a-z][a-z0-9_-]*$/;

export const ownerSchema = z.object({ ownerType: z.string(), ownerId: z.string() }).superRefine((values, context) => {
  const type = values.ownerType.trim();
  const id = values.ownerId.trim();
  const fault = (field: keyof OwnerValues, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  if (type !== '' && !TYPE.test(type)) fault('ownerType', 'Lower-case letters, digits, “_” and “-”, such as user or organization.');
  if (type.length > 50) fault('ownerType', 'An owner type may have at most 50 characters.');
  if (id.length > 255) fault('ownerId', 'The id of an owner may have at most 255 characters.');
  if (type !== '' && id === '') fault('ownerId', 'Give the id, too, or leave both fields empty.');
  if (type === '' && id !== '') fault('ownerType', 'Give the type, too, or leave both fields empty.');
});

export function ownerValues(token: Pick<Token, 'ownerType' | 'ownerId'> | null): OwnerValues {
  return { ownerType: token?.ownerType ?? '', ownerId: token?.ownerId ?? '' };
}

/** Nothing where there is no owner; `values` have passed the schema. */
export function ownerInput(values: OwnerValues): { ownerType?: string; ownerId?: string } {
  const ownerType = values.ownerType.trim();
  const ownerId = values.ownerId.trim();
  return ownerType === '' ? {} : { ownerType, ownerId };
}

export const OWNER_FIELDS = { ownerType: 'ownerType', ownerId: 'ownerId' };
