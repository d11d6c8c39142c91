import { Pool } from 'pg';
import { createDatabase } from '../create-database.ts';
import type { RunningSubject, SubjectContext, Unavailable } from '../subject.ts';
import { openBetterAuth } from './open-better-auth.ts';
import { serveBetterAuth } from './serve-better-auth.ts';

export async function startBetterAuthPostgres(context: SubjectContext): Promise<RunningSubject | Unavailable> {
  if (context.postgresUrl === null) return { unavailable: 'there is no PostgreSQL' };
  const pool = new Pool({ connectionString: await createDatabase(context.postgresUrl, 'better_auth'), max: 20 });
  const server = await serveBetterAuth(await openBetterAuth({ database: pool, isSql: true }, context));
  return {
    ...server,
    async close() {
      await server.close();
      await pool.end();
    },
  };
}
