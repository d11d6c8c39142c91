import { expect, it } from 'vitest';
import { addressInput, addressSchema } from './address-form.ts';

const fault = (...addresses: string[]) => addressSchema.safeParse({ addresses }).error?.issues[0]?.message;

it('addresses and ranges of both families are taken', () => {
  expect(fault('203.0.113.7', '10.0.0.0/8', '2001:db8::/32')).toBeUndefined();
  expect(addressInput({ addresses: [' 10.0.0.0/8 '] })).toEqual({ allowedIps: ['10.0.0.0/8'] });
  expect(addressInput({ addresses: [] })).toEqual({ allowedIps: null });
});

it('a range with host bits says what would be right', () => {
  expect(fault('10.0.0.0/8', '10.1.2.3/8')).toBe(
    '10.1.2.3/8: The range has bits set behind its prefix. Write 10.0.0.0/8 for the network, or 10.1.2.3.',
  );
});

it('what is no address says what one looks like', () => expect(fault('office')).toMatch(/^office: Write an IPv4 or IPv6 address/));
