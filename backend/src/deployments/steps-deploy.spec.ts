import { beforeEach, describe, expect, it } from '@jest/globals';
import { PLAYBOOK_LOST } from '../deployment-tool/index.js';
import type { PlaybookCall, PlaybookOutcome } from '../deployment-tool/index.js';
import { StepFailure } from '../operations/index.js';
import type { StepContext } from '../operations/index.js';
import { DeploymentMemory } from './deployment-memory.js';
import type { DeploymentSession } from './deployment-memory.js';
import type { DeploymentParts } from './deployment-parts.js';
import { deployStep } from './steps-deploy.js';

const SUCCEEDED: PlaybookOutcome = {
  ...{ outcome: 'succeeded', exitCode: 0, recap: [], failures: [], reason: null },
};
const LOST = new StepFailure('server', PLAYBOOK_LOST, 'It was interrupted.');

let calls: PlaybookCall[];
let ended: string[];
let saved: DeploymentMemory[];
let memory: DeploymentMemory;
/** How the playbooks end, one after the other; then they succeed. */
let endings: (PlaybookOutcome | Error)[];

beforeEach(() => {
  [calls, ended, saved, endings] = [[], [], [], []];
  memory = DeploymentMemory.parse({});
});

/** What the step uses of the manager: a version that is opened already. */
const parts = {
  opened: () =>
    Promise.resolve({
      kind: { name: 'sample', playbooks: { deploy: 'deploy_sample.yml' } },
      rendered: { vars: {}, secretVars: [], unit: null, programVersion: null },
      context: { deploymentId: 'd' },
    }),
  repository: { update: () => Promise.resolve() },
} as unknown as DeploymentParts;

const session = {
  params: { deployment_id: 'd', version: 2, force: false },
  host: {
    playbook: (_context: unknown, call: PlaybookCall) => {
      calls.push(call);
      const ending = endings.shift() ?? SUCCEEDED;
      return ending instanceof Error ? Promise.reject(ending) : Promise.resolve(ending);
    },
    endPlaybook: (_context: unknown, id: string) => {
      ended.push(id);
      return Promise.resolve();
    },
  },
} as unknown as DeploymentSession;

function context(): StepContext<DeploymentMemory> {
  return {
    memory,
    log: () => undefined,
    save: () => {
      saved.push(DeploymentMemory.parse(memory));
      return Promise.resolve();
    },
    transaction: (work: (manager: unknown) => Promise<void>) => work(null),
  } as unknown as StepContext<DeploymentMemory>;
}

const step = deployStep(parts);
const apply = (): Promise<void> => step.apply(context(), session);
const undo = async (): Promise<void> => step.undo?.(context(), session);

describe('taking a change back', () => {
  it('ends what may still run, then takes exactly that change back', async () => {
    endings = [LOST];
    await expect(apply()).rejects.toBe(LOST);

    await undo();

    const [applied, restored] = calls;
    expect(ended).toEqual([applied?.commandId]);
    expect(restored?.extraVars).toMatchObject({
      myx_action: 'restore',
      myx_change: applied?.commandId,
    });
    expect(applied?.extraVars).toMatchObject({
      myx_action: 'apply',
      myx_change: applied?.commandId,
    });
    expect(memory).toMatchObject({ command: null, restore: null });
  });

  it('begins anew, under another id, when the restoration itself was lost', async () => {
    endings = [SUCCEEDED, LOST, LOST];
    await apply();

    await undo();

    const [, ...restorations] = calls;
    expect(restorations).toHaveLength(3);
    expect(new Set(restorations.map(({ commandId }) => commandId)).size).toBe(3);
    expect(memory.restore).toBeNull();
  });

  it('gives up for now when it is lost again and again, and can be tried later', async () => {
    endings = [SUCCEEDED, LOST, LOST, LOST];
    await apply();
    await expect(undo()).rejects.toBe(LOST);
    const lost = calls.at(-1)?.commandId;

    await undo();

    expect(saved.at(-1)?.restore).toBeNull();
    expect(calls.at(-1)?.commandId).not.toBe(lost);
    expect(calls.at(-1)?.extraVars.myx_change).toBe(calls[0]?.commandId);
  });

  it('stays with a restoration that another manager began', async () => {
    const shuttingDown = new Error('shutting down');
    endings = [SUCCEEDED, shuttingDown];
    await apply();
    await expect(undo()).rejects.toBe(shuttingDown);
    memory = DeploymentMemory.parse(saved.at(-1));

    await undo();

    const [, first, second] = calls;
    expect(second?.commandId).toBe(first?.commandId);
  });

  it('asks for nothing but open changes when it never began one', async () => {
    await undo();

    expect(ended).toEqual([]);
    expect(calls[0]?.extraVars).toMatchObject({ myx_action: 'restore', myx_change: '' });
  });
});
