import { AuditCheckpoint, formatHead, parseHead } from '../audit/index.js';
import type { AuditVerifier, ChainHead } from '../audit/index.js';
import { CliError, remark, say } from './cli-io.js';
import type { CliIo } from './cli-io.js';

/** Options of `audit verify`. */
export interface VerifyOptions {
  readonly expect?: readonly string[];
}

/**
 * `audit verify`: recomputes the hash chain of the whole log and compares it with the heads noted earlier.
 *
 * @throws CliError when the log is not as it was written
 */
export async function verifyAudit(
  io: CliIo,
  verifier: AuditVerifier,
  dataDir: string,
  options: VerifyOptions,
): Promise<void> {
  const noted = await new AuditCheckpoint(dataDir).read();
  const given = (options.expect ?? []).map(parsedHead);
  const { events, head, problems } = await verifier.verify([
    ...given,
    ...(noted === null ? [] : [noted]),
  ]);
  for (const { kind, message } of problems) say(io, `${kind}: ${message}`);
  if (problems.length > 0) {
    throw new CliError(
      'The audit log is not as it was written. Keep the database and find out who.',
    );
  }
  say(io, `The audit log is intact: ${events} events.`);
  if (head.seq > 0n) {
    say(io, `Head: ${formatHead(head)}`);
    remark(io, 'Note the head elsewhere; "npx myx audit verify --expect <head>" compares with it.');
  }
}

function parsedHead(text: string): ChainHead {
  try {
    return parseHead(text);
  } catch (error) {
    // parseHead throws for nothing else than the form of the text.
    throw new CliError(`--expect: ${(error as Error).message}`, { cause: error });
  }
}
