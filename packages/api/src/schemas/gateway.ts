import { z } from 'zod';
import { instantSchema } from './common.ts';

const count = z.number().int();

/** Where a change of a token is in force, as the processes that serve say themselves. */
export const effectiveSchema = z
  .object({
    /** Processes that may serve requests. */
    gateways: count,
    /** Of those, how many no longer use an older state. */
    acknowledged: count,
    /** From the end of the change until the last acknowledgement, or until nobody was waited for any longer. */
    ms: count,
    /** Those that did not say so: they may still use the older state. */
    silent: z.array(z.object({ name: z.string(), host: z.string(), seenAt: instantSchema })),
  })
  .meta({ id: 'Effective' });
export type EffectiveView = z.infer<typeof effectiveSchema>;

/** Without the names of machines, which are not everybody's business. */
export const effectiveCountsSchema = effectiveSchema.omit({ silent: true }).meta({ id: 'EffectiveCounts' });

/** A process that serves requests. */
export const gatewaySchema = z
  .object({
    /** Made anew at every start. */
    id: z.uuid(),
    name: z.string(),
    host: z.string(),
    pid: count,
    /** Of Latchkey. */
    version: z.string(),
    /** That serve requests. */
    threads: count,
    /** What counts rate limits at the moment: `memory`, `valkey`, or – while Valkey is away – `share`. */
    limiterMode: z.string(),
    /** `silent`: it was not seen for five seconds, or can not hear changes. */
    state: z.enum(['live', 'silent']),
    startedAt: instantSchema,
    seenAt: instantSchema,
    /** The newest version of a token that it has applied, as it last said: once a second. */
    appliedVersion: count,
    /** How long it trusts what it knows of tokens while it can not hear changes. */
    maxStaleSeconds: z.number(),
  })
  .meta({ id: 'Gateway' });
export type GatewayRow = z.infer<typeof gatewaySchema>;

/** Every process that was seen within the hour. */
export const gatewayListSchema = z
  .object({
    /** By name. One that is gone without a word stays for an hour. */
    gateways: z.array(gatewaySchema),
    /** The newest version that any of them has applied. */
    newestVersion: count,
    /** When this was read. */
    readAt: instantSchema,
  })
  .meta({ id: 'GatewayList' });
