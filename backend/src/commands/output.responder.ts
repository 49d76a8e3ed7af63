import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { LOGGER } from '../platform/logging/index.js';
import type { Gap } from './command.js';
import type { OutputQuery } from './commands.schema.js';
import { OutputService } from './output.service.js';
import type { StreamState } from './output.service.js';

/** Gaps told in a header; more would make it too long. The command itself tells all. */
const HEADER_GAPS = 50;

/**
 * Writes a command's output into an HTTP answer, as fast as the reader takes it.
 *
 * Headers: `X-Next-Offset` (where to go on), `X-Stream-Size` and `X-Stream-Final` (what is stored now, and
 * whether that is all), `X-Gaps` (`from-to` pairs, `to` exclusive, of bytes that are not kept and are
 * skipped). When following, `X-Next-Offset` is a trailer (RFC 9110, section 6.5).
 */
@Injectable()
export class OutputResponder {
  constructor(
    private readonly output: OutputService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws AppError command_not_found, output_out_of_range, before anything is written */
  async respond(commandId: string, query: OutputQuery, response: Response): Promise<void> {
    const { stream, offset, follow } = query;
    const state = await this.output.state(commandId, stream, offset);
    const closed = new AbortController();
    response.once('close', () => {
      closed.abort();
    });
    writeStateHeaders(response, state);
    const end = follow ? Infinity : Math.min(state.size, offset + (query.max_bytes ?? Infinity));
    if (follow) response.setHeader('trailer', 'x-next-offset');
    else writeRangeHeaders(response, state, offset, end);
    const bytes = this.output.read(commandId, { stream, offset, end }, closed.signal);
    await this.send(commandId, bytes, follow, response);
  }

  private async send(
    commandId: string,
    bytes: AsyncGenerator<Buffer, number>,
    follow: boolean,
    response: Response,
  ): Promise<void> {
    async function* withTrailer(): AsyncGenerator<Buffer> {
      const next = yield* bytes;
      if (follow) response.addTrailers({ 'x-next-offset': String(next) });
    }
    if (follow) response.flushHeaders();
    try {
      await pipeline(
        Readable.from(withTrailer(), { objectMode: true, highWaterMark: 1 }),
        response,
      );
    } catch (error) {
      // The reader went away, which is its right; anything else cuts the connection, which tells it.
      this.logger.debug({ err: error, commandId }, 'output not sent to its end');
      response.destroy();
    }
  }
}

function writeStateHeaders(response: Response, state: StreamState): void {
  response.type('application/octet-stream');
  response.setHeader('x-stream-size', String(state.size));
  response.setHeader('x-stream-final', String(state.isFinal));
  response.setHeader('x-gaps', formatGaps(state.gaps));
  // Output is whatever the program wrote: never to be rendered by a browser.
  response.setHeader('content-disposition', 'attachment');
  response.setHeader('x-content-type-options', 'nosniff');
}

function writeRangeHeaders(
  response: Response,
  state: StreamState,
  offset: number,
  end: number,
): void {
  response.setHeader('x-next-offset', String(end));
  const missing = state.gaps.reduce(
    (sum, gap) => sum + Math.max(0, Math.min(gap.to, end) - Math.max(gap.from, offset)),
    0,
  );
  // While a command runs, more of its middle may be dropped before it is sent.
  if (state.isFinal) response.setHeader('content-length', String(end - offset - missing));
}

function formatGaps(gaps: readonly Gap[]): string {
  return gaps
    .slice(0, HEADER_GAPS)
    .map(({ from, to }) => `${from}-${to}`)
    .join(',');
}
