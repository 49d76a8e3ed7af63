import { REDACTED } from '../crypto/secret.js';

/**
 * Names whose values are never logged, wherever they stand: `password`, `sudo_password`, `private_key`, `token`,
 * `X-Agent-Token`, `set-cookie` ... A name is compared by its end, so that a new `smtp_password` is covered on the
 * day it is invented; `token_count` and `agent_token_sha256` are not secrets and stay.
 */
const SECRET_NAME =
  /(password|passphrase|passwd|private_?key|secret|secret_?key|master_?key|session_?key|token|authorization|cookie|setup_?code)$/i;

/** The user and password of a URL. */
const URL_LOGIN = /:\/\/[^/\s@"']*:[^/\s@"']*@/g;

const DEEPEST = 10;

/** Whether the value under this name is secret. */
function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replaceAll('-', '_'));
}

/** A text without the logins of the URLs in it. */
function redactText(text: string): string {
  return text.includes('://') ? text.replace(URL_LOGIN, `://${REDACTED}@`) : text;
}

/**
 * A copy of what is about to be logged with every secret replaced, at any depth. Errors become name, message, code, stack and
 * causes: their other properties (statement parameters, requests) are not for a log. Bytes become their number,
 * and circles end.
 */
export function redact(value: unknown): unknown {
  return redactValue(value, [], 0);
}

function redactValue(value: unknown, above: readonly object[], depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[circular]';
  if (depth > DEEPEST) return '[deep]';
  if (isError(value)) return describeError(value, above);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const within = [...above, value];
  if (Array.isArray(value)) return value.map((item) => redactValue(item, within, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return redactValue((value.toJSON as () => unknown)(), within, depth + 1);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      isSecretName(name) && item !== undefined && item !== null
        ? REDACTED
        : redactValue(item, within, depth + 1),
    ]),
  );
}

/** Also errors of another realm, which `instanceof` does not know. */
function isError(value: object): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function describeError(error: Error, above: readonly object[]): object {
  const within = [...above, error];
  const code = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    message: redactText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, within, above.length) }),
    ...(error instanceof AggregateError
      ? { errors: redactValue(error.errors, within, above.length) }
      : {}),
  };
}
