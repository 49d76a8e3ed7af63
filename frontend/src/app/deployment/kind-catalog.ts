import { Injectable, inject, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { listDeploymentKinds } from '../platform/api/generated/fn/deployments/list-deployment-kinds';
import type { DeploymentKind } from '../platform/api/generated/models/deployment-kind';
import type { LocalizedText } from '../platform/api/generated/models/localized-text';
import { I18n } from '../platform/i18n/i18n';

/** What can be deployed, as the manager describes it. Fetched once, with the first question for a name. */
@Injectable({ providedIn: 'root' })
export class KindCatalog {
  private readonly api = inject(Api);
  private readonly language = inject(I18n).language;
  private readonly known = signal<readonly DeploymentKind[]>([]);
  private fetching: Promise<void> | null = null;

  /** Every kind; empty until the manager has answered. */
  readonly all = this.known.asReadonly();

  /** Asks the manager, unless it was asked already. What fails is asked again the next time. */
  load(): Promise<void> {
    this.fetching ??= this.fetch();
    return this.fetching;
  }

  /** A kind with its form; null while it is not known. */
  kind(name: string): DeploymentKind | null {
    return this.known().find((kind) => kind.name === name) ?? null;
  }

  /** What people call a kind. */
  title(name: string): string {
    const kind = this.kind(name);
    return kind ? this.text(kind.title) : name.replaceAll('_', ' ');
  }

  /** A text of the manager in the language on screen. */
  text(localized: LocalizedText): string {
    return localized[this.language()];
  }

  private async fetch(): Promise<void> {
    try {
      this.known.set((await this.api.invoke(listDeploymentKinds)).items);
    } catch {
      // Names are shown as the manager has them until it answers; the page itself tells that it does not.
      this.fetching = null;
    }
  }
}
