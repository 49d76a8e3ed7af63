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

/** What a failed call says when a playbook was to be run. */
export function playbookFailure(error: unknown, playbook: string): unknown {
  if (!(error instanceof AgentCallError)) return error;
  switch (error.rpcError) {
    case 'method_not_found':
      return new StepFailure(
        'agent',
        'agent_outdated',
        'The agent on this server is too old to run playbooks. Repair the agent, then try again.',
        { cause: error },
      );
    case 'command_not_found':
      return lostPlaybook(playbook, 'the agent has lost its state', error);
    case 'command_forgotten':
      return lostPlaybook(playbook, 'the agent has forgotten it', error);
    default:
      return error;
  }
}

/** Code of the failure of a playbook of which nobody can know how it ended. */
export const PLAYBOOK_LOST = 'playbook_lost';

/** Nobody can know how a playbook ended. */
export function lostPlaybook(
  playbook: string,
  reason: string | null,
  cause?: AgentCallError,
): StepFailure {
  return new StepFailure(
    'server',
    PLAYBOOK_LOST,
    `${playbook} was interrupted and nobody can know how far it got: ${reason ?? 'the server restarted'}. It is safe to run it again.`,
    { cause },
  );
}
