export {
  erased,
  isHandedOver,
  OperationCancelled,
  ShuttingDown,
  StepFailure,
} from './operation-definition.js';
export type {
  AnyOperationDefinition,
  Ending,
  OperationDefinition,
  OperationSession,
  OperationStep,
  Progress,
  StepContext,
} from './operation-definition.js';
export { OPERATIONS_ENTITIES } from './operation.entity.js';
export type { LogLevel, OperationFailure, OperationState } from './operation.entity.js';
export * from './operations.errors.js';
export { OperationsModule } from './operations.module.js';
export { OperationsService } from './operations.service.js';
export type { OperationWithSteps } from './operations.repository.js';
export type { BatchRequest, OperationRequest } from './operations.service.js';
