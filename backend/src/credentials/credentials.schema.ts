import { z } from 'zod';

const secretLine = z
  .string()
  .min(1)
  .max(1024)
  .refine((text) => !/[\0\r\n]/.test(text), { error: 'must be one line' });

/** Login with a password, also over keyboard-interactive. */
const PasswordAuth = z
  .strictObject({ type: z.literal('password'), password: secretLine })
  .meta({ id: 'SshPasswordAuth' });

/** Login with a private key; the SSH part says when it cannot be read. */
const PrivateKeyAuth = z
  .strictObject({
    type: z.literal('private_key'),
    private_key: z
      .string()
      .min(1)
      .max(64 * 1024)
      .describe('OpenSSH, PEM or PKCS#8'),
    passphrase: secretLine.optional().describe('For an encrypted key'),
  })
  .meta({ id: 'SshPrivateKeyAuth' });

/** How to log in over SSH. Write-only: no answer ever carries it. */
export const SshAuth = z
  .discriminatedUnion('type', [PasswordAuth, PrivateKeyAuth])
  .meta({ id: 'SshAuth' });
export type SshAuth = z.infer<typeof SshAuth>;

/** Login name on a server: what `useradd` takes, and directory names such as `DOMAIN\user`. */
export const SshUsername = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\s\p{C}:-][^\s\p{C}:]*$/u, {
    error: 'must have no spaces, colons or control characters and not start with -',
  });

/** Password for sudo, when it asks for one. */
export const SudoPassword = secretLine;

/** A complete SSH login as people enter it. */
export interface CredentialInput {
  readonly username: string;
  readonly auth: SshAuth;
  readonly sudo_password?: string | undefined;
}
