/** What identifies an error for people and for programs, for ever. */
export interface ErrorDefinition {
  /** Stable name, snake_case: what programs branch on. */
  readonly name: string;
  /**
   * Stable number: 1xxx request and authentication, 2xxx servers and jobs, 3xxx versions,
   * 5xxx internal.
   */
  readonly code: number;
  /** HTTP status (RFC 9110, section 15). */
  readonly status: number;
  /** A short sentence, the same for every occurrence. */
  readonly title: string;
}

const catalogue = new Map<string, ErrorDefinition>();

/**
 * Declares an error of the product. Names and codes are unique and never reused; every declared error
 * has a row in docs/errors.md (a test compares).
 *
 * @throws Error when the name or the code is taken.
 */
export function defineError(definition: ErrorDefinition): ErrorDefinition {
  for (const other of catalogue.values()) {
    if (other.name === definition.name || other.code === definition.code) {
      throw new Error(`error ${definition.name} (${definition.code}) clashes with ${other.name}`);
    }
  }
  catalogue.set(definition.name, definition);
  return definition;
}

/** Every error declared by the modules loaded so far, by code. */
export function errorCatalogue(): readonly ErrorDefinition[] {
  return [...catalogue.values()].sort((a, b) => a.code - b.code);
}

/**
 * An expected failure with a message a person can act on. Bugs are plain `Error` instead and become an
 * internal error without detail.
 */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly definition: ErrorDefinition,
    /** One or two sentences on this occurrence: what happened and what to do. No secrets. */
    detail: string,
    /** Machine-readable facts on this occurrence, snake_case. No secrets. */
    readonly facts: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }

  /** True when this is an occurrence of `definition`. */
  is(definition: ErrorDefinition): boolean {
    return this.definition.name === definition.name;
  }
}
