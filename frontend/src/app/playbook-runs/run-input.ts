import { Component, computed, inject, input, signal } from '@angular/core';
import type { PlaybookRun } from '../platform/api/generated/models/playbook-run';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';

/** What a run was started with, behind a disclosure. Of secrets only the names are known. */
@Component({
  selector: 'app-playbook-run-input',
  imports: [Button, CodeBlock],
  styles: `
    :host {
      display: contents;
    }
    .input-shown {
      display: flex;
      flex-direction: column;
      flex-basis: 100%;
      gap: 6px;
      min-width: 0;
    }
  `,
  template: `<button
      uiButton="ghost"
      size="small"
      [icon]="isOpen() ? 'chevron-down' : 'chevron-right'"
      [attr.aria-expanded]="isOpen()"
      (click)="isOpen.set(!isOpen())"
    >
      {{ t(isOpen() ? 'playbookRun.hideInput' : 'playbookRun.showInput') }}
    </button>
    @if (isOpen()) {
      <div class="input-shown">
        <p class="small muted number">{{ options() }}</p>
        @if (run().secret_vars.length > 0) {
          <p class="small muted">
            {{ t('playbookRun.secretsGiven', { names: run().secret_vars.join(', ') }) }}
          </p>
        }
        <ui-code-block wrap [code]="variables()" [label]="t('playbookRun.input')" />
      </div>
    }`,
})
export class RunInput {
  readonly run = input.required<PlaybookRun>();
  private readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  protected readonly isOpen = signal(false);
  protected readonly variables = computed(() => JSON.stringify(this.run().extra_vars, null, 2));
  protected readonly options = computed(() => {
    const run = this.run();
    return [
      this.t('runPlaybook.atATime', { n: run.limit_parallel }),
      this.t(run.stop_on_failure ? 'runPlaybook.stops' : 'runPlaybook.goesOn'),
      this.t('runPlaybook.endsAfter', { time: this.formats.duration(run.timeout_seconds * 1000) }),
    ].join(' ');
  });
}
