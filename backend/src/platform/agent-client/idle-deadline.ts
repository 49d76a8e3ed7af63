/** Aborts when nothing has moved for a while, however long the whole takes. */
export class IdleDeadline {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(idleMs: number) {
    this.timer = setTimeout(() => {
      this.controller.abort();
    }, idleMs);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Something moved: the time starts again. */
  postpone(): void {
    this.timer.refresh();
  }

  /** The work is over. */
  stop(): void {
    clearTimeout(this.timer);
  }
}
