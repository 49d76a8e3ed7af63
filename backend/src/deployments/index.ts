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
export { DeploymentKinds } from './deployment-kinds.js';
export type { FormDescription, FormField, Localized } from './form-description.js';
export { DEPLOYMENTS_ENTITIES } from './deployment.entity.js';
export { DeploymentsModule } from './deployments.module.js';
