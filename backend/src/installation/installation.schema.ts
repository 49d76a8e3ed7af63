import { z } from 'zod';
import {
  Host,
  HostKeyFingerprint,
  JumpHostLogin,
  Labels,
  Port,
  ServerDetails,
  ServerName,
  SshLogin,
} from '../servers/index.js';

/** Address whose SSH server is to be looked at. */
export const ProbeSsh = z
  .strictObject({ host: Host, port: Port.default(22), jump_host: JumpHostLogin.optional() })
  .meta({ id: 'ProbeSsh' });
export type ProbeSsh = z.infer<typeof ProbeSsh>;

/** What was seen at an address. No credential was sent to it. */
export const SshProbeResult = z
  .object({
    reachable: z.boolean(),
    host_key: z.object({ algorithm: z.string(), fingerprint: HostKeyFingerprint }).nullable(),
    host_key_algorithms: z.array(z.string()),
    banner: z.string().nullable().describe('Identification line of the SSH server'),
    problem: z
      .object({ layer: z.string(), code: z.string(), message: z.string() })
      .nullable()
      .describe('Why it is not reachable'),
  })
  .meta({ id: 'SshProbeResult' });
export type SshProbeResult = z.infer<typeof SshProbeResult>;

const common = { name: ServerName, labels: Labels.default({}) };

/** A server to add over SSH. */
export const CreateServer = z
  .strictObject({
    ...common,
    host: Host,
    ssh: SshLogin,
    install: z.boolean().default(true).describe('Install the agent at once'),
  })
  .meta({ id: 'CreateServer' });
export type CreateServer = z.infer<typeof CreateServer>;

/** The manager's own machine, to be managed without SSH. */
export const CreateLocalServer = z
  .strictObject({ ...common, install: z.boolean().default(true) })
  .meta({ id: 'CreateLocalServer' });
export type CreateLocalServer = z.infer<typeof CreateLocalServer>;

const Sha256Fingerprint = z
  .string()
  .regex(/^([0-9A-Fa-f]{64}|([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})$/, {
    error: 'must be a SHA-256 in hexadecimal, with or without colons',
  });

/** A server whose agent was installed by other means. */
export const RegisterServer = z
  .strictObject({
    ...common,
    host: Host,
    rpc_port: z.int().min(1024).max(65_535),
    rpc_path: z.string().regex(/^[a-z0-9]{16,32}$/, { error: 'must be 16-32 of a-z and 0-9' }),
    agent_token: z.string().min(32).max(512),
    secret_key: z.string().regex(/^[A-Za-z0-9_-]{43}$/, { error: 'must be 256 bits in base64url' }),
    certificate_fingerprint: Sha256Fingerprint,
  })
  .meta({ id: 'RegisterServer' });
export type RegisterServer = z.infer<typeof RegisterServer>;

/** An added server, with the operation that installs its agent. */
export const CreatedServer = z
  .object({ server: ServerDetails, operation_id: z.uuid().nullable() })
  .meta({ id: 'CreatedServer' });
export type CreatedServer = z.infer<typeof CreatedServer>;

const Flag = z.enum(['true', 'false']);

/** How a server is removed. */
export const RemoveServerQuery = z.strictObject({
  uninstall: Flag.default('true').describe('Remove the agent from the server first'),
  force: Flag.default('false').describe(
    'Stop running commands, and remove the record even if the server cannot be reached',
  ),
});
export type RemoveServerQuery = z.infer<typeof RemoveServerQuery>;

/** A removal: at once, or when the operation has ended. */
export const ServerRemoval = z
  .object({ operation_id: z.uuid().nullable().describe('null: the server is removed already') })
  .meta({ id: 'ServerRemoval' });
export type ServerRemoval = z.infer<typeof ServerRemoval>;

/** The host key a person has compared and accepts. */
export const AcceptHostKey = z
  .strictObject({
    fingerprint: HostKeyFingerprint,
    hop: z.enum(['server', 'jump_host']).default('server'),
  })
  .meta({ id: 'AcceptHostKey' });
export type AcceptHostKey = z.infer<typeof AcceptHostKey>;

/** The certificate a person has compared and accepts. */
export const AcceptCertificate = z
  .strictObject({ fingerprint: Sha256Fingerprint })
  .meta({ id: 'AcceptCertificate' });
export type AcceptCertificate = z.infer<typeof AcceptCertificate>;

/** The authority whose client certificates agents of this installation accept. */
export const CaCertificate = z
  .object({ certificate: z.string().describe('PEM'), fingerprint: z.string() })
  .meta({ id: 'CaCertificate' });
export type CaCertificate = z.infer<typeof CaCertificate>;
