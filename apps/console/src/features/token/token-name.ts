/** What a token is called on the screen, also where nobody gave it a name. */
export function tokenName({ name }: { name: string | null }): string {
  return name ?? 'Unnamed token';
}
