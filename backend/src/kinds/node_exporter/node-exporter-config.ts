import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';

/** bcrypt looks at no more of a password, bytes. */
const BCRYPT_BYTES = 72;

/** Name of a collector, as flags have it. */
const Collector = z.string().regex(/^[a-z][a-z0-9_.]{0,63}$/, {
  error: 'must be the name of a collector, such as systemd',
});

const Certificate = z
  .string()
  .max(64 * 1024)
  .refine(isCertificate, { error: 'must be a certificate in PEM' });

const Key = z
  .string()
  .max(64 * 1024)
  .regex(/^-----BEGIN [A-Z ]*PRIVATE KEY-----\n[\s\S]+-----END [A-Z ]*PRIVATE KEY-----\s*$/, {
    error: 'must be a private key in PEM',
  });

const Login = z.strictObject({
  username: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'must be letters, digits, . _ -' }),
  password: z
    .string()
    .min(8)
    .refine((text) => Buffer.byteLength(text) <= BCRYPT_BYTES && !text.includes('\0'), {
      error: `must be at most ${String(BCRYPT_BYTES)} bytes`,
    }),
});

/** The configuration of a node exporter. */
export const NodeExporterConfig = z.strictObject({
  address: z
    .string()
    .refine((text) => isIP(text) !== 0, { error: 'must be an IP address' })
    .default('0.0.0.0'),
  port: z.int().min(1).max(65_535).default(9100),
  collectors: z
    .strictObject({
      enabled: z.array(Collector).max(100).default([]),
      disabled: z.array(Collector).max(100).default([]),
    })
    .refine(({ enabled, disabled }) => !enabled.some((name) => disabled.includes(name)), {
      error: 'a collector cannot be both enabled and disabled',
    })
    .prefault({}),
  tls: z
    .discriminatedUnion('mode', [
      z.strictObject({ mode: z.literal('off') }),
      z.strictObject({ mode: z.literal('own'), certificate: Certificate, key: Key }),
    ])
    .default({ mode: 'off' }),
  basic_auth: z
    .array(Login)
    .max(100)
    .refine((logins) => new Set(logins.map(({ username }) => username)).size === logins.length, {
      error: 'two logins have the same name',
    })
    .default([]),
  probe_from_manager: z.boolean().default(true),
});
export type NodeExporterConfig = z.infer<typeof NodeExporterConfig>;

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).fingerprint256 !== '';
  } catch {
    return false;
  }
}
