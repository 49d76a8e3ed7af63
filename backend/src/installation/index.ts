export * from './installation.errors.js';
export { InstallationModule } from './installation.module.js';
