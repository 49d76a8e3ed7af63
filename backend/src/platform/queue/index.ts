export { JobQueue } from './job-queue.js';
export type {
  EnqueueOptions,
  JobContext,
  JobCounts,
  JobHandler,
  ProcessOptions,
} from './job-queue.js';
export { openJobQueue } from './open-job-queue.js';
export type { JobQueueSettings } from './open-job-queue.js';
