import type { PortalForm, PortalKey, PortalView } from '@latchkey/api/schemas';
import type { PortalClient } from '../client/portal-client.ts';
import { PortalError } from '../client/portal-error.ts';

export function aPortalKey(changes: Partial<PortalKey> = {}): PortalKey {
  return {
    id: 7,
    name: 'Production Server',
    keyType: 'secret',
    environment: 'live',
    prefix: 'sk_live_',
    last4: 'abc1',
    status: 'active',
    publishable: false,
    revocable: true,
    viewable: false,
    scopes: ['read'],
    createdAt: '2026-11-22T12:00:00.000Z',
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    requests24h: 0,
    failed24h: 0,
    totalRequests: 0,
    ...changes,
  };
}

export function aPortalView(changes: Partial<PortalView> = {}): PortalView {
  return {
    id: 1,
    owner: { type: 'customer', id: '42', name: 'Nordlicht' },
    expiresAt: new Date(Date.now() + 900_000).toISOString(),
    returnUrl: null,
    returnText: 'Home',
    theme: {},
    actions: ['create', 'edit', 'revoke'],
    secret: { canCreate: true },
    publishable: { canCreate: true },
    ...changes,
  };
}

export function aPortalForm(changes: Partial<PortalForm> = {}): PortalForm {
  return {
    scopes: [
      { name: 'read', description: 'Read everything' },
      { name: 'write', description: '' },
    ],
    expirations: [
      { value: 'no_expiration', seconds: null },
      { value: '7_days', seconds: 604_800 },
    ],
    requireName: false,
    ...changes,
  };
}

export const TEXT = `sk_live_${'a'.repeat(42)}`;
const PUBLIC_TEXT = `pk_live_${'b'.repeat(42)}`;

/** What the client was asked to change, in order. */
export type Asked = [method: string, ...input: unknown[]][];

/** A client over keys in memory, for drawing pages without a server. `refuse`: what a method is to fail with. */
export function createMemoryPortal(options: {
  view?: PortalView;
  form?: PortalForm;
  keys?: PortalKey[];
  refuse?: Partial<Record<keyof PortalClient, PortalError>>;
}): { client: PortalClient; asked: Asked } {
  const { view = aPortalView(), form = aPortalForm(), refuse = {} } = options;
  let keys = options.keys ?? [];
  const texts = new Map<number, string>();
  const asked: Asked = [];
  const find = (id: number): PortalKey => {
    const key = keys.find((one) => one.id === id);
    if (!key) throw new PortalError({ status: 404, code: 'NOT_FOUND', message: `You have no API key ${id}.` });
    return key;
  };
  const change = (id: number, changes: Partial<PortalKey>): PortalKey => {
    const key = { ...find(id), ...changes };
    keys = keys.map((one) => (one.id === id ? key : one));
    return key;
  };
  const isLive = ({ status }: PortalKey) => status === 'active' || status === 'disabled';
  const methods: PortalClient = {
    open: async () => undefined,
    readSession: async () => view,
    async listKeys({ kind, state, offset = 0, limit = 50 }) {
      const found = keys
        .filter(({ publishable }) => publishable === (kind === 'publishable'))
        .filter((key) => state === undefined || isLive(key) === (state === 'active'));
      return { keys: found.slice(offset, offset + limit), total: found.length };
    },
    readForm: async () => form,
    readKey: async (id) => ({ key: find(id), form }),
    async createKey(input) {
      const key = aPortalKey({ id: keys.length + 1, name: input.name || null, scopes: [...(input.scopes ?? [])] });
      keys = [key, ...keys];
      texts.set(key.id, TEXT);
      return { key, token: TEXT, message: 'API key created.' };
    },
    async createPublishableKey() {
      const more = { name: 'SDK Key', keyType: 'publishable', prefix: 'pk_live_', publishable: true, revocable: false, viewable: true };
      const key = aPortalKey({ id: keys.length + 1, ...more });
      keys = [key, ...keys];
      return { key, token: PUBLIC_TEXT, message: 'Publishable key created!' };
    },
    updateKey: async (id, { name, scopes = [] }) => ({
      key: change(id, { name: name || null, scopes: [...scopes] }),
      message: 'API key updated.',
    }),
    revokeKey: async (id) => ({ key: change(id, { status: 'revoked' }), message: 'API key revoked.' }),
    async takeToken(id) {
      const text = texts.get(id) ?? null;
      texts.delete(id);
      return text;
    },
    readViewableToken: async () => PUBLIC_TEXT,
    readUsage: async (id, hours = 24) => ({ key: find(id), points: pointsOf(hours) }),
    endSession: async () => undefined,
  };
  return { client: recorded(methods, asked, refuse), asked };
}

function recorded(methods: PortalClient, asked: Asked, refuse: Partial<Record<string, PortalError>>): PortalClient {
  const wrapped = Object.entries(methods).map(([name, method]) => [
    name,
    async (...input: unknown[]) => {
      asked.push([name, ...input]);
      const refusal = refuse[name];
      if (refusal) throw refusal;
      return (method as (...all: unknown[]) => Promise<unknown>)(...input);
    },
  ]);
  return Object.fromEntries(wrapped);
}

/** One request that went well in each hour, and one that failed in the last. */
function pointsOf(hours: number) {
  return Array.from({ length: hours }, (_, index) => {
    const failed = index === hours - 1 ? 1 : 0;
    return { at: new Date(Date.UTC(2026, 10, 22, index)).toISOString(), requests: 1 + failed, ok: 1, failed };
  });
}
