/** What the helpers need to know of a key. `null`: a key without a type. */
export interface TypedKey {
  readonly keyType: string | null;
}

/** "Publishable", "Secret", or the type's own name with a capital; `null` for a key without a type (S2-107, C-21). */
export function keyTypeLabel({ keyType }: TypedKey): string | null {
  return keyType === null ? null : capitalised(keyType);
}

/** Whether it is a key that is meant to be seen by everybody (S2-109). */
export function isPublishable({ keyType }: TypedKey): boolean {
  return keyType === 'publishable';
}

/** Whether it is a key to keep secret: one of that type, and every key without a type (S2-053, 110). */
export function isSecret({ keyType }: TypedKey): boolean {
  return keyType === null || keyType === 'secret';
}

/** `live` → `Live`, `my_sandbox` → `My sandbox`. */
export function capitalised(name: string): string {
  const words = name.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
