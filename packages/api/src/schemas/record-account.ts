import { z } from 'zod';
import { instantSchema } from './common.ts';

const count = z.number().int();

/** What became of usage records. `accepted` is the sum of the others. */
const accountSchema = z.object({
  /** Records of requests that were answered. */
  accepted: count,
  /** In the log, and in every sum. */
  stored: count,
  /** Of tokens that were deleted before they could be stored. */
  unwanted: count,
  /** Written to a disk, and not to be read from it any more. */
  missing: count,
  /** Of requests that were answered although their records could not be kept, where `LATCHKEY_SPOOL_FULL` is `drop`. */
  dropped: count,
});

const gatewayAccountSchema = accountSchema.extend({ gateway: z.string() });

/** What became of the usage records since `from`, as it was stored by `readAt`. */
export const recordAccountSchema = z
  .object({
    /** Of all gateways and hours, listed below or not. */
    total: accountSchema,
    /** Most records first; at most 1,000. */
    gateways: z.array(gatewayAccountSchema),
    /** By gateway and hour, newest first; at most 1,000. */
    hours: z.array(gatewayAccountSchema.extend({ hour: instantSchema })),
    from: instantSchema,
    readAt: instantSchema,
  })
  .meta({ id: 'RecordAccount' });
export type RecordAccount = z.infer<typeof recordAccountSchema>;
export type GatewayAccount = z.infer<typeof gatewayAccountSchema>;

/** `hours`: how far to look back, 1 to 744; default 24. */
export const recordAccountInputSchema = z.object({ hours: z.number().int().min(1).max(744).default(24) });
