import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/index.js';
import type { AnyDeploymentKind, DeploymentKind } from './deployment-kind.js';
import { UNKNOWN_DEPLOYMENT_KIND } from './deployments.errors.js';
import type { DeploymentKindList } from './deployments.schema.js';
import { FormDescription } from './form-description.js';

/** Which kinds of deployments there are. Kinds register themselves when the application starts. */
@Injectable()
export class DeploymentKinds {
  private readonly kinds = new Map<string, AnyDeploymentKind>();

  /** Makes a kind known. @throws Error when its name is taken or its form is not a valid description. */
  register<Config>(kind: DeploymentKind<Config>): void {
    if (!/^[a-z][a-z0-9_]{1,31}$/.test(kind.name)) {
      throw new Error(`“${kind.name}” cannot be the name of a deployment kind`);
    }
    if (this.kinds.has(kind.name)) {
      throw new Error(`deployment kind ${kind.name} is registered twice`);
    }
    FormDescription.parse(kind.form);
    // A kind's configuration only ever meets the kind that parsed it.
    this.kinds.set(kind.name, kind);
  }

  /** @throws AppError unknown_deployment_kind */
  get(name: string): AnyDeploymentKind {
    const kind = this.kinds.get(name);
    if (kind) return kind;
    throw new AppError(UNKNOWN_DEPLOYMENT_KIND, `There is no kind of deployment called “${name}”.`);
  }

  /** All of them, sorted by name, as people are shown them. */
  described(): DeploymentKindList {
    const kinds = [...this.kinds.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      items: kinds.map(({ name, title, summary, form }) => ({ name, title, summary, form })),
    };
  }
}
