/** Collects the values of a statement that is put together from parts. */
export interface SqlParameters {
  readonly values: unknown[];
  /** Adds a value and answers its place, such as `$3`. */
  bind(value: unknown): string;
}

export function createParameters(...first: readonly unknown[]): SqlParameters {
  const values = [...first];
  return { values, bind: (value) => `$${values.push(value)}` };
}
