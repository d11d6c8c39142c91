// Eight characters after the prefix are more than anything the console shows of a token (`start` has six in all, `last4` four),
// so whoever types that many holds a secret, perhaps cut short – either way it must not reach an address or a cache.
const OWN = /\blk_(?:live|test)_[A-Za-z0-9]{8,}/;
// With another prefix, or from another system: no name has 32 letters and digits in a row, and ids that are shorter are searched for.
const LONG = /[A-Za-z0-9_.-]*[A-Za-z0-9]{32}[A-Za-z0-9_.-]*/;

/** The token text inside what somebody typed or pasted (`Bearer …`, an `export` line), or `null`. */
export function findSecret(text: string): string | null {
  return (OWN.exec(text) ?? LONG.exec(text))?.[0] ?? null;
}
