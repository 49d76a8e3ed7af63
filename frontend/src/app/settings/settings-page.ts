import { Component, computed, inject, resource } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getSystem } from '../platform/api/generated/fn/system/get-system';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { CopyButton } from '../ui/copy-button';
import { Definition, DefinitionList } from '../ui/definition-list';
import { ErrorState } from '../ui/error-state';
import { Icon } from '../ui/icon';
import { Meter } from '../ui/meter';
import { PageHeader } from '../ui/page-header';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';

/** What this manager is, how its parts are, what they take, and where its documents are. */
@Component({
  selector: 'app-settings-page',
  imports: [
    Button,
    Card,
    CopyButton,
    Definition,
    DefinitionList,
    ErrorState,
    Icon,
    Meter,
    PageHeader,
    RelativeTime,
    Skeleton,
  ],
  templateUrl: './settings-page.html',
  styles: `
    .page {
      max-width: 1040px;
      margin: 0 auto;
      width: 100%;
    }
    .cards {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(380px, 100%), 1fr));
      gap: 16px;
      align-items: start;
    }
    .state {
      display: inline-flex;
      align-items: center;
      gap: 6px;
    }
    .ok {
      color: var(--ok);
    }
    .bad {
      color: var(--bad);
    }
    .links {
      margin-top: 12px;
    }
    .place {
      display: inline-flex;
      align-items: center;
      gap: 4px;
      overflow-wrap: anywhere;
    }
  `,
})
export class SettingsPage {
  private readonly api = inject(Api);
  protected readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  protected readonly system = resource({ loader: () => this.api.invoke(getSystem) });
  protected readonly diskShare = computed(() => {
    if (!this.system.hasValue()) return null;
    const { free_bytes: free, total_bytes: total } = this.system.value().data_directory;
    return total === 0 ? null : (total - free) / total;
  });

  /** A newer manager may check more than this console knows: then its own word is shown. */
  protected checkName(name: string): string {
    if (name === 'database') return this.t('system.database');
    return name === 'job queue' ? this.t('system.queue') : name;
  }
}
