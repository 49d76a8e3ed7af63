import { z } from 'zod';
import { SUBSCRIPTION_FORMATS } from './subscription.js';

/** Path of a deployment. */
export const XrayPath = z.strictObject({ id: z.uuid() });
export type XrayPath = z.infer<typeof XrayPath>;

/** Path of a client of a deployment. */
export const XrayClientPath = z.strictObject({ id: z.uuid(), client_id: z.uuid() });
export type XrayClientPath = z.infer<typeof XrayClientPath>;

const ClientName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{C}]*$/u, { error: 'must have no control characters' });

/** Bytes, as text: they may be more than a JSON number holds exactly. */
const Bytes = z.string().regex(/^\d+$/);

/** A client as it is shown: without what it proves itself with. */
export const XrayClientView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    enabled: z.boolean(),
    created_at: z.iso.datetime(),
    traffic: z
      .object({ uplink_bytes: Bytes, downlink_bytes: Bytes })
      .describe('Since it was added; from and to the client’s device'),
    subscription: z
      .object({ created_at: z.iso.datetime(), last_used_at: z.iso.datetime().nullable() })
      .meta({ id: 'XrayClientSubscription' })
      .nullable(),
  })
  .meta({ id: 'XrayClient' });
export type XrayClientView = z.infer<typeof XrayClientView>;

/** The clients of a deployment, and when their traffic was read. */
export const XrayClientList = z
  .object({
    items: z.array(XrayClientView),
    traffic_read_at: z.iso.datetime().nullable(),
    traffic_problem: z
      .string()
      .nullable()
      .describe('Why the last reading failed; null: it did not'),
  })
  .meta({ id: 'XrayClientList' });
export type XrayClientList = z.infer<typeof XrayClientList>;

/** A client to add. */
export const CreateXrayClient = z
  .strictObject({ name: ClientName, enabled: z.boolean().default(true) })
  .meta({ id: 'CreateXrayClient' });
export type CreateXrayClient = z.infer<typeof CreateXrayClient>;

/** A change of a client. */
export const UpdateXrayClient = z
  .strictObject({ name: ClientName.optional(), enabled: z.boolean().optional() })
  .refine(({ name, enabled }) => name !== undefined || enabled !== undefined, {
    error: 'give name or enabled',
  })
  .meta({ id: 'UpdateXrayClient' });
export type UpdateXrayClient = z.infer<typeof UpdateXrayClient>;

/** A changed client, and the operation that applies the change. */
export const XrayClientChange = z
  .object({
    client: XrayClientView,
    operation_id: z
      .uuid()
      .nullable()
      .describe('Null when nothing is applied: the deployment is only planned'),
  })
  .meta({ id: 'XrayClientChange' });
export type XrayClientChange = z.infer<typeof XrayClientChange>;

/** What removing a client started. */
export const XrayClientRemoval = z
  .object({ operation_id: z.uuid().nullable() })
  .meta({ id: 'XrayClientRemoval' });
export type XrayClientRemoval = z.infer<typeof XrayClientRemoval>;

/** The links of a client: secrets, for handing to its user. */
export const XrayLinkList = z
  .object({
    items: z.array(
      z.object({
        inbound: z.string(),
        type: z.string(),
        url: z.string(),
        applied: z.boolean().describe('False while the configuration with it is not applied yet'),
      }),
    ),
  })
  .meta({ id: 'XrayLinkList' });
export type XrayLinkList = z.infer<typeof XrayLinkList>;

/** Which link a QR code is of. */
export const QrQuery = z.strictObject({
  link: z.string().max(32).optional().describe('Tag of the inbound; default: the first one'),
});
export type QrQuery = z.infer<typeof QrQuery>;

/** A new subscription. The token in its address is shown this once. */
export const XraySubscription = z
  .object({ url: z.url(), path: z.string(), created_at: z.iso.datetime() })
  .meta({ id: 'XraySubscription' });
export type XraySubscription = z.infer<typeof XraySubscription>;

/** Path of a subscription. */
export const SubscriptionPath = z.strictObject({ token: z.string().max(128) });
export type SubscriptionPath = z.infer<typeof SubscriptionPath>;

/** Which form a subscription is wanted in. */
export const SubscriptionQuery = z.object({ format: z.enum(SUBSCRIPTION_FORMATS).optional() });
export type SubscriptionQuery = z.infer<typeof SubscriptionQuery>;

/** Sites to look at. */
export const RealityScanRequest = z
  .strictObject({
    targets: z
      .array(z.string().min(1).max(260))
      .max(50)
      .default([])
      .describe('`host` or `host:port`; empty: well-known sites'),
  })
  .meta({ id: 'RealityScanRequest' });
export type RealityScanRequest = z.infer<typeof RealityScanRequest>;

/** Sites as camouflage targets, the best first. */
export const RealityScanResult = z
  .object({
    items: z.array(
      z.object({
        target: z.string(),
        address: z.string().nullable(),
        suitable: z.boolean(),
        problems: z.array(z.object({ code: z.string(), message: z.string() })),
        tls_version: z.string().nullable(),
        x25519: z.boolean(),
        http2: z.boolean(),
        certificate: z
          .object({ names: z.array(z.string()), issuer: z.string(), valid_to: z.iso.datetime() })
          .nullable(),
        latency_ms: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: 'RealityScanResult' });
export type RealityScanResult = z.infer<typeof RealityScanResult>;
