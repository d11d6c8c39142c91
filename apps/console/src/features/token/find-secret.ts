// Eight characters after the prefix are more than anything the console shows of a token (`start` has six in all, `last4` four),
// so whoever types that many holds a secret, perhaps cut short – either way it must not reach an address or a cache.
const SECRET = /\blk_(?:live|test)_[A-Za-z0-9]{8,}/;

/** The token text inside what somebody typed or pasted (`Bearer …`, an `export` line), or `null`. */
export function findSecret(text: string): string | null {
  return SECRET.exec(text)?.[0] ?? null;
}
