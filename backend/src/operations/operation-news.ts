import { Injectable } from '@nestjs/common';
import { LiveBus } from '../platform/live/index.js';
import type { Operation, OperationLogLine, OperationStepRow } from './operation.entity.js';

/** Tells followers what happens to operations. Everything told is stored already. */
@Injectable()
export class OperationNews {
  constructor(private readonly liveBus: LiveBus) {}

  /** An operation changed its state, direction or error. */
  operation(operation: Operation): void {
    const data = {
      id: operation.id,
      type: operation.type,
      server_id: operation.serverId,
      batch_id: operation.batchId,
      state: operation.state,
      direction: operation.direction,
      error: operation.error,
      leftovers: operation.leftovers,
    };
    for (const topic of ['operations', `operations:${operation.id}`]) {
      this.liveBus.publish({ topic, type: 'operation_changed', data });
    }
  }

  /** A step changed its state or progress. */
  step(operationId: string, step: OperationStepRow): void {
    const { position, name, title, state, error } = step;
    const progress =
      step.progressDone === null
        ? null
        : { done: step.progressDone, total: step.progressTotal, unit: step.progressUnit };
    this.liveBus.publish({
      topic: `operations:${operationId}`,
      type: 'step_changed',
      data: { operation_id: operationId, position, name, title, state, error, progress },
    });
  }

  /** Lines were added to the log. */
  logged(operationId: string, lines: readonly OperationLogLine[]): void {
    for (const { seq, step, at, level, line } of lines) {
      this.liveBus.publish({
        topic: `operations:${operationId}`,
        type: 'step_log',
        data: { operation_id: operationId, seq, step, at: at.toISOString(), level, line },
      });
    }
  }
}
