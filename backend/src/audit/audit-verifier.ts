import { Injectable } from '@nestjs/common';
import { ChainVerifier } from './audit-verification.js';
import type { AuditProblem, ChainHead } from './audit-verification.js';
import { AuditRepository } from './audit.repository.js';

/** What a verification of the whole log found. */
export interface AuditReport {
  /** Events checked. */
  readonly events: number;
  /** The last link; note it elsewhere and pass it to a later verification. */
  readonly head: ChainHead;
  /** Empty: the log is as it was written. At most 100. */
  readonly problems: readonly AuditProblem[];
}

const PAGE = 1000;

/** Checks the audit log against its hash chain. */
@Injectable()
export class AuditVerifier {
  constructor(private readonly events: AuditRepository) {}

  /**
   * Reads the whole log and recomputes its chain.
   *
   * @param expected heads noted earlier, to notice that the end was cut off or an old backup restored:
   *   the chain alone cannot tell those.
   */
  async verify(expected: readonly ChainHead[] = []): Promise<AuditReport> {
    const verifier = new ChainVerifier(expected);
    let events = 0;
    for (;;) {
      const entries = await this.events.chain(verifier.head.seq, PAGE);
      for (const entry of entries) verifier.add(entry);
      events += entries.length;
      if (entries.length < PAGE) break;
    }
    const problems = verifier.finish(await this.events.unlinked(PAGE));
    return { events, head: verifier.head, problems };
  }
}
