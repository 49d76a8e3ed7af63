/** What a line of a diff is: `file` and `part` are headings, `note` is said about the diff itself. */
export type DiffLineKind = 'added' | 'removed' | 'same' | 'part' | 'file' | 'note';

/** One line of a diff, with its place before and after. */
export interface DiffLine {
  readonly kind: DiffLineKind;
  readonly text: string;
  /** Line numbers; null where the line does not exist, and for headings and notes. */
  readonly before: number | null;
  readonly after: number | null;
}

/** How many lines come and go. */
export interface DiffCounts {
  readonly added: number;
  readonly removed: number;
}

const PART = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$/;
/** What programs put around a diff and says nothing that its headings do not. */
const DECORATION = /^(?:Index: |={10,}$|\\)/;
const NOTHING = '/dev/null';

/**
 * Reads a unified diff of one file or several. What is no diff (a sentence instead of one, or that the rest
 * is not shown) stays readable as a note.
 */
export function diffLines(diff: string): readonly DiffLine[] {
  const reader = new DiffReader();
  for (const line of diff.replace(/\n$/, '').split('\n')) reader.read(line);
  return reader.done();
}

/** Counts what a diff adds and removes. */
export function diffCounts(lines: readonly DiffLine[]): DiffCounts {
  return {
    added: lines.filter(({ kind }) => kind === 'added').length,
    removed: lines.filter(({ kind }) => kind === 'removed').length,
  };
}

class DiffReader {
  private readonly lines: DiffLine[] = [];
  private before = 0;
  private after = 0;
  /** Lines that the present part still has, before and after. */
  private left = { before: 0, after: 0 };
  private oldName = '';

  read(line: string): void {
    if (this.left.before > 0 || this.left.after > 0) {
      if (this.readPart(line)) return;
      this.left = { before: 0, after: 0 };
    }
    const part = PART.exec(line);
    if (part) this.begin(part, line);
    else if (line.startsWith('--- ')) this.oldName = nameOf(line);
    else if (line.startsWith('+++ ')) this.file(nameOf(line));
    else if (line !== '' && !DECORATION.test(line)) this.add('note', line, null, null);
  }

  /** Where there is one file only, whoever shows the diff names it. */
  done(): readonly DiffLine[] {
    const files = this.lines.filter(({ kind }) => kind === 'file').length;
    return files > 1 ? this.lines : this.lines.filter(({ kind }) => kind !== 'file');
  }

  private begin(
    [, before, removed = '1', after, added = '1']: RegExpExecArray,
    line: string,
  ): void {
    this.before = Number(before);
    this.after = Number(after);
    this.left = { before: Number(removed), after: Number(added) };
    this.add('part', line, null, null);
  }

  private readPart(line: string): boolean {
    const text = line.slice(1);
    switch (line.charAt(0)) {
      case '+':
        this.left.after -= 1;
        this.add('added', text, null, this.after++);
        return true;
      case '-':
        this.left.before -= 1;
        this.add('removed', text, this.before++, null);
        return true;
      case ' ':
      case '':
        this.left = { before: this.left.before - 1, after: this.left.after - 1 };
        this.add('same', text, this.before++, this.after++);
        return true;
      // “No newline at end of file” belongs to the line above it and changes nothing that is read.
      case '\\':
        return true;
      default:
        return false;
    }
  }

  private file(name: string): void {
    this.add('file', name === NOTHING ? this.oldName : name, null, null);
  }

  private add(kind: DiffLineKind, text: string, before: number | null, after: number | null): void {
    this.lines.push({ kind, text, before, after });
  }
}

/** The name in a `---` or `+++` line; a time after it is cut off. */
function nameOf(line: string): string {
  return line.slice(4).replace(/\t.*$/, '');
}
