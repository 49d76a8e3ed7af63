import type { LogGap, LogType } from '@myx/protocol';

/** Bytes `from` (inclusive) to `to` (exclusive) of a stream that were released. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** How much of a stream is kept: its head and its tail, bytes. */
export interface OutputBound {
  readonly head: number;
  readonly tail: number;
}

/** A stretch of a read: bytes of the file, or a gap. */
export type ReadPart =
  | { readonly kind: 'bytes'; readonly offset: number; readonly length: number }
  | { readonly kind: 'gap'; readonly from: number; readonly to: number };

/** Released in multiples of this, so that file systems free whole blocks and seldom have to. */
export const RELEASE_STEP = 4 * 1024 * 1024;

/**
 * The gap that a stream of `size` bytes should have, given the gap it has. A gap only ever grows, in
 * steps; so what is kept is at most one step more than the bound.
 */
export function nextGap(
  size: number,
  bound: OutputBound,
  current: Gap | undefined,
): Gap | undefined {
  const from = current?.from ?? bound.head;
  const excess = size - bound.tail - (current?.to ?? from);
  const steps = Math.floor(excess / RELEASE_STEP);
  if (steps < 1) return current;
  return { from, to: (current?.to ?? from) + steps * RELEASE_STEP };
}

/**
 * Splits the bytes from `offset` to `size` into what can be read and what is gone. Parts are contiguous
 * from `offset`; at most `maxBytes` are read, while gaps cost nothing.
 */
export function planRead(
  offset: number,
  size: number,
  maxBytes: number,
  gap: Gap | undefined,
): ReadPart[] {
  const parts: ReadPart[] = [];
  let position = offset;
  let left = maxBytes;
  while (position < size) {
    if (gap !== undefined && position >= gap.from && position < gap.to) {
      const to = Math.min(gap.to, size);
      parts.push({ kind: 'gap', from: position, to });
      position = to;
      continue;
    }
    const end = gap !== undefined && position < gap.from ? Math.min(gap.from, size) : size;
    const length = Math.min(end - position, left);
    if (length === 0) break;
    parts.push({ kind: 'bytes', offset: position, length });
    position += length;
    left -= length;
  }
  return parts;
}

/** Where a plan ends, or `offset` when it is empty. */
export function endOfPlan(offset: number, parts: readonly ReadPart[]): number {
  const last = parts.at(-1);
  if (last === undefined) return offset;
  return last.kind === 'gap' ? last.to : last.offset + last.length;
}

/** A gap as the wire tells it. */
export function wireGap(type: LogType, { from, to }: Gap): LogGap {
  return { log_type: type, from, to };
}
