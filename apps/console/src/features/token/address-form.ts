import { parseAddressRange, type Token } from '@latchkey/api/schemas';
import { z } from 'zod';

export interface AddressValues {
  /** Addresses and CIDR ranges, as they were typed. */
  addresses: string[];
}

export const addressSchema = z.object({
  addresses: z
    .array(z.string())
    .max(100, 'A token may have at most 100 addresses and ranges.')
    .superRefine((addresses, context) => {
      for (const address of addresses) {
        const range = parseAddressRange(address.trim());
        if (!range.ok) context.addIssue(`${address}: ${range.message}`);
      }
    }),
});

export function addressValues(token: Pick<Token, 'allowedIps'> | null): AddressValues {
  return { addresses: [...(token?.allowedIps ?? [])] };
}

/** `null`: any address; `values` have passed the schema. */
export function addressInput({ addresses }: AddressValues): { allowedIps: string[] | null } {
  return { allowedIps: addresses.length === 0 ? null : addresses.map((address) => address.trim()) };
}

export const ADDRESS_FIELDS = { allowedIps: 'addresses' };
