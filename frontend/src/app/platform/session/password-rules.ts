import { maxLength, minLength, required, validate } from '@angular/forms/signals';
import type { SchemaPath } from '@angular/forms/signals';
import type { Translate } from '../i18n/i18n';

/** What the manager takes as a login. */
export const LOGIN_PATTERN = /^[a-z0-9][a-z0-9._@-]{0,63}$/i;

/** The manager's bounds of a new password, checked here first so that the answer is immediate. */
export function newPasswordRules(path: SchemaPath<string>): void {
  required(path);
  minLength(path, 12);
  maxLength(path, 256);
}

/** The second input of a new password must be like the first. */
export function repeatsPassword(
  repeated: SchemaPath<string>,
  password: SchemaPath<string>,
  t: Translate,
): void {
  validate(repeated, ({ value, valueOf }) =>
    value() === '' || value() === valueOf(password)
      ? null
      : { kind: 'repeat', message: t('access.passwordsDiffer') },
  );
}
