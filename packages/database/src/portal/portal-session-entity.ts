import { defineEntity, p } from '@mikro-orm/core';
import type { PortalSettings } from './portal-session-store.ts';

/** The same rules are in the migrations; `migrate check` compares the two. */
const checks = [
  {
    name: 'portal_sessions_digests_check',
    expression: 'octet_length(link_digest) = 32 and octet_length(bearer_digest) = 32',
  },
  { name: 'portal_sessions_opened_check', expression: '(bearer_digest is null) = (opened_at is null)' },
  { name: 'portal_sessions_times_check', expression: 'isfinite(expires_at) and expires_at > created_at' },
  { name: 'portal_sessions_settings_check', expression: `jsonb_typeof(settings) = 'object'` },
];

const PortalSessionBase = defineEntity({
  name: 'PortalSession',
  tableName: 'portal_sessions',
  checks,
  indexes: [
    { name: 'portal_sessions_owner_index', properties: ['ownerType', 'ownerId', 'id'] },
    { name: 'portal_sessions_expires_at_index', properties: ['expiresAt'] },
  ],
  properties: {
    id: p.integer().primary().generated('by default as identity'),
    ownerType: p.string().length(50),
    ownerId: p.string().length(255),
    ownerName: p.string().length(255).nullable(),
    linkDigest: p.uint8array().unique().hidden(),
    bearerDigest: p.uint8array().unique().nullable().hidden(),
    settings: p.json<PortalSettings>(),
    createdBy: p.string().length(255).nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
    openedAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
  },
});

/** A row of `portal_sessions`. Link and bearer are there as digests only. */
export class PortalSession extends PortalSessionBase.class {}
PortalSessionBase.setClass(PortalSession);
