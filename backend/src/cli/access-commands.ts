import type { z } from 'zod';
import { ApiTokenName, Login, ROLES, TOKEN_DAYS } from '../auth/index.js';
import type { Role } from '../auth/index.js';
import { commandLineActor } from './access-services.js';
import type { AccessServices } from './access-services.js';
import { CliError, remark, say } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { askLine, askNewPassword } from './questions.js';

/** Options of the commands about administrators. */
export interface AdminOptions {
  readonly login?: string;
  readonly passwordStdin?: boolean;
}

/** Options of `token create`. */
export interface TokenOptions {
  readonly name: string;
  readonly role: string;
  readonly expires?: string;
}

/** `admin create`: adds an administrator. */
export async function createAdmin(
  io: CliIo,
  { users }: AccessServices,
  options: AdminOptions,
): Promise<void> {
  const login = await loginOf(io, options);
  const password = await askNewPassword(io, options.passwordStdin === true);
  await users.create(commandLineActor(), { login, password: password.reveal(), role: 'admin' });
  say(io, `Created the administrator ${login}.`);
}

/** `admin reset-password`: gives a user a new password and ends their sessions. */
export async function resetPassword(
  io: CliIo,
  { users }: AccessServices,
  options: AdminOptions,
): Promise<void> {
  const login = await loginOf(io, options);
  const { id, disabled } = await users.getByLogin(login);
  const password = await askNewPassword(io, options.passwordStdin === true);
  await users.change(commandLineActor(), id, { password: password.reveal() });
  say(io, `Changed the password of ${login} and ended their sessions.`);
  if (disabled)
    remark(io, `${login} is disabled and cannot sign in until an administrator changes that.`);
}

/** `token create`: prints a new API token, the only line on standard output. */
export async function createToken(
  io: CliIo,
  { tokens }: AccessServices,
  options: TokenOptions,
): Promise<void> {
  const name = parsed(ApiTokenName, options.name, '--name');
  const role = roleOf(options.role);
  const expiresInDays =
    options.expires === undefined ? TOKEN_DAYS.default : daysOf(options.expires);
  const { token, secret } = await tokens.create(commandLineActor(), null, {
    name,
    role,
    expiresInDays,
  });
  say(io, secret.reveal());
  remark(
    io,
    `This is the API token ${name} with the role ${role}. It expires on ${dateOf(token.expiresAt)} and is not shown again.`,
  );
}

/** `token list`: prints the tokens that are not revoked. */
export async function listTokens(io: CliIo, { tokens }: AccessServices): Promise<void> {
  const rows = [['NAME', 'ROLE', 'TOKEN', 'EXPIRES', 'LAST USED']];
  let cursor: string | undefined;
  do {
    const page = await tokens.list(500, cursor);
    for (const { name, role, prefix, expiresAt, lastUsedAt } of page.items) {
      const used = lastUsedAt === null ? 'never' : dateOf(lastUsedAt);
      rows.push([name, role, `myx_${prefix}_...`, dateOf(expiresAt), used]);
    }
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of rows) {
    say(
      io,
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** `token revoke`: makes the token of a name useless. */
export async function revokeToken(
  io: CliIo,
  { tokens }: AccessServices,
  name: string,
): Promise<void> {
  await tokens.revoke(commandLineActor(), await tokens.idOf(name));
  say(io, `Revoked the API token ${name}.`);
}

/** Days in a lifetime such as `90d`, `12w` or `1y`. @throws CliError */
export function daysOf(lifetime: string): number {
  const [, count, unit] = /^(\d{1,4})(d|w|y)$/.exec(lifetime) ?? [];
  const days = Number(count) * (unit === 'w' ? 7 : unit === 'y' ? 365 : 1);
  if (!(days >= 1 && days <= TOKEN_DAYS.max)) {
    throw new CliError(
      `--expires takes 1 to ${TOKEN_DAYS.max} days, such as 90d, 12w or 1y; not "${lifetime}".`,
    );
  }
  return days;
}

async function loginOf(io: CliIo, { login }: AdminOptions): Promise<string> {
  return parsed(Login, login ?? (await askLine(io, 'Login: ', '--login')), 'The login');
}

function roleOf(text: string): Role {
  const role = ROLES.find((known) => known === text);
  if (role !== undefined) return role;
  throw new CliError(`--role is one of ${ROLES.join(', ')}; not "${text}".`);
}

function parsed(schema: z.ZodType<string>, value: string, what: string): string {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new CliError(`${what} ${result.error.issues[0]?.message ?? 'is not valid'}.`);
}

function dateOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
