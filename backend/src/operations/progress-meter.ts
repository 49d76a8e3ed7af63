import type { Progress } from './operation-definition.js';

/** Progress is stored at most this often, milliseconds. */
const PAUSE_MS = 250;

/**
 * Passes progress on at most a few times a second, the latest always in the end. Progress that cannot be
 * stored is forgotten: the next write of the step meets the same failure and decides.
 */
export class ProgressMeter {
  private latest: Progress | undefined;
  private timer: NodeJS.Timeout | undefined;
  private storing: Promise<void> = Promise.resolve();

  constructor(private readonly store: (progress: Progress) => Promise<void>) {}

  /** Takes the newest figure. */
  set(progress: Progress): void {
    this.latest = progress;
    this.timer ??= setTimeout(() => void this.flush(), PAUSE_MS);
  }

  /** Stores the last figure and ends. */
  async stop(): Promise<void> {
    await this.flush();
  }

  private flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const progress = this.latest;
    this.latest = undefined;
    if (progress) {
      this.storing = this.storing.then(() => this.store(progress)).catch(() => undefined);
    }
    return this.storing;
  }
}
