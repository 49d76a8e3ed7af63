import { z } from 'zod';
import { SshAuth, SshUsername, SudoPassword } from '../credentials/index.js';

/** DNS name or IP address to dial. Never starts with a dash: some programs would take it as an option. */
export const Host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9_.:][A-Za-z0-9._:-]*$/, {
    error: 'must be a host name or an IP address (letters, digits and . _ : -)',
  });

/** TCP port. */
export const Port = z.int().min(1).max(65_535);

/** SHA-256 of a public host key as ssh-keygen(1) prints it. */
export const HostKeyFingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, {
  error: 'must look like SHA256: and 43 characters, as ssh-keygen -lf prints it',
});

/** Which host key is right: this one, or whichever is seen at the first connection. */
export const HostKeyChoice = z
  .union([
    z.strictObject({ fingerprint: HostKeyFingerprint }),
    z.strictObject({ accept: z.literal('first_seen') }),
  ])
  .meta({ id: 'HostKeyChoice' });
export type HostKeyChoice = z.infer<typeof HostKeyChoice>;

/** An SSH host on the way, with a login and a host key of its own. */
export const JumpHostLogin = z
  .strictObject({
    host: Host,
    port: Port.default(22),
    username: SshUsername,
    auth: SshAuth,
    host_key: HostKeyChoice,
  })
  .meta({ id: 'JumpHostLogin' });
export type JumpHostLogin = z.infer<typeof JumpHostLogin>;

/** How to log in to a server over SSH. Write-only: no answer ever carries it. */
export const SshLogin = z
  .strictObject({
    port: Port.default(22),
    username: SshUsername,
    auth: SshAuth,
    sudo_password: SudoPassword.optional(),
    jump_host: JumpHostLogin.optional(),
    host_key: HostKeyChoice,
  })
  .meta({ id: 'SshLogin' });
export type SshLogin = z.infer<typeof SshLogin>;

/**
 * Changes of a login; what is left out stays. For a server that had no SSH login, `username`, `auth` and
 * `host_key` are needed; for the others the host key can only be accepted, not set.
 */
export const SshLoginChanges = z
  .strictObject({
    port: Port.optional(),
    username: SshUsername.optional(),
    auth: SshAuth.optional(),
    sudo_password: SudoPassword.nullable().optional(),
    jump_host: JumpHostLogin.nullable().optional(),
    host_key: HostKeyChoice.optional(),
  })
  .meta({ id: 'SshLoginChanges' });
export type SshLoginChanges = z.infer<typeof SshLoginChanges>;
