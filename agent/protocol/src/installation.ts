import { z } from 'zod';

/** Where everything of an agent lives on a server. */
export const AGENT_PATHS = {
  /** Program: content-addressed `store/`, `releases/`, and the symbolic link `current`. */
  program: '/opt/myx-agent',
  /** Configuration directory, 0700. */
  configDirectory: '/etc/myx-agent',
  /** Configuration file, 0600. */
  config: '/etc/myx-agent/config.json',
  /** Key and certificate, made on the server. */
  tls: '/etc/myx-agent/ssl',
  key: '/etc/myx-agent/ssl/agent.key',
  certificate: '/etc/myx-agent/ssl/agent.crt',
  /** State: spool, event sequence, uploads. */
  state: '/var/lib/myx-agent',
  unit: '/etc/systemd/system/myx-agent.service',
} as const;

/** Name of the agent's systemd unit. */
export const AGENT_UNIT = 'myx-agent.service';

/** Transient unit of a command. */
export function commandUnit(commandId: string): string {
  return `myx-command-${commandId}.service`;
}

const Cidr = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/**
 * The agent's configuration file. Everything in it is assigned by the manager; the agent exits with a
 * clear error when the file is missing, readable by others, or lacks a field, and never invents one.
 */
export const AgentConfig = z.strictObject({
  /** SHA-256 of the token, hex: the token itself is never on the server. */
  agent_token_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Key of the request signatures: 256 bits, base64url. */
  secret_key: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  rpc_port: z.int().min(1024).max(65535),
  rpc_path: z.string().regex(/^[a-z0-9]{16,32}$/),
  /** PEM certificate of the installation's own CA; a client without a chain to it gets no HTTP. */
  ca: z.string().startsWith('-----BEGIN CERTIFICATE-----'),
  /** Addresses or networks that may connect at all. Absent: any. */
  allowed_ips: z.array(Cidr).min(1).optional(),
  /** Address to listen on. Absent: all, IPv6 and IPv4. */
  listen: z.union([z.ipv4(), z.ipv6()]).optional(),
});
export type AgentConfig = z.infer<typeof AgentConfig>;
