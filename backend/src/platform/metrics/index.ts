export { Metrics } from './metrics.js';
export type { MetricDescription, MetricName } from './metrics.js';
