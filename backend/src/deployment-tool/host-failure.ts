import { StepFailure } from '../operations/index.js';
import { AgentCallError } from '../platform/agent-client/index.js';
import { AppError } from '../platform/errors/index.js';

/** A failed call as a failure of the step that made it; what is a bug stays what it is. */
export function stepFailureOf(error: unknown): unknown {
  if (error instanceof AgentCallError) {
    return new StepFailure(error.layer, error.code, error.message, { cause: error });
  }
  if (error instanceof AppError) {
    return new StepFailure('manager', error.definition.name, error.message, { cause: error });
  }
  return error;
}
