/** Whose tokens: a type and an id in the host's own words. */
export interface OwnerRef {
  ownerType: string;
  ownerId: string;
}

/** An owner as addresses hold it: `user:42`. Types have no colon, ids may. */
export function formatOwner({ ownerType, ownerId }: OwnerRef): string {
  return `${ownerType}:${ownerId}`;
}

/** `null`: no owner. */
export function parseOwner(text: string | undefined): OwnerRef | null {
  const [, ownerType, ownerId] = /^([a-z][a-z0-9_-]{0,49}):(.{1,255})$/s.exec(text ?? '') ?? [];
  return ownerType === undefined || ownerId === undefined ? null : { ownerType, ownerId };
}

/** The owner of a token; `null`: nobody in particular. */
export function ownerOf({ ownerType, ownerId }: { ownerType: string | null; ownerId: string | null }): OwnerRef | null {
  return ownerType === null || ownerId === null ? null : { ownerType, ownerId };
}
