/** What a key is called on the page (S2-115). */
export function keyName({ name }: { readonly name: string | null }): string {
  return name ?? 'Unnamed key';
}
