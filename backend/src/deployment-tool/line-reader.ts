/** Longest line of text, bytes. */
const LINE_LIMIT = 8 * 1024;

/** Cuts bytes into lines. */
export class LineReader {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly told: (line: string) => void) {}

  /** Takes the next bytes. */
  push(bytes: Buffer): void {
    let all = Buffer.concat([this.rest, bytes]);
    for (let end = all.indexOf('\n'); end >= 0; end = all.indexOf('\n')) {
      this.tell(all.subarray(0, end));
      all = all.subarray(end + 1);
    }
    this.rest = Buffer.from(all.subarray(0, LINE_LIMIT));
  }

  /** There is nothing more. */
  end(): void {
    this.tell(this.rest);
    this.rest = Buffer.alloc(0);
  }

  private tell(bytes: Buffer): void {
    const line = bytes.subarray(0, LINE_LIMIT).toString('utf8').trimEnd();
    if (line !== '') this.told(line);
  }
}
