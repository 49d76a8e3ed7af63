export { AutoRepair } from './auto-repair.js';
export { HEALTH_ENTITIES } from './health.entity.js';
export { HealthModule } from './health.module.js';
