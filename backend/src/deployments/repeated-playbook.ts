import { PLAYBOOK_LOST } from '../deployment-tool/index.js';
import type { PlaybookOutcome } from '../deployment-tool/index.js';
import { StepFailure } from '../operations/index.js';
import type { StepContext } from '../operations/index.js';
import type { DeploymentMemory } from './deployment-memory.js';
import { commandId } from './steps-prepare.js';

/** Times that a lost playbook is begun anew within one try of a step. */
const ATTEMPTS = 3;

/**
 * Runs a playbook that may run as often as it likes: anew, under another id, when it was lost, for example
 * to a restart of the server. `which` names the place of its id.
 */
export async function repeatedly(
  context: StepContext<DeploymentMemory>,
  which: 'command' | 'restore',
  run: (id: string) => Promise<PlaybookOutcome>,
): Promise<PlaybookOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const id = await commandId(context, which);
    try {
      const outcome = await run(id);
      await forget(context, which);
      return outcome;
    } catch (error) {
      // Whatever else failed, the playbook may be there: the next try finds it by its id.
      if (!(error instanceof StepFailure) || error.code !== PLAYBOOK_LOST) throw error;
      await forget(context, which);
      if (attempt >= ATTEMPTS) throw error;
      context.log(`${error.message} Running it again.`, 'warning');
    }
  }
}

/** Whatever came of it, another try is another playbook. */
async function forget(
  context: StepContext<DeploymentMemory>,
  which: 'command' | 'restore',
): Promise<void> {
  context.memory[which] = null;
  await context.save();
}
