import type { Admission } from '../admission.ts';
import type { Guard } from '../guard.ts';

const BY_GUARD = new WeakMap<Guard, WeakMap<object, Admission>>();

/** What a guard has admitted requests as. By the request, or what stands for it where others may put another request in its place. */
export function admissionsBy(guard: Guard): WeakMap<object, Admission> {
  const known = BY_GUARD.get(guard) ?? new WeakMap<object, Admission>();
  BY_GUARD.set(guard, known);
  return known;
}
