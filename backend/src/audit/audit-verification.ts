import { CHAIN_START, digestOf, linkHash } from './audit-digest.js';
import type { ChainEntry } from './audit.repository.js';

/** What is wrong with the log at one place. */
export interface AuditProblem {
  /**
   * `gap`: links are missing. `removed`: a link's event is gone. `edited`: an event is not what was
   * recorded. `broken`: a link does not follow from the one before. `unlinked`: an event was added beside
   * the chain. `cut`: the log no longer holds a head that was noted before.
   */
  readonly kind: 'gap' | 'removed' | 'edited' | 'broken' | 'unlinked' | 'cut';
  readonly message: string;
}

/** A place in the chain: the number of a link and its hash. */
export interface ChainHead {
  readonly seq: bigint;
  readonly hash: Buffer;
}

/** How many problems a report lists; a log that is all wrong need not be printed in full. */
const PROBLEM_LIMIT = 100;

/**
 * Recomputes the hash chain. Feed it every link in order with {@link ChainVerifier.add}; after a problem
 * it goes on from the stored hash, so one edit is one problem.
 */
export class ChainVerifier {
  readonly #problems: AuditProblem[] = [];
  readonly #expected: readonly ChainHead[];
  #head: ChainHead = { seq: 0n, hash: CHAIN_START };
  readonly #met = new Set<ChainHead>();

  /** @param expected heads noted earlier: the chain must still run through each of them. */
  constructor(expected: readonly ChainHead[] = []) {
    this.#expected = expected;
  }

  /** The last link seen; `seq` is 0 before the first. */
  get head(): ChainHead {
    return this.#head;
  }

  /** Checks one link and its event. */
  add(entry: ChainEntry): void {
    const { seq, hash, event } = entry;
    if (seq !== this.#head.seq + 1n) {
      this.#report(
        'gap',
        `links ${String(this.#head.seq + 1n)} to ${String(seq - 1n)} are missing`,
      );
    } else if (event !== null && !linkHash(this.#head.hash, event.digest).equals(hash)) {
      this.#report('broken', `link ${String(seq)} does not follow from the one before it`);
    }
    if (event === null) {
      this.#report('removed', `the event of link ${String(seq)} is gone`);
    } else if (!digestOf(event).equals(event.digest)) {
      this.#report('edited', `event ${event.id} (link ${String(seq)}) was changed`);
    }
    for (const head of this.#expected) {
      if (head.seq === seq && head.hash.equals(hash)) this.#met.add(head);
    }
    this.#head = { seq, hash };
  }

  /** Every problem found, after the last link. */
  finish(unlinked: readonly string[]): readonly AuditProblem[] {
    for (const id of unlinked) {
      this.#report('unlinked', `event ${id} is not part of the chain`);
    }
    for (const head of this.#expected) {
      if (head.seq > 0n && !this.#met.has(head)) {
        this.#report(
          'cut',
          `the chain once had ${head.hash.toString('hex')} as link ${String(head.seq)} and no longer has`,
        );
      }
    }
    return this.#problems;
  }

  #report(kind: AuditProblem['kind'], message: string): void {
    if (this.#problems.length < PROBLEM_LIMIT) this.#problems.push({ kind, message });
  }
}
