export type {
  Architecture,
  Artefact,
  DeploymentKind,
  ProbeHost,
  ProbeTarget,
  Remains,
  Rendered,
  RenderedFile,
  RenderContext,
  ResultItem,
} from './deployment-kind.js';
export { DeploymentConfigs } from './deployment-configs.js';
export { DeploymentKinds } from './deployment-kinds.js';
export { DeploymentRequests } from './deployment-requests.js';
export type { FormDescription, FormField, Localized } from './form-description.js';
export { DEPLOYMENTS_ENTITIES } from './deployment.entity.js';
export type { Deployment } from './deployment.entity.js';
export * from './deployments.errors.js';
export { DeploymentsModule } from './deployments.module.js';
export { DeploymentsService } from './deployments.service.js';
