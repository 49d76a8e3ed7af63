export { KindsModule } from './kinds.module.js';
