/** One field the manager refused, by its path in the request or its own name. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** What a {@link Problem} is made of: a problem document (RFC 9457) with the manager's extensions. */
export interface ProblemFacts {
  readonly name: string;
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly code?: number;
  readonly correlationId?: string;
  readonly fields?: readonly FieldProblem[];
  /** Everything that was refused, as it was told: what is not about a field has other members. */
  readonly errors?: readonly Readonly<Record<string, unknown>>[];
  /** Other members of the document, such as `retry_after_seconds`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/**
 * A request that did not succeed, whatever the reason: the manager's own answer, an answer that is not
 * the manager's (a proxy's page), or none at all (`manager_unreachable`, status 0).
 */
export class Problem extends Error {
  override readonly name: string;
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly code: number | null;
  readonly correlationId: string | null;
  readonly fields: readonly FieldProblem[];
  readonly errors: readonly Readonly<Record<string, unknown>>[];
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(facts: ProblemFacts, options?: ErrorOptions) {
    super(facts.detail, options);
    this.name = facts.name;
    this.title = facts.title;
    this.detail = facts.detail;
    this.status = facts.status;
    this.code = facts.code ?? null;
    this.correlationId = facts.correlationId ?? null;
    this.fields = facts.fields ?? [];
    this.errors = facts.errors ?? [];
    this.extra = facts.extra ?? {};
  }

  /** Nothing answered: the network, or the manager itself, is away. */
  get isUnreachable(): boolean {
    return this.status === 0;
  }

  /** Trying the same again may succeed. */
  get isRetryable(): boolean {
    return this.isUnreachable || this.status === 429 || this.status >= 500;
  }
}
