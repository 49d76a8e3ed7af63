import { randomInt, randomUUID } from 'node:crypto';

/** Ids that fit into one millisecond: the twelve bits behind the version. */
const COUNT_LIMIT = 0x1000;
/** The first id of a millisecond counts from below this, so that most of them are left for the next ones. */
const FIRST_LIMIT = 0x400;

/**
 * Makes ids of rows: UUIDs of version 7 (RFC 9562, section 6.2, a counter in `rand_a`). Each is greater than all
 * that the same generator made before, within one millisecond too and when the clock is set back. So rows that
 * are listed by their id are in the order in which they were made.
 */
export class RowIds {
  private millisecond = 0;
  private count = 0;

  constructor(private readonly clock: () => number = Date.now) {}

  /** The next id. */
  next(): string {
    const now = this.clock();
    if (now > this.millisecond) this.begin(now);
    else if (this.count + 1 < COUNT_LIMIT) this.count += 1;
    else this.begin(this.millisecond + 1);
    const time = this.millisecond.toString(16).padStart(12, '0');
    const count = this.count.toString(16).padStart(3, '0');
    // The tail of a random UUID is what version 7 wants there: the variant, and 62 random bits.
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}${randomUUID().slice(18)}`;
  }

  private begin(millisecond: number): void {
    this.millisecond = millisecond;
    this.count = randomInt(FIRST_LIMIT);
  }
}

const rowIds = new RowIds();

/** An id for a new row, greater than every earlier one of this process. */
export function newRowId(): string {
  return rowIds.next();
}
