import type { Translate } from '../platform/i18n/i18n';

/** The part of a signal form's error that a message is made of. */
export interface FieldError {
  readonly kind: string;
  readonly message?: string | undefined;
}

/** Says in words what is wrong with a field. A message of the rule itself goes first. */
export function fieldMessage(error: FieldError, t: Translate): string {
  if (error.message !== undefined) return error.message;
  const limits = error as FieldError &
    Partial<Record<'min' | 'max' | 'minLength' | 'maxLength', number>>;
  switch (error.kind) {
    case 'required':
      return t('field.required');
    case 'minLength':
      return t('field.minLength', { n: limits.minLength ?? 0 });
    case 'maxLength':
      return t('field.maxLength', { n: limits.maxLength ?? 0 });
    case 'min':
      return t('field.min', { n: limits.min ?? 0 });
    case 'max':
      return t('field.max', { n: limits.max ?? 0 });
    case 'pattern':
      return t('field.pattern');
    case 'email':
      return t('field.email');
    default:
      return t('field.invalid');
  }
}
