import { randomUUID } from 'node:crypto';
import { PLAYBOOK_LOST } from '../deployment-tool/index.js';
import type { AgentHost, PlaybookCall, PlaybookOutcome } from '../deployment-tool/index.js';
import { StepFailure } from '../operations/index.js';
import type { StepContext } from '../operations/index.js';
import type { PlaybookVersion, Recap } from './playbook.js';
import type { PlaybookMemory, PlaybookParts, PlaybookStep } from './playbook-parts.js';
import type { StoredRun } from './playbook-runs.repository.js';
import type { RunPlace } from './playbook-tasks.repository.js';
import { playbookGone, uploadedPath, uploadPlaybookStep } from './steps-upload.js';
import { TaskRecorder } from './task-recorder.js';

/** Beyond the longest time that a playbook may take; each run has a deadline of its own below. */
const STEP_TIMEOUT_MS = 8 * 24 * 3600 * 1000;

/** How much longer than the playbook may take the manager waits for its end, milliseconds. */
const PATIENCE_MS = 10 * 60_000;

type Context = StepContext<PlaybookMemory>;

/** Sends the version that the operation's run is about. */
export function uploadRunStep(parts: PlaybookParts): PlaybookStep {
  return uploadPlaybookStep(async (operationId) => {
    const { run } = await findRun(parts, operationId);
    return ownVersion(parts, run);
  });
}

/** Runs the playbook and stores what it tells while it does. */
export function runPlaybookStep(parts: PlaybookParts): PlaybookStep {
  return {
    name: 'run_playbook',
    title: 'Run the playbook',
    timeoutMs: STEP_TIMEOUT_MS,
    apply: async (context, host) => {
      const { place, run } = await findRun(parts, context.operationId);
      const call = await callFor(parts, run);
      const { memory } = context;
      if (memory.command_id === undefined) {
        await context.transaction((manager) => parts.tasks.begin(manager, place));
        memory.command_id = randomUUID();
        await context.save();
      }
      const commandId = memory.command_id;
      const outcome = await recorded(parts, context, place, (onEvent) => {
        const deadline = AbortSignal.timeout(run.options.timeout_seconds * 1000 + PATIENCE_MS);
        const signal = AbortSignal.any([context.signal, deadline]);
        return playbookOn(host, { ...context, signal }, { ...call, commandId, onEvent });
      });
      // A retry of the operation runs the playbook anew.
      delete memory.command_id;
      const { outcome: how, exitCode } = outcome;
      const recap = recapOf(outcome);
      await context.transaction((manager) =>
        parts.tasks.end(manager, place, { outcome: how, exitCode, recap }),
      );
      if (how !== 'succeeded') throw failureOf(outcome);
    },
  };
}

/** Runs `work` while everything it tells is stored, also when it fails. */
async function recorded(
  parts: PlaybookParts,
  context: Context,
  place: RunPlace,
  work: (onEvent: NonNullable<PlaybookCall['onEvent']>) => Promise<PlaybookOutcome>,
): Promise<PlaybookOutcome> {
  const recorder = new TaskRecorder(
    {
      tasks: parts.tasks,
      news: parts.news,
      transaction: (inside) => context.transaction(inside),
    },
    place,
  );
  let outcome: PlaybookOutcome;
  try {
    outcome = await work((event) => {
      recorder.add(event);
    });
  } catch (error) {
    delete context.memory.command_id;
    // The failure matters more than the last few results: those are stored when that works.
    await recorder.finish().catch(() => undefined);
    throw error;
  }
  await recorder.finish();
  return outcome;
}

/** A playbook that was lost is an outcome like any other here: the run tells it. */
async function playbookOn(
  host: AgentHost,
  context: Context,
  call: PlaybookCall,
): Promise<PlaybookOutcome> {
  try {
    return await host.playbook(context, call);
  } catch (error) {
    if (!(error instanceof StepFailure) || error.code !== PLAYBOOK_LOST) throw error;
    return { outcome: 'lost', exitCode: null, recap: [], failures: [], reason: error.message };
  }
}

async function findRun(
  parts: PlaybookParts,
  operationId: string,
): Promise<{ readonly place: RunPlace; readonly run: StoredRun }> {
  const place = await parts.runs.findByOperation(operationId);
  const run = place && (await parts.runs.find(place.runId));
  if (!run) throw playbookGone();
  return { place, run };
}

async function ownVersion(
  parts: PlaybookParts,
  { playbook: { id, version } }: StoredRun,
): Promise<PlaybookVersion | null> {
  if (version === null) return null;
  const found = id === null ? undefined : await parts.playbooks.version(id, version);
  if (!found) throw playbookGone();
  return found;
}

async function callFor(
  parts: PlaybookParts,
  run: StoredRun,
): Promise<Omit<PlaybookCall, 'commandId' | 'onEvent'>> {
  const { check, diff, tags, skip_tags: skipTags, timeout_seconds } = run.options;
  return {
    playbook: await pathOf(parts, run),
    extraVars: { ...run.extraVars, ...(await parts.runs.secrets(run.id)) },
    secretVars: run.secretNames,
    check,
    diff,
    tags,
    skipTags,
    timeoutSeconds: timeout_seconds,
  };
}

async function pathOf(parts: PlaybookParts, run: StoredRun): Promise<string> {
  const own = await ownVersion(parts, run);
  if (own) return uploadedPath(own);
  const builtin = await parts.builtins.find(run.playbook.name);
  if (!builtin) throw playbookGone();
  return `playbooks/${builtin.file}`;
}

/** The playbook runs on one host, whatever its plays call it. */
function recapOf({ recap }: PlaybookOutcome): Recap | null {
  const [first, ...rest] = recap.map(({ host: _host, ...counts }): Recap => counts);
  if (!first) return null;
  return rest.reduce(
    (sum, counts) => ({
      ok: sum.ok + counts.ok,
      changed: sum.changed + counts.changed,
      failed: sum.failed + counts.failed,
      unreachable: sum.unreachable + counts.unreachable,
      skipped: sum.skipped + counts.skipped,
      rescued: sum.rescued + counts.rescued,
      ignored: sum.ignored + counts.ignored,
    }),
    first,
  );
}

function failureOf({ outcome, exitCode, failures, reason }: PlaybookOutcome): StepFailure {
  // The last one is what ended it: those before it may have been taken up by a rescue.
  const last = failures.at(-1);
  const told = last ? `“${last.task}” failed: ${last.message}` : null;
  const message =
    outcome === 'failed'
      ? (told ?? reason ?? `ansible-playbook ended with ${String(exitCode)}.`)
      : `The playbook ${ENDINGS[outcome]}${reason === null ? '.' : `: ${reason}`}`;
  return new StepFailure('playbook', `playbook_${outcome}`, message);
}

const ENDINGS: Readonly<Record<PlaybookOutcome['outcome'], string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'took longer than it may and was ended',
  cancelled: 'was cancelled on the server',
  rejected: 'could not be started',
  lost: 'was lost',
};
