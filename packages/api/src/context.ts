import type { Counter, ImportedKinds, TokenDigest, TokenPolicy, TokenRecord } from '@latchkey/core';
import type {
  Actor,
  AuditLog,
  Effective,
  GatewayRegistry,
  OwnerStore,
  PortalSessionStore,
  SecretStore,
  TokenStore,
  UsageReader,
  WebhookStore,
} from '@latchkey/database';
import type { AccountService } from './admin/account-service.ts';
import type { RevealStore } from './portal/create-reveal-store.ts';
import type { Role } from './schemas/admin.ts';

/** A signed-in administrator or viewer. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

/** How token texts are made and digested (port; the server wires it to `bearer-auth`). */
export interface TokenMint {
  /** A new text `<prefix><random><checksum>`. */
  generate(prefix: string): string;
  /** The digest that is stored for a new text: under the newest secret. */
  digest(text: string): TokenDigest;
  /** Short ids of the token secrets, newest first. */
  readonly versions: readonly number[];
  /** Every digest under which `text` could be stored; empty when it can not be a token. */
  candidates(text: string, imported?: ImportedKinds): readonly TokenDigest[];
}

/** What portal sessions are known by (port; the server wires it to its secret). */
export interface PortalMint {
  /** A new text for a link, or for what the link is exchanged for. */
  newSecret(purpose: 'link' | 'bearer'): string;
  /** What is stored of such a text; `null` for a text that this server did not make for the purpose. */
  digest(purpose: 'link' | 'bearer', text: string): Uint8Array | null;
  /** An origin in a form that only this server can write, for the address of a page that may be framed by it. */
  signOrigin(origin: string): string;
  readOrigin(text: string): string | null;
}

/** What the self-service portal stands on. */
export interface PortalParts {
  readonly sessions: PortalSessionStore;
  readonly mint: PortalMint;
  readonly reveals: RevealStore;
}

/** What procedures need of the part that sends webhooks (port; the server has it). */
export interface WebhookSender {
  /** A new signing secret: its text, which is shown once, and how it is stored. */
  issueSecret(): { text: string; sealed: Uint8Array };
  /** Why this address can not be sent to, in words that say what to change; `null`: it can. */
  checkTarget(url: string): Promise<string | null>;
  /** Says that something is due now. */
  wake(): void;
}

/** Facts about this deployment that the console shows. */
export interface ServerFacts {
  readonly version: string;
  readonly demo: boolean;
  readonly sampleApi: boolean;
  /** `share`: Valkey is away, and each of `gateways` processes lets its share of every limit pass. */
  readonly rateLimitMode: 'memory' | 'valkey' | 'share';
  /** Processes that serve at the moment. */
  readonly gateways: number;
  readonly logRetentionDays: number;
}

/**
 * Told of tokens whose change is committed. Resolves when this process's guard uses no older state of them, and the guards of all others do
 * not either – or have not said so in time, which the answer then tells. Never rejects: the change is made, whoever has heard of it.
 */
export type TokensChanged = (ids: readonly number[]) => Promise<Effective>;

/** The parts that procedures work with; made once by the composition root. */
export interface ApiParts {
  readonly tokens: TokenStore;
  readonly owners: OwnerStore;
  readonly secrets: SecretStore;
  readonly usage: UsageReader;
  readonly audit: AuditLog;
  readonly webhooks: WebhookStore;
  readonly webhookSender: WebhookSender;
  readonly accounts: AccountService;
  readonly mint: TokenMint;
  /** The token whose secret a text is, as the database has it now; `null`: nobody issued it. Rejects while the database can not be asked. */
  readonly findToken: (text: string) => Promise<TokenRecord | null>;
  readonly counter: Counter;
  readonly portal: PortalParts;
  /** What the deployment says about its tokens. */
  readonly policy: TokenPolicy;
  readonly facts: ServerFacts;
  readonly now: () => number;
  readonly gateways: Pick<GatewayRegistry, 'list'>;
  readonly tokensChanged: TokensChanged;
}

/** One call: the parts, and who is calling. */
export interface ApiContext extends ApiParts {
  readonly account: Account | null;
  /** Of this server in the caller's eyes, such as `https://tokens.example.com`. */
  readonly origin: string;
  readonly requestId: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** The audit's view of the caller. */
export function actorOf(context: ApiContext, account: Account): Actor {
  return { id: account.id, name: account.name, ipAddress: context.ipAddress, userAgent: context.userAgent };
}
