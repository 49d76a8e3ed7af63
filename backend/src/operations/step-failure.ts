import { AppError } from '../platform/errors/index.js';
import { StepFailure } from './operation-definition.js';
import type { OperationFailure } from './operation.entity.js';

/** A failure as it is stored, or null when it is not an expected one but a bug. */
export function describeFailure(error: unknown): Omit<OperationFailure, 'step'> | null {
  if (error instanceof StepFailure) {
    return { layer: error.layer, code: error.code, message: error.message };
  }
  if (error instanceof AppError) {
    return { layer: 'manager', code: error.definition.name, message: error.message };
  }
  if (isLayered(error)) return { layer: error.layer, code: error.code, message: error.message };
  return null;
}

/** What is stored for a bug: the manager's log has the rest, under the operation's id. */
export const BUG: Omit<OperationFailure, 'step'> = {
  layer: 'manager',
  code: 'internal_error',
  message:
    'Something went wrong inside the manager. Its log has the details under the id of this operation.',
};

/** The errors of the SSH transport and of agent calls carry a layer, a stable code and advice. */
function isLayered(error: unknown): error is Error & { layer: string; code: string } {
  return (
    error instanceof Error &&
    'layer' in error &&
    typeof error.layer === 'string' &&
    'code' in error &&
    typeof error.code === 'string'
  );
}

/** True when `error` says that the database did not answer, rather than that it refused. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause: unknown = 'driverError' in error ? error.driverError : error;
  if (!(cause instanceof Error)) return false;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  // Class 08 and the shutdown codes of class 57 (PostgreSQL, appendix A), what a socket to it says, and
  // pg's own words. Failures of other connections never get here: they are layered.
  return (
    /^(08|57P0[1-3]|ECONNREFUSED$|ECONNRESET$|EPIPE$|ENOENT$)/.test(code) ||
    /^Connection terminated|timeout expired|Client has encountered a connection error/.test(
      cause.message,
    )
  );
}
