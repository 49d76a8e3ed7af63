import { Component, computed, inject } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import type { AuditEvent } from '../platform/api/generated/models/audit-event';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { CopyButton } from '../ui/copy-button';
import { Definition, DefinitionList } from '../ui/definition-list';
import { DialogFrame } from '../ui/dialog-frame';
import { StatusBadge } from '../ui/status-badge';
import { actionName } from './audit-words';
import { OUTCOME_LOOKS } from './outcome-looks';
import { objectOf } from './audit-export';

/** Everything that is known of one event. */
@Component({
  selector: 'app-audit-dialog',
  imports: [Button, CodeBlock, CopyButton, Definition, DefinitionList, DialogFrame, StatusBadge],
  styles: `
    ui-code-block {
      display: flex;
      margin-top: 12px;
    }
  `,
  template: `<ui-dialog-frame [heading]="title()">
    <ui-definition-list>
      <ui-definition [term]="t('audit.outcome')"
        ><ui-status-badge plain [look]="looks[event.outcome]"
      /></ui-definition>
      <ui-definition [term]="t('audit.at')">{{ formats.dateTime(event.at) }}</ui-definition>
      <ui-definition [term]="t('audit.actor')"
        >{{ event.actor.name }} · {{ event.actor.kind }} · {{ event.actor.role }}</ui-definition
      >
      <ui-definition [term]="t('audit.address')">{{ event.address ?? '–' }}</ui-definition>
      @if (object; as about) {
        <ui-definition [term]="t('audit.object')"
          >{{ about.type }} {{ about.name ?? '' }} <code>{{ about.id }}</code></ui-definition
        >
      }
      <ui-definition [term]="t('audit.number')">{{ event.seq }}</ui-definition>
      <ui-definition [term]="t('ui.correlationId')"
        ><code>{{ event.correlation_id }}</code>
        <ui-copy-button [value]="event.correlation_id" [label]="t('ui.copyCorrelationId')"
      /></ui-definition>
    </ui-definition-list>
    @if (details() !== '{}') {
      <ui-code-block [code]="details()" [label]="t('audit.details')" wrap />
    }
    <ng-container uiDialogActions>
      <button uiButton data-autofocus (click)="ref.close()">{{ t('ui.close') }}</button>
    </ng-container>
  </ui-dialog-frame>`,
})
export class AuditDialog {
  protected readonly event = inject<AuditEvent>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef>(DialogRef);
  protected readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  protected readonly looks = OUTCOME_LOOKS;
  protected readonly object = objectOf(this.event);
  protected readonly title = computed(() => actionName(this.t, this.event.action));
  protected readonly details = computed(() => JSON.stringify(this.event.details, null, 2));
}
