/** How a key is shown where its text must not be: prefix, four bullets, the last four characters (S2-070, 071): `sk_live_••••abc1`. */
export function maskToken({ prefix, last4 }: { readonly prefix: string; readonly last4: string }): string {
  return `${prefix}••••${last4}`;
}
