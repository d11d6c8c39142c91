/** A range of addresses as it is stored: canonical, without host bits. */
export type AddressRangeResult =
  | { readonly ok: true; readonly text: string }
  /** `message` says what to change. */
  | { readonly ok: false; readonly message: string };

/** The addresses a token may be used from, compiled. */
export interface AddressMatcher {
  /** @param address IPv4 or IPv6 text, with or without a zone; `null`: not known, which passes no list. */
  allows(address: string | null): boolean;
}

/** 1 group of 32 bits for IPv4, 4 for IPv6. */
type Groups = readonly number[];

interface Range {
  readonly groups: Groups;
  readonly prefix: number;
}

const ANY: AddressMatcher = { allows: () => true };
const GROUP_BITS = 32;
const EXAMPLES = 'such as "203.0.113.7", "10.0.0.0/8" or "2001:db8::/32"';

/**
 * Reads an address or a CIDR range as people write it and answers its canonical text: lower case, the longest run of zeros shortened
 * (RFC 5952), IPv4 as such also where it came mapped into IPv6 (`::ffff:10.0.0.0/104` → `10.0.0.0/8`), no `/32` or `/128`. Refuses host bits in a
 * range, because whoever wrote them meant either the address or the network, and says what both would be.
 */
export function parseAddressRange(text: string): AddressRangeResult {
  const range = readRange(text);
  if (typeof range === 'string') return { ok: false, message: range };
  const network = maskOff(range);
  if (range.groups.some((group, index) => group !== network.groups[index])) {
    const address = format({ ...range, prefix: range.groups.length * GROUP_BITS });
    return { ok: false, message: `The range has bits set behind its prefix. Write ${format(network)} for the network, or ${address}.` };
  }
  return { ok: true, text: format(range) };
}

/**
 * Compiles the address list of a token, once, when it is loaded. `null` and `[]` allow every address, known or not. An entry that can not be
 * parsed allows nothing: rows written by hand never open more than they say.
 */
export function compileAddressList(list: readonly string[] | null): AddressMatcher {
  if (list === null || list.length === 0) return ANY;
  const ranges = list.map(readRange).filter((range) => typeof range !== 'string');
  return {
    allows(address) {
      const groups = address === null ? null : parseAddress(address.split('%', 1)[0] ?? '');
      return groups !== null && ranges.some((range) => contains(range, groups));
    },
  };
}

/** The range, or what to change. */
function readRange(text: string): Range | string {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  if (address.includes('%')) return 'Leave out the zone (from "%" on): it means nothing on another machine.';
  const groups = parseAddress(address);
  if (groups === null) return `Write an IPv4 or IPv6 address or a CIDR range, ${EXAMPLES}.`;
  const bits = groups.length * GROUP_BITS;
  if (slash === -1) return { groups, prefix: bits };
  // A prefix of a mapped range counts from the front of the IPv6 address.
  const mappedBits = groups.length === 1 && address.includes(':') ? 96 : 0;
  const prefix = parseDecimal(text.slice(slash + 1), 3);
  if (prefix === null || prefix - mappedBits < 0 || prefix - mappedBits > bits) {
    return `Write the prefix behind "/" as a whole number from ${mappedBits} to ${mappedBits + bits}.`;
  }
  return { groups, prefix: prefix - mappedBits };
}

/** IPv4 mapped into IPv6 is IPv4. `null`: no address. */
function parseAddress(text: string): Groups | null {
  if (!text.includes(':')) return parseIpv4(text);
  const groups = parseIpv6(text);
  if (groups === null) return null;
  const [first, second, third, fourth] = groups;
  return first === 0 && second === 0 && third === 0xff_ff && fourth !== undefined ? [fourth] : groups;
}

function parseIpv4(text: string): Groups | null {
  const parts = text.split('.', 5);
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    const octet = parseDecimal(part, 3);
    if (octet === null || octet > 255) return null;
    value = value * 256 + octet;
  }
  return [value];
}

/** Without signs, blanks or leading zeros, which some read as octal. */
function parseDecimal(text: string, maxLength: number): number | null {
  if (text === '' || text.length > maxLength || (text.length > 1 && text.startsWith('0'))) return null;
  let value = 0;
  for (const character of text) {
    const digit = '0123456789'.indexOf(character);
    if (digit === -1) return null;
    value = value * 10 + digit;
  }
  return value;
}

const IPV6_WORDS = 8;

function parseIpv6(text: string): Groups | null {
  // The longest is eight words of four digits, or six and an IPv4 address.
  if (text.length > 45) return null;
  const halves = text.split('::', 3);
  if (halves.length > 2) return null;
  const [head = '', tail] = halves;
  const before = parseWords(head, tail === undefined);
  const after = tail === undefined ? [] : parseWords(tail, true);
  if (before === null || after === null) return null;
  const missing = IPV6_WORDS - before.length - after.length;
  // `::` stands for at least one word of zeros.
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const words = [...before, ...Array<number>(missing).fill(0), ...after];
  return [0, 2, 4, 6].map((index) => (words[index] ?? 0) * 0x1_00_00 + (words[index + 1] ?? 0));
}

function parseWords(text: string, mayEndInIpv4: boolean): number[] | null {
  if (text === '') return [];
  const words: number[] = [];
  const parts = text.split(':', IPV6_WORDS + 1);
  for (const [index, part] of parts.entries()) {
    if (mayEndInIpv4 && index === parts.length - 1 && part.includes('.')) {
      const [value] = parseIpv4(part) ?? [];
      if (value === undefined) return null;
      words.push(Math.floor(value / 0x1_00_00), value % 0x1_00_00);
      continue;
    }
    const word = parseHex(part);
    if (word === null) return null;
    words.push(word);
  }
  return words;
}

function parseHex(text: string): number | null {
  if (text === '' || text.length > 4) return null;
  let value = 0;
  for (const character of text.toLowerCase()) {
    const digit = '0123456789abcdef'.indexOf(character);
    if (digit === -1) return null;
    value = value * 16 + digit;
  }
  return value;
}

function contains(range: Range, groups: Groups): boolean {
  if (groups.length !== range.groups.length) return false;
  return groups.every((group, index) => maskGroup(group, range.prefix, index) === maskGroup(range.groups[index] ?? 0, range.prefix, index));
}

function maskOff({ groups, prefix }: Range): Range {
  return { groups: groups.map((group, index) => maskGroup(group, prefix, index)), prefix };
}

/** The bits of a group that the prefix covers. */
function maskGroup(group: number, prefix: number, index: number): number {
  const kept = Math.min(GROUP_BITS, Math.max(0, prefix - index * GROUP_BITS));
  const unit = 2 ** (GROUP_BITS - kept);
  return Math.floor(group / unit) * unit;
}

function format({ groups, prefix }: Range): string {
  const address = groups.length === 1 ? formatIpv4(groups[0] ?? 0) : formatIpv6(groups);
  return prefix === groups.length * GROUP_BITS ? address : `${address}/${prefix}`;
}

function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** RFC 5952: the first of the longest runs of two or more zero words is `::`. */
function formatIpv6(groups: Groups): string {
  const words = groups.flatMap((group) => [Math.floor(group / 0x1_00_00), group % 0x1_00_00]);
  const run = longestZeros(words);
  const texts = words.map((word) => word.toString(16));
  if (run.length < 2) return texts.join(':');
  return `${texts.slice(0, run.start).join(':')}::${texts.slice(run.start + run.length).join(':')}`;
}

function longestZeros(words: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (const [index, word] of words.entries()) {
    if (word !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  }
  return longest;
}
