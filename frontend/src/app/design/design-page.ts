import { Component, inject, signal } from '@angular/core';
import { Problem } from '../platform/problem/problem';
import { ActionMenu } from '../ui/action-menu';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Chip } from '../ui/chip';
import { CodeBlock } from '../ui/code-block';
import { Definition, DefinitionList } from '../ui/definition-list';
import { Dialogs } from '../ui/dialogs';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Kbd } from '../ui/kbd';
import { LogView } from '../ui/log-view';
import { Meter } from '../ui/meter';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { Progress } from '../ui/progress';
import { RelativeTime } from '../ui/relative-time';
import { SearchInput } from '../ui/search-input';
import { Segmented } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import { Sparkline } from '../ui/sparkline';
import { COMMAND_STATUS, OPERATION_STATUS, SERVER_STATUS, STEP_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { StepList } from '../ui/step-list';
import { Tabs } from '../ui/tabs';
import { Toasts } from '../ui/toasts';
import { Tooltip } from '../ui/tooltip';
import { UptimeBar } from '../ui/uptime-bar';
import type { UptimeState } from '../ui/uptime-bar';
import { DesignForm } from './design-form';
import { DesignTable } from './design-table';
import { SAMPLE_STEPS, sampleLog } from './samples';

/** Every primitive on one page. Development builds only: what it shows is made up. */
@Component({
  selector: 'app-design-page',
  imports: [
    ActionMenu,
    Button,
    Card,
    Chip,
    CodeBlock,
    Definition,
    DefinitionList,
    DesignForm,
    DesignTable,
    EmptyState,
    ErrorState,
    Kbd,
    LogView,
    Meter,
    Notice,
    PageHeader,
    Progress,
    RelativeTime,
    SearchInput,
    Segmented,
    Skeleton,
    Sparkline,
    StatusBadge,
    StepList,
    Tabs,
    Tooltip,
    UptimeBar,
  ],
  templateUrl: './design-page.html',
  styles: `
    .two {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr));
      gap: 16px;
    }
    .log {
      height: 320px;
    }
  `,
})
export class DesignPage {
  private readonly dialogs = inject(Dialogs);
  protected readonly toasts = inject(Toasts);
  protected readonly vocabularies = [
    SERVER_STATUS,
    COMMAND_STATUS,
    OPERATION_STATUS,
    STEP_STATUS,
  ].map((table) => Object.values(table));
  protected readonly online = SERVER_STATUS.online;
  protected readonly query = signal('');
  protected readonly filter = signal('all');
  protected readonly tab = signal('overview');
  protected readonly steps = SAMPLE_STEPS;
  protected readonly logs = [sampleLog()];
  protected readonly ago = new Date(Date.now() - 190_000).toISOString();
  protected readonly history = Array.from({ length: 24 }, (_, at) => 0.4 + Math.sin(at / 2) / 4);
  protected readonly uptime: readonly UptimeState[] = Array.from({ length: 30 }, (_, at) =>
    at < 3 ? 'unknown' : at === 12 ? 'down' : at === 20 ? 'degraded' : 'up',
  );
  protected readonly problem = new Problem({
    name: 'agent_unreachable',
    title: 'The agent cannot be reached',
    detail: 'TCP refused on 24351: agent not running or firewall.',
    status: 502,
    correlationId: '7f0c2f8a-52f7-4be3-9f0c-1f1f5d0f9a11',
  });
  protected readonly actions = [
    {
      label: 'Repair agent',
      icon: 'repair' as const,
      run: () => {
        this.toasts.show('Repair started');
      },
    },
    { label: 'Copy address', icon: 'copy' as const, disabled: true, run: () => undefined },
    {
      label: 'Remove server',
      icon: 'trash' as const,
      danger: true,
      separated: true,
      run: () => void this.ask(),
    },
  ];

  protected async ask(): Promise<void> {
    const sure = await this.dialogs.confirm({
      title: 'Remove web-0001?',
      body: 'MyX stops managing this server. The agent is uninstalled.',
      consequences: ['Its commands and their output', '30 days of health history'],
      action: 'Remove server',
      typedName: 'web-0001',
    });
    this.toasts.show(sure ? 'Removed' : 'Kept', { tone: 'info' });
  }
}
