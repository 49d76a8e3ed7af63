import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { PlainKey } from '../../i18n/en';
import type { DeploymentDetails } from '../platform/api/generated/models/deployment-details';
import { causeText } from '../platform/i18n/manager-words';
import { injectTranslate } from '../platform/i18n/i18n';
import { layerName, stepTitle } from '../operations/operation-words';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { Notice } from '../ui/notice';
import type { Tone } from '../ui/status';
import { DeploymentActions } from './deployment-actions';
import { DeploymentStore } from './deployment-store';
import { differenceText } from './difference-text';
import { failureText } from './failure-text';
import { hasPending } from './versions';

/** What is said first about a state that is not simply well. */
interface Headline {
  readonly tone: Tone;
  readonly text: string;
}

const HEADLINES: Readonly<Partial<Record<DeploymentDetails['state'], readonly [Tone, PlainKey]>>> =
  {
    planned: ['info', 'deployment.isPlanned'],
    failed: ['bad', 'deployment.isFailed'],
    degraded: ['bad', 'deployment.isDegraded'],
    drifted: ['warn', 'deployment.isDrifted'],
  };

/** Why a deployment is not well, in the words of who found out, and what can be done about it. */
@Component({
  selector: 'app-deployment-cause',
  imports: [Button, CodeBlock, Notice, RouterLink],
  styles: `
    :host:empty {
      display: none;
    }
    .parts {
      display: flex;
      flex-direction: column;
      gap: 8px;
    }
    ul {
      padding-left: 18px;
      list-style: disc;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }
  `,
  template: `@if (headline(); as headline) {
    <ui-notice [tone]="headline.tone">
      <div class="parts">
        <h2>{{ headline.text }}</h2>
        @if (failure(); as failure) {
          <p>
            <strong>{{ failure.where }}</strong><br />{{ failure.reason }}
          </p>
          @if (failure.lines !== '' && !brief()) {
            <p class="small muted">{{ failure.linesOf }}</p>
            <ui-code-block [code]="failure.lines" [label]="failure.linesOf" wrap />
          }
        }
        @if (differences().length > 0) {
          <ul>
            @for (difference of differences(); track $index) {
              <li>
                <code>{{ difference.name }}</code> {{ difference.text }}
              </li>
            }
          </ul>
        }
        @if (store.mayWrite() && store.isFree()) {
          <div class="actions">
            @if (canApply()) {
              <button
                [uiButton]="brief() ? 'secondary' : 'primary'"
                icon="play"
                [busy]="actions.busy() === 'apply'"
                (click)="actions.apply()"
              >
                {{ applyLabel() }}
              </button>
            }
            @if (runningVersion(); as version) {
              <button uiButton icon="undo" (click)="actions.rollBack(version)">
                {{ t('deployment.rollbackTo', { version }) }}
              </button>
            }
            @if (mayLookAtPlan()) {
              <a uiButton icon="eye" routerLink="configuration">{{ t('deployment.lookAtPlan') }}</a>
            }
          </div>
        }
      </div>
    </ui-notice>
  }`,
})
export class DeploymentCause {
  /** Without the words of the service itself: where something else is read. */
  readonly brief = input(false);

  protected readonly store = inject(DeploymentStore);
  protected readonly actions = inject(DeploymentActions);
  protected readonly t = injectTranslate();

  protected readonly headline = computed<Headline | null>(() => {
    const details = this.store.details();
    if (!details || details.busy) return null;
    const known = HEADLINES[details.state];
    if (known) return { tone: known[0], text: this.t(known[1]) };
    const version = details.applied_version ?? 0;
    if (details.state === 'rolled_back') {
      return { tone: 'warn', text: this.t('deployment.isRolledBack', { version }) };
    }
    if (details.error) return { tone: 'warn', text: this.t('deployment.notReached', { version }) };
    if (!hasPending(details)) return null;
    const wanted = details.desired_version;
    return { tone: 'info', text: this.t('deployment.isPending', { version, wanted }) };
  });

  protected readonly failure = computed(() => {
    const error = this.store.details()?.error;
    if (!error) return null;
    const { reason, source, lines } = failureText(causeText(error));
    const type = this.store.operation.operation()?.type ?? '';
    const step = stepTitle(this.t, type, { name: error.step, title: error.step });
    const layer = layerName(this.t, error.layer);
    return {
      where: this.t('operation.failedAt', { step, layer }),
      reason,
      lines,
      linesOf:
        source === null ? this.t('deployment.ownWords') : this.t('deployment.journal', { source }),
    };
  });

  protected readonly differences = computed(() =>
    (this.store.details()?.differences ?? []).map((difference) => ({
      name: difference.name,
      text: differenceText(this.t, difference),
    })),
  );

  /** Applying what is wanted helps, or is worth a try. */
  protected readonly canApply = computed(() => this.headline() !== null);
  protected readonly mayLookAtPlan = computed(() => this.store.details()?.state !== 'failed');
  protected readonly applyLabel = computed(() => {
    const details = this.store.details();
    if (!details) return '';
    const { applied_version: applied, desired_version: version } = details;
    if (applied === version) return this.t('deployment.applyAgain');
    const wasTried = details.state === 'rolled_back' || details.state === 'failed';
    return this.t(wasTried ? 'deployment.tryAgain' : 'deployment.applyVersion', { version });
  });
  /** The version that runs, where something else is wanted: going back to it ends the matter. */
  protected readonly runningVersion = computed(() => {
    const details = this.store.details();
    return details && hasPending(details) ? details.applied_version : null;
  });
}
