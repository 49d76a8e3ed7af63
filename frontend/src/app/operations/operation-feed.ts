import { computed, inject } from '@angular/core';
import type { Signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getOperation } from '../platform/api/generated/fn/operations/get-operation';
import { getOperationLog } from '../platform/api/generated/fn/operations/get-operation-log';
import type { OperationDetails } from '../platform/api/generated/models/operation-details';
import type { OperationLog } from '../platform/api/generated/models/operation-log';
import type { OperationStep } from '../platform/api/generated/models/operation-step';
import { causeText } from '../platform/i18n/manager-words';
import type { LiveMessage } from '../platform/live/live-message';
import { liveResource } from '../platform/live/live-resource';
import type { LiveResource } from '../platform/live/live-resource';
import type { StepView } from '../ui/step-view';

/** One line of an operation's log. */
export type OperationLogLine = OperationLog['lines'][number];

/** An operation with everything it wrote so far. */
export interface FollowedOperation {
  readonly operation: OperationDetails;
  readonly lines: readonly OperationLogLine[];
}

/** One operation on screen, kept current. */
export interface OperationFeed {
  readonly resource: LiveResource<FollowedOperation>;
  readonly operation: Signal<OperationDetails | null>;
  readonly steps: Signal<readonly StepView[]>;
}

/** Most lines the manager answers at once. */
const LOG_PAGE = 2000;

/** Follows one operation with its steps and log. In an injection context. */
export function followOperation(id: Signal<string | null>): OperationFeed {
  const api = inject(Api);
  const resource = liveResource<FollowedOperation>({
    topics: () => {
      const current = id();
      return current === null ? [] : [`operations:${current}`];
    },
    load: (signal) => load(api, id() ?? '', signal),
    merge: (value, messages) => messages.reduce(withMessage, value),
  });
  return {
    resource,
    operation: computed(() => resource.value()?.operation ?? null),
    steps: computed(() => stepViews(resource.value())),
  };
}

/** True once nothing more will happen by itself. */
export function hasEnded({ state }: Pick<OperationDetails, 'state'>): boolean {
  return state !== 'pending' && state !== 'running';
}

async function load(api: Api, id: string, signal: AbortSignal): Promise<FollowedOperation> {
  const operation = await api.invoke(getOperation, { id });
  const lines: OperationLogLine[] = [];
  for (let after = 0; !signal.aborted;) {
    const page = await api.invoke(getOperationLog, { id, after, limit: LOG_PAGE });
    lines.push(...page.lines);
    if (page.lines.length < LOG_PAGE) break;
    after = page.next_after;
  }
  return { operation, lines };
}

/** The operation after one message. */
export function withMessage(value: FollowedOperation, message: LiveMessage): FollowedOperation {
  const { operation, lines } = value;
  switch (message.type) {
    case 'operation_changed':
      return { operation: { ...operation, ...changeOf(message, operation) }, lines };
    case 'step_changed':
      return { operation: { ...operation, steps: withStep(operation.steps, message) }, lines };
    case 'step_log':
      return { operation, lines: withLine(lines, message) };
    default:
      return value;
  }
}

type OperationChange = Pick<OperationDetails, 'state' | 'direction' | 'error' | 'leftovers'>;

function changeOf({ data }: LiveMessage, before: OperationDetails): Partial<OperationDetails> {
  const change = data as unknown as OperationChange;
  const now = new Date().toISOString();
  return {
    state: change.state,
    direction: change.direction,
    error: change.error,
    leftovers: change.leftovers,
    started_at: before.started_at ?? (change.state === 'pending' ? null : now),
    finished_at: hasEnded(change) ? (before.finished_at ?? now) : null,
  };
}

/** Messages tell no times: what begins or ends is dated when it is heard. */
function withStep(steps: readonly OperationStep[], { data }: LiveMessage): OperationStep[] {
  const change = data as unknown as Pick<
    OperationStep,
    'position' | 'name' | 'title' | 'state' | 'error' | 'progress'
  >;
  const now = new Date().toISOString();
  return steps.map((step) => {
    if (step.position !== change.position) return step;
    const isRunning = change.state === 'running';
    const isNew = change.state === 'pending';
    return {
      ...step,
      state: change.state,
      error: change.error,
      progress: change.progress,
      started_at: isNew
        ? null
        : isRunning && step.state !== 'running'
          ? now
          : (step.started_at ?? now),
      finished_at: isNew || isRunning ? null : (step.finished_at ?? now),
    };
  });
}

function withLine(lines: readonly OperationLogLine[], { data }: LiveMessage): OperationLogLine[] {
  const line = data as unknown as OperationLogLine;
  const isKnown = (lines.at(-1)?.seq ?? 0) >= line.seq && lines.some(({ seq }) => seq === line.seq);
  return isKnown ? [...lines] : [...lines, line];
}

/** The steps as a step list shows them. */
export function stepViews(value: FollowedOperation | null): readonly StepView[] {
  if (!value) return [];
  const { operation, lines } = value;
  return operation.steps.map((step) => ({
    name: step.name,
    title: step.title,
    state: step.state,
    startedAt: step.started_at,
    finishedAt: step.finished_at,
    error: step.error === null ? null : causeText(step.error),
    progress: step.progress,
    log: lines
      .filter((line) => line.step === step.name)
      .map(({ seq, at, level, line }) => ({ seq, at, level, text: line })),
  }));
}
