/** Differences below this are not worth a second request; `Date` has a resolution of one second. */
const TOLERANCE_MS = 2_000;

/**
 * How far an agent's clock is from the manager's. Requests are signed on the agent's time, so that a
 * server whose clock is wrong stays manageable. The offset is learnt only from the `Date` header of an
 * answer that came over a pinned connection.
 */
export class ClockOffset {
  private offsetMs = 0;

  constructor(private readonly managerClock: () => number = Date.now) {}

  /** Milliseconds since 1970 on the agent's clock, as far as known. */
  now(): number {
    return this.managerClock() + this.offsetMs;
  }

  /**
   * Takes over the time of a `Date` header (RFC 9110, section 6.6.1). Returns false when it brings no
   * news or is no date.
   */
  learn(date: string | string[] | undefined): boolean {
    const agentTime = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    if (Number.isNaN(agentTime)) return false;
    // The header is cut to whole seconds: the middle of the second is the best guess.
    const offsetMs = agentTime + 500 - this.managerClock();
    if (Math.abs(offsetMs - this.offsetMs) < TOLERANCE_MS) return false;
    this.offsetMs = offsetMs;
    return true;
  }

  /** Goes back to the manager's own clock. */
  forget(): void {
    this.offsetMs = 0;
  }
}
