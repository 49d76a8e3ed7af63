import { Injectable, inject } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { removePlaybook } from '../platform/api/generated/fn/playbooks/remove-playbook';
import type { PlaybookSummary } from '../platform/api/generated/models/playbook-summary';
import { I18n } from '../platform/i18n/i18n';
import { problemText } from '../platform/problem/problem-text';
import { Dialogs } from '../ui/dialogs';
import { Toasts } from '../ui/toasts';

/** Removes playbooks of the user's own, after asking. */
@Injectable({ providedIn: 'root' })
export class PlaybookRemoval {
  private readonly api = inject(Api);
  private readonly dialogs = inject(Dialogs);
  private readonly toasts = inject(Toasts);
  private readonly t = inject(I18n).t;

  /** True once it is removed. */
  async remove({
    id,
    name,
    latest_version: versions,
  }: Pick<PlaybookSummary, 'id' | 'name' | 'latest_version'>): Promise<boolean> {
    const sure = await this.dialogs.confirm({
      title: this.t('playbook.removeTitle', { name }),
      body: this.t('playbook.removeBody'),
      consequences: [this.t('playbook.removeVersions', { n: versions })],
      action: this.t('playbook.remove'),
      typedName: name,
    });
    if (!sure) return false;
    try {
      await this.api.invoke(removePlaybook, { id });
    } catch (error) {
      this.toasts.show(problemText(error, this.t).detail, { tone: 'bad' });
      return false;
    }
    this.toasts.show(this.t('playbook.removed', { name }));
    return true;
  }
}
