import { Component, computed, inject, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { PlaybookVersion } from '../platform/api/generated/models/playbook-version';
import { injectTranslate } from '../platform/i18n/i18n';
import { followOperation } from '../operations/operation-feed';
import { OperationProgress } from '../operations/operation-progress';
import { FleetStore } from '../servers/fleet-store';
import { CodeBlock } from '../ui/code-block';
import type { CodePlace } from '../ui/code-place';
import { Notice } from '../ui/notice';
import { headlineOf, placesOf } from './ansible-message';
import { PlaceList } from './place-list';
import { checkOf } from './version-check';

/** How far the syntax check of a version is: its steps while it goes on, then what Ansible said. */
@Component({
  selector: 'app-check-result',
  imports: [CodeBlock, Notice, OperationProgress, PlaceList, RouterLink],
  styles: `
    :host {
      display: block;
    }
    .head {
      font-weight: 600;
    }
    .said {
      display: block;
      margin-top: 8px;
    }
    summary {
      margin-top: 8px;
      width: fit-content;
    }
    .log {
      margin-top: 8px;
    }
  `,
  template: `@switch (version().state) {
    @case ('checking') {
      <app-operation-progress [feed]="feed" [bare]="true" />
    }
    @case ('usable') {
      @if (check()) {
        <ui-notice tone="ok">
          <p class="head">{{ t('check.usable', { n: version().version }) }}</p>
          <p class="muted">{{ t('check.usableBody', { server: server() }) }}</p>
        </ui-notice>
      }
    }
    @case ('invalid') {
      <ui-notice tone="bad" alert>
        <p class="head">{{ t('check.refused', { n: version().version }) }}</p>
        @if (places().length > 0) {
          <app-place-list [places]="places()" (chosen)="reveal.emit($event)" />
        } @else {
          <p>{{ headline() }}</p>
        }
        <details>
          <summary class="link small">{{ t('check.said') }}</summary>
          <ui-code-block class="said" wrap [code]="message()" [label]="t('check.said')" />
        </details>
        <p class="small log">
          <a class="link" [routerLink]="['/operations', operation()]">{{ t('check.log') }}</a>
        </p>
      </ui-notice>
    }
    @default {
      @if (message() !== '') {
        <ui-notice tone="warn" alert>
          <p class="head">{{ t('check.unfinished', { n: version().version }) }}</p>
          <p>{{ message() }}</p>
          <p class="small log">
            <a class="link" [routerLink]="['/operations', operation()]">{{ t('check.log') }}</a>
          </p>
        </ui-notice>
      }
    }
  }`,
})
export class CheckResult {
  readonly version = input.required<PlaybookVersion>();
  /** A place that Ansible named was chosen, to be looked at. */
  readonly reveal = output<CodePlace>();

  private readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();
  protected readonly check = computed(() => checkOf(this.version()));
  protected readonly operation = computed(() => this.check()?.operation_id ?? null);
  protected readonly feed = followOperation(
    computed(() => (this.version().state === 'checking' ? this.operation() : null)),
  );
  protected readonly message = computed(() => this.check()?.message ?? '');
  protected readonly headline = computed(() => headlineOf(this.message()));
  protected readonly places = computed(() => placesOf(this.message()));
  protected readonly server = computed(() => {
    this.fleet.revision();
    const id = this.check()?.server_id ?? '';
    return this.fleet.server(id)?.().name ?? this.t('check.goneServer');
  });
}
