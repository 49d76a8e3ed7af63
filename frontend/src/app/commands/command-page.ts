import { Component, computed, effect, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { Command } from '../platform/api/generated/models/command';
import { injectTranslate } from '../platform/i18n/i18n';
import { PageTitle } from '../platform/page/page-title';
import { FleetStore } from '../servers/fleet-store';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { PageHeader } from '../ui/page-header';
import { followCommand } from './command-feed';
import { CommandPanel } from './command-panel';
import { commandText } from './command-text';

/** One command with its output, live. Its address can be kept and passed on. */
@Component({
  selector: 'app-command-page',
  imports: [Button, Card, CommandPanel, PageHeader, RouterLink],
  template: `<div class="page">
    <ui-page-header [heading]="t('commands.one', { server: serverName() })">
      <ng-container uiPageActions>
        @if (command()?.run_id; as runId) {
          <a uiButton icon="list" [routerLink]="['/commands/runs', runId]">{{
            t('commands.toRun')
          }}</a>
        }
        <a uiButton icon="arrow-left" routerLink="/commands">{{ t('commands.toList') }}</a>
      </ng-container>
    </ui-page-header>
    <ui-card
      ><app-command-panel
        [commandId]="id()"
        [serverName]="serverName()"
        [linksServer]="isKnown()"
        (again)="again($event)"
    /></ui-card>
  </div>`,
})
export class CommandPage {
  readonly id = input.required<string>();
  private readonly router = inject(Router);
  private readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();
  protected readonly command = followCommand(this.id).command;
  private readonly server = computed(() => {
    this.fleet.revision();
    return this.fleet.server(this.command()?.server_id ?? '');
  });
  protected readonly isKnown = computed(() => this.server() !== undefined);
  protected readonly serverName = computed(() => {
    const name = this.server()?.().name;
    if (name !== undefined) return name;
    return this.command() && this.fleet.fetchedAt() > 0 ? this.t('commands.removedServer') : '…';
  });

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      const command = this.command();
      if (command) title.nameSubject(this.router.url, commandText(command.request, this.t));
    });
  }

  protected again({ id }: Command): void {
    void this.router.navigate(['/commands/new'], { queryParams: { again: id } });
  }
}
