import { AGENT_PATHS, AGENT_UNIT, DEPLOYMENT_TOOL_PATH } from '@myx/protocol';
import { StepFailure } from '../operations/index.js';
import type { StepContext } from '../operations/index.js';
import { TransportError } from '../platform/transport/transport-error.js';
import { REMAINS, REMOVE_SERVICE, RUNNING_COMMANDS, STOP_COMMANDS } from './host-scripts.js';
import type { InstallMemory, InstallStep } from './install-memory.js';
import { removePaths } from './steps-files.js';

type Context = StepContext<InstallMemory>;

/** Everything of an agent that lies on a server, with the tool that it runs playbooks of. */
const PATHS = [
  AGENT_PATHS.unit,
  AGENT_PATHS.program,
  AGENT_PATHS.configDirectory,
  AGENT_PATHS.state,
  DEPLOYMENT_TOOL_PATH,
  // A sync that was killed leaves it beside.
  `${DEPLOYMENT_TOOL_PATH}.staging`,
] as const;

/** Connects; a forced removal goes on without the server when it cannot be reached. */
export function connectForRemovalStep(): InstallStep {
  return {
    name: 'connect',
    title: 'Connect to the server',
    always: true,
    timeoutMs: 60_000,
    apply: async (context, session) => {
      context.memory.unreachable = false;
      try {
        const { transport } = await session.host(context);
        // Tells whether the login can become root, too: without that nothing can be removed.
        await session.run(context, ['true']);
        context.log(`connected: ${transport.describe()}`);
      } catch (error) {
        if (!session.isForced || !(error instanceof TransportError)) throw error;
        context.memory.unreachable = true;
        context.log(`${error.message} Forced: what is on the server stays there.`, 'warning');
      }
    },
  };
}

/** Refuses while commands run, or stops them when forced. */
export function stopCommandsStep(): InstallStep {
  return onServer({
    name: 'stop_commands',
    title: 'Make sure that no command runs',
    always: true,
    apply: async (context, session) => {
      const running = linesOf(await session.script(context, 'look_failed', RUNNING_COMMANDS));
      if (running.length === 0) return;
      if (!session.isForced) {
        throw new StepFailure(
          'agent',
          'commands_running',
          `${String(running.length)} command(s) run on the server. Wait, cancel them, or force the removal.`,
        );
      }
      await session.script(context, 'stop_failed', STOP_COMMANDS);
      context.log(`stopped ${String(running.length)} command(s)`, 'warning');
    },
  });
}

/** Stops the agent and removes its unit. */
export function removeServiceStep(): InstallStep {
  return onServer({
    name: 'remove_service',
    title: 'Stop and remove the service',
    apply: async (context, session) => {
      const removed = await session.script(context, 'remove_failed', REMOVE_SERVICE, [
        AGENT_UNIT,
        AGENT_PATHS.unit,
      ]);
      for (const path of linesOf(removed)) context.log(`removed ${path}`);
    },
  });
}

/** Removes program, configuration and state. */
export function removeFilesStep(): InstallStep {
  return onServer({
    name: 'remove_files',
    title: 'Remove program, configuration and state',
    apply: async (context, session) => {
      await session.clearUploads(context);
      await removePaths(context, session, PATHS);
    },
  });
}

/** Removes the program and the certificate but keeps the state, so that running commands are not lost. */
export function removeProgramStep(): InstallStep {
  return {
    name: 'remove_program',
    title: 'Remove the old program and certificate',
    apply: async (context, session) => {
      await session.script(context, 'remove_failed', REMOVE_SERVICE, [
        AGENT_UNIT,
        AGENT_PATHS.unit,
      ]);
      await removePaths(context, session, [AGENT_PATHS.program, AGENT_PATHS.configDirectory]);
    },
  };
}

/** Looks that nothing of the agent is left. */
export function verifyRemovalStep(): InstallStep {
  return onServer({
    name: 'verify',
    title: 'Check that nothing is left',
    always: true,
    apply: async (context, session) => {
      const left = linesOf(
        await session.script(context, 'look_failed', REMAINS, [AGENT_UNIT, ...PATHS]),
      );
      if (left.length > 0) {
        throw new StepFailure('installation', 'leftovers', `Still there: ${left.join(', ')}`);
      }
      context.log('nothing of the agent is left on the server');
    },
  });
}

/** A step with nothing to do when a forced removal goes on without the server. */
function onServer(step: InstallStep): InstallStep {
  const check = (context: Context): Promise<boolean> =>
    Promise.resolve(context.memory.unreachable === true);
  return { ...step, check };
}

function linesOf(output: string): string[] {
  return output.split('\n').filter((line) => line !== '');
}
