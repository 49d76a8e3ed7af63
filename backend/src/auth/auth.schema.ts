import { z } from 'zod';
import { pageFields, pageOf } from '../platform/http/index.js';
import type { Page } from '../platform/http/index.js';
import type { ApiToken } from './api-token.entity.js';
import { TOKEN_DAYS } from './api-tokens.service.js';
import type { CreatedToken } from './api-tokens.service.js';
import type { Authentication } from './authentication.service.js';
import { PASSWORD_LENGTH } from './passwords.js';
import { permissionsOf, ROLES } from './roles.js';
import type { Session } from './session.entity.js';
import type { User } from './user.entity.js';

const RoleName = z
  .enum(ROLES)
  .describe('viewer looks, operator changes, admin also manages access');

/** A login name: lower case letters, digits and `. _ @ -`. Capitals are taken as lower case. */
export const Login = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/, {
    error: 'must be 1 to 64 letters, digits or . _ @ - and start with a letter or digit',
  });

/** A password to be set. The rules beyond its length are checked by the service. */
const NewPassword = z.string().min(PASSWORD_LENGTH.min).max(PASSWORD_LENGTH.max);
/** A password to be compared: whatever somebody types, within reason. */
const TypedPassword = z.string().min(1).max(1024);

/** Path parameter of one object. */
export const IdParam = z.strictObject({ id: z.uuid() });
export type IdParam = z.infer<typeof IdParam>;

/** Query of a plain list. */
export const ListQuery = z.strictObject(pageFields);
export type ListQuery = z.infer<typeof ListQuery>;

/** Whether the first administrator is still to be made. */
export const SetupState = z.object({ needed: z.boolean() }).meta({ id: 'SetupState' });

/** Makes the first administrator. */
export const CompleteSetup = z
  .strictObject({
    code: z.string().min(1).max(64).describe('The code the manager printed at its start'),
    login: Login,
    password: NewPassword,
  })
  .meta({ id: 'CompleteSetup' });
export type CompleteSetup = z.infer<typeof CompleteSetup>;

/** Signs in. */
export const SignIn = z
  .strictObject({ login: Login, password: TypedPassword })
  .meta({ id: 'SignIn' });
export type SignIn = z.infer<typeof SignIn>;

/** Changes one's own password. */
export const ChangePassword = z
  .strictObject({ current_password: TypedPassword, new_password: NewPassword })
  .meta({ id: 'ChangePassword' });
export type ChangePassword = z.infer<typeof ChangePassword>;

/** Who is signed in, and what they may do. */
export const CurrentSession = z
  .object({
    kind: z.enum(['user', 'token']),
    id: z.uuid().describe('Id of the user or the API token'),
    login: z.string().describe('Login of the user, or name of the API token'),
    role: RoleName,
    permissions: z.array(z.string()),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'CurrentSession' });
export type CurrentSession = z.infer<typeof CurrentSession>;

/** One's own sessions. */
export const SessionList = z
  .object({
    items: z.array(
      z
        .object({
          id: z.uuid(),
          current: z.boolean(),
          user_agent: z.string().nullable(),
          address: z.string().nullable(),
          created_at: z.iso.datetime(),
          last_seen_at: z.iso.datetime(),
          expires_at: z.iso.datetime(),
        })
        .meta({ id: 'Session' }),
    ),
  })
  .meta({ id: 'SessionList' });
export type SessionList = z.infer<typeof SessionList>;

/** A user as the API shows it. */
export const UserView = z
  .object({
    id: z.uuid(),
    login: z.string(),
    role: RoleName,
    disabled: z.boolean(),
    created_at: z.iso.datetime(),
    last_login_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof UserView>;

/** A page of users. */
export const UserPage = pageOf(UserView).meta({ id: 'UserPage' });

/** Adds a user. */
export const CreateUser = z
  .strictObject({ login: Login, password: NewPassword, role: RoleName })
  .meta({ id: 'CreateUser' });
export type CreateUser = z.infer<typeof CreateUser>;

/** Changes a user; what is absent stays. */
export const UpdateUser = z
  .strictObject({
    role: RoleName.optional(),
    disabled: z
      .boolean()
      .optional()
      .describe('true ends their sessions and revokes their API tokens'),
    password: NewPassword.optional().describe('Ends their sessions'),
  })
  .meta({ id: 'UpdateUser' });
export type UpdateUser = z.infer<typeof UpdateUser>;

/** An API token as the API shows it: never the token itself. */
export const ApiTokenView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().describe('The characters behind myx_, to recognise the token by'),
    role: RoleName,
    owner_id: z
      .uuid()
      .nullable()
      .describe('The user it belongs to; null: made on the command line'),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable().describe('To the minute'),
  })
  .meta({ id: 'ApiToken' });
export type ApiTokenView = z.infer<typeof ApiTokenView>;

/** A page of API tokens. */
export const ApiTokenPage = pageOf(ApiTokenView).meta({ id: 'ApiTokenPage' });

/** Name of an API token. */
export const ApiTokenName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{C}]*$/u, { error: 'must have no control characters' });

/** Makes an API token. */
export const CreateApiToken = z
  .strictObject({
    name: ApiTokenName,
    role: RoleName,
    expires_in_days: z.int().min(1).max(TOKEN_DAYS.max).default(TOKEN_DAYS.default),
  })
  .meta({ id: 'CreateApiToken' });
export type CreateApiToken = z.infer<typeof CreateApiToken>;

/** A new API token with the token itself, this once. */
export const CreatedApiToken = ApiTokenView.extend({
  token: z.string().describe('Shown only in this answer'),
}).meta({ id: 'CreatedApiToken' });
export type CreatedApiToken = z.infer<typeof CreatedApiToken>;

/** Who is signed in, as the API shows it. */
export function currentSessionView({
  actor,
  role,
  via,
  expiresAt,
}: Authentication): CurrentSession {
  return {
    kind: via.kind === 'session' ? 'user' : 'token',
    id: actor.id,
    login: actor.name,
    role,
    permissions: [...permissionsOf(role)],
    expires_at: expiresAt.toISOString(),
  };
}

/** Sessions as the API shows them. */
export function sessionListView(sessions: readonly Session[], currentId: string): SessionList {
  return {
    items: sessions.map((session) => ({
      id: session.id,
      current: session.id === currentId,
      user_agent: session.userAgent,
      address: session.address,
      created_at: session.createdAt.toISOString(),
      last_seen_at: session.lastSeenAt.toISOString(),
      expires_at: session.expiresAt.toISOString(),
    })),
  };
}

/** A user as the API shows it. */
export function userView({ id, login, role, disabled, createdAt, lastLoginAt }: User): UserView {
  return {
    id,
    login,
    role,
    disabled,
    created_at: createdAt.toISOString(),
    last_login_at: lastLoginAt?.toISOString() ?? null,
  };
}

/** An API token as the API shows it. */
export function apiTokenView(token: ApiToken): ApiTokenView {
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    role: token.role,
    owner_id: token.ownerId,
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt.toISOString(),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
  };
}

/** A new API token as the API shows it, this once with the token itself. */
export function createdTokenView({ token, secret }: CreatedToken): CreatedApiToken {
  return { ...apiTokenView(token), token: secret.reveal() };
}

/** A page with its items as the API shows them. */
export function viewPage<Row, View>(page: Page<Row>, view: (row: Row) => View): Page<View> {
  return { items: page.items.map(view), next_cursor: page.next_cursor };
}
