import type { CommandLog, LogType } from '@myx/protocol';
import type { Gap } from './command.js';
import { ROW_BYTES } from './output.repository.js';
import type { Append, Offsets, OutputPiece } from './output.repository.js';

/** The agent's output does not fit together: it is broken, or lies. */
export class InconsistentOutput extends Error {
  override readonly name = 'InconsistentOutput';
}

const STREAMS = ['stdout', 'stderr'] as const;

/**
 * Turns an agent's answer into what is to be stored. Believes nothing: chunks and gaps of each stream
 * must follow one another without hole or overlap, from the asked offset to the new one.
 *
 * @throws InconsistentOutput
 */
export function appendOf(log: CommandLog, from: Offsets): Append {
  const pieces: OutputPiece[] = [];
  const gaps: Gap[] = [];
  for (const stream of STREAMS) {
    const spans = spansOf(log, stream);
    let position = from[stream];
    for (const span of spans) {
      if (span.from !== position) throw new InconsistentOutput(`${stream} jumps at ${position}`);
      position = span.to;
      if (span.bytes) pieces.push(...piecesOf(stream, span.from, span.bytes));
      else gaps.push({ stream, from: span.from, to: span.to });
    }
    if (position !== log.new_offsets[stream]) {
      throw new InconsistentOutput(`${stream} ends at ${position}, not where it says`);
    }
  }
  return { from, to: log.new_offsets, pieces, gaps, result: log.is_final ? log.result : null };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly bytes?: Buffer;
}

function spansOf(log: CommandLog, stream: LogType): Span[] {
  const chunks = log.chunks
    .filter(({ log_type: type }) => type === stream)
    .map(({ offset, log_data: data }) => {
      const bytes = Buffer.from(data, 'base64');
      return { from: offset, to: offset + bytes.length, bytes };
    })
    .filter(({ bytes }) => bytes.length > 0);
  const gaps = log.gaps.filter(({ log_type: type, from, to }) => type === stream && to > from);
  return [...chunks, ...gaps].sort((a, b) => a.from - b.from);
}

function piecesOf(stream: LogType, offset: number, bytes: Buffer): OutputPiece[] {
  const pieces: OutputPiece[] = [];
  for (let start = 0; start < bytes.length; start += ROW_BYTES) {
    const end = Math.min(start + ROW_BYTES, bytes.length);
    pieces.push({ stream, offset: offset + start, bytes: bytes.subarray(start, end) });
  }
  return pieces;
}
