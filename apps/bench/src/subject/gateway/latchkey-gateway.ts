import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type LatchkeyProcess, startLatchkeyProcess } from '@latchkey/server/testing';
import { type AdminClient, signInAsAdmin } from '@latchkey/server/testing/admin-client';
import { PATH } from '../answer.ts';
import { createDatabase } from '../create-database.ts';
import type { RunningSubject, SubjectContext, Unavailable } from '../subject.ts';

/** Every product asks for a scope, as a policy of a real deployment does. */
const CONFIGURATION = `export default { rules: [{ endpoint: 'GET /products*', scopes: ['catalogue:read'] }] };\n`;
const TOKENS_AT_ONCE = 8;

/** The real server: guard, proxy, spool and its way into PostgreSQL, which has a processor of its own. */
export async function startLatchkeyGateway(context: SubjectContext): Promise<RunningSubject | Unavailable> {
  const { directory, upstreamPort, postgresUrl } = context;
  if (postgresUrl === null || upstreamPort === null) return { unavailable: 'there is no PostgreSQL' };
  const configFile = path.join(directory, 'latchkey.config.mjs');
  await writeFile(configFile, CONFIGURATION);
  const server = await startLatchkeyProcess({
    PORT: '0',
    LATCHKEY_DATA_DIR: path.join(directory, 'data'),
    LATCHKEY_CONFIG: configFile,
    LATCHKEY_UPSTREAM_URL: `http://127.0.0.1:${upstreamPort}`,
    DATABASE_URL: await createDatabase(postgresUrl, 'latchkey_gateway'),
  });
  return openForTokens(server, context);
}

async function openForTokens(server: LatchkeyProcess, { tokenCount, limit }: SubjectContext): Promise<RunningSubject> {
  try {
    const credentials = await issueTokens(await signInAsAdmin(server.url), tokenCount, limit);
    const pid = server.child.pid ?? 0;
    return { port: Number(new URL(server.url).port), path: PATH, pids: [pid], credentials, close: async () => void (await server.stop()) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function issueTokens(admin: AdminClient, count: number, limit: number): Promise<string[]> {
  const credentials: string[] = [];
  const issue = async (): Promise<void> => {
    while (credentials.length < count) {
      const index = credentials.push('') - 1;
      const { token } = await admin.createToken({
        name: `Token ${index + 1}`,
        rate_limit: limit,
        allowed_endpoints: ['GET,HEAD /products*', '/stores/*/brands', 'GET /categories'],
        scopes: ['catalogue:read', 'orders:read'],
      });
      credentials[index] = `Authorization: Bearer ${token}`;
    }
  };
  await Promise.all(Array.from({ length: TOKENS_AT_ONCE }, issue));
  return credentials;
}
