declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's address of the run's PostgreSQL. Tests make a database with `createTestDatabase()` and leave this one alone. */
    pgUrl: string;
  }
}

export {};
