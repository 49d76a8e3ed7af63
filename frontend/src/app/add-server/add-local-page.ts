import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { createLocalServer } from '../platform/api/generated/fn/servers/create-local-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectGoOn } from '../platform/page/go-on';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { parseLabels } from '../servers/label-rules';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { ErrorState } from '../ui/error-state';
import { Field, Input } from '../ui/field';
import { PageHeader } from '../ui/page-header';
import { checkName } from './server-draft';

/** Puts the machine the manager itself runs on under management, without SSH. */
@Component({
  selector: 'app-add-local-page',
  imports: [Button, Card, ErrorState, Field, Input, PageHeader, RouterLink],
  styles: `
    form {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
  `,
  template: `<div class="page page-narrow">
    <ui-page-header [heading]="t('servers.manageLocal')" [note]="t('add.localIntro')" />
    <ui-card>
      <form (submit)="create($event)" novalidate>
        <ui-field [label]="t('servers.name')" [hint]="t('add.nameHint')" [problem]="nameProblem()">
          <input
            #nameField
            uiInput
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            maxlength="100"
            [value]="name()"
            (input)="name.set(nameField.value); problem.set(null)"
          />
        </ui-field>
        <ui-field
          [label]="t('servers.labels')"
          [hint]="t('servers.labelsHint')"
          [problem]="labelsProblem()"
          optional
        >
          <input
            #labelsField
            uiInput
            class="mono"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            [value]="labels()"
            (input)="labels.set(labelsField.value)"
          />
        </ui-field>
        @if (otherProblem(); as error) {
          <ui-error-state [error]="error" [retryable]="false" />
        }
        <div class="row">
          <button uiButton="primary" type="submit" icon="monitor" [busy]="busy()">
            {{ t('add.install') }}
          </button>
          <a uiButton="ghost" routerLink="/servers">{{ t('ui.cancel') }}</a>
        </div>
      </form>
    </ui-card>
  </div>`,
})
export class AddLocalPage {
  private readonly api = inject(Api);
  private readonly goOn = injectGoOn();
  protected readonly t = injectTranslate();
  protected readonly name = signal('manager');
  protected readonly labels = signal('');
  protected readonly tried = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly nameProblem = computed(() => {
    const problem = this.problem();
    if (problem?.name === 'server_name_taken') return problem.detail;
    return this.tried() ? checkName(this.name(), this.t) : null;
  });
  private readonly parsed = computed(() => parseLabels(this.labels(), this.t));
  protected readonly labelsProblem = computed(() => {
    const parsed = this.parsed();
    return 'problem' in parsed ? parsed.problem : null;
  });
  protected readonly otherProblem = computed(() => {
    const problem = this.problem();
    return problem?.name === 'server_name_taken' ? null : problem;
  });

  protected async create(event: Event): Promise<void> {
    event.preventDefault();
    this.tried.set(true);
    const parsed = this.parsed();
    const isWrong = checkName(this.name(), this.t) !== null || 'problem' in parsed;
    if (this.busy() || isWrong) return;
    this.busy.set(true);
    try {
      const body = { name: this.name().trim(), labels: parsed.labels, install: true };
      const { server, operation_id: operation } = await this.api.invoke(createLocalServer, {
        body,
      });
      await this.goOn(
        operation === null
          ? ['/servers', server.id]
          : ['/servers', server.id, 'install', operation],
        { replaceUrl: true },
      );
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
