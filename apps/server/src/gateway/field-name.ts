/** What becomes of a field on its way through the gateway. */
export type FieldKind = 'plain' | 'hop-by-hop' | 'connection' | 'rebuilt' | 'own-prefix';
