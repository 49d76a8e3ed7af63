import { inspect } from 'node:util';

/** What a {@link Secret} shows wherever it is printed, serialised or inspected. */
export const REDACTED = '[redacted]';

/**
 * A value that must not leave the process by accident. Printing, JSON, template strings and
 * `util.inspect` all show `[redacted]`; the only way to the value is {@link Secret.reveal}, which a
 * reviewer can search for. The value sits in a private field, so spreading and enumeration find nothing.
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Call it at the last moment, at the call that needs it. */
  reveal(): T {
    return this.#value;
  }

  /** Always `[redacted]`. */
  toString(): string {
    return REDACTED;
  }

  /** Always `[redacted]`, so that JSON carries no secret. */
  toJSON(): string {
    return REDACTED;
  }

  /** Always `[redacted]`, for `console.log` and `util.inspect`. */
  [inspect.custom](): string {
    return REDACTED;
  }
}
