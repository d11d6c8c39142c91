/** Permissions by resource: `{ files: ['read', 'write'] }`. */
export type Permissions = Readonly<Record<string, readonly string[]>>;

/** `{ files: ['read', 'write'] }` → `files:read`, `files:write`. */
export function listPermissions(permissions: Permissions | null): string[] {
  return Object.entries(permissions ?? {}).flatMap(([resource, actions]) => actions.map((action) => `${resource}:${action}`));
}

/** Whether everything that is required is held. */
export function holdsPermissions(held: Permissions | null, required: Permissions): boolean {
  return Object.entries(required).every(([resource, actions]) => actions.every((action) => actionsOf(held, resource).includes(action)));
}

/** Everything that either asks for, without repetitions. */
export function joinPermissions(a: Permissions | null | undefined, b: Permissions | null | undefined): Permissions | null {
  if (!a || !b) return a ?? b ?? null;
  const resources = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries(
    Array.from(resources, (resource) => [resource, [...new Set([...actionsOf(a, resource), ...actionsOf(b, resource)])]]),
  );
}

/** The actions held on a resource. Own properties only: one called `constructor` holds nothing by itself. */
export function actionsOf(held: Permissions | null, resource: string): readonly string[] {
  return held !== null && Object.hasOwn(held, resource) ? (held[resource] ?? []) : [];
}
