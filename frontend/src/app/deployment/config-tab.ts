import { Component, computed, effect, inject, signal, untracked, viewChild } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { applyDeployment } from '../platform/api/generated/fn/deployments/apply-deployment';
import { planDeployment } from '../platform/api/generated/fn/deployments/plan-deployment';
import { putDeploymentConfig } from '../platform/api/generated/fn/deployments/put-deployment-config';
import type { DeploymentPlan } from '../platform/api/generated/models/deployment-plan';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectGoOn } from '../platform/page/go-on';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { PlanView } from '../deployments/plan-view';
import { DiffCountsView, DiffView } from '../ui/diff-view';
import { DeploymentForm } from '../deployment-form/deployment-form';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { CodeEditor } from '../ui/code-editor';
import { ErrorState } from '../ui/error-state';
import { Field, Input } from '../ui/field';
import { Notice } from '../ui/notice';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import { Toasts } from '../ui/toasts';
import { guardTab } from '../ui/unsaved-changes';
import type { MayHaveUnsaved } from '../ui/unsaved-changes';
import { ConfigDraft } from './config-draft';
import type { ConfigMode } from './config-draft';
import { DeploymentStore } from './deployment-store';
import { KindCatalog } from './kind-catalog';

/**
 * The configuration: entered into the kind's form or as JSON, looked at as a plan with its diffs, and only then
 * stored and applied.
 */
@Component({
  selector: 'app-deployment-config-tab',
  imports: [
    Button,
    Card,
    CodeEditor,
    DeploymentForm,
    DiffCountsView,
    DiffView,
    ErrorState,
    Field,
    Input,
    Notice,
    PlanView,
    Segmented,
    Skeleton,
  ],
  providers: [ConfigDraft],
  templateUrl: './config-tab.html',
  styleUrl: './config-tab.css',
})
export class DeploymentConfigTab implements MayHaveUnsaved {
  private readonly api = inject(Api);
  private readonly kinds = inject(KindCatalog);
  private readonly goOn = injectGoOn();
  private readonly toasts = inject(Toasts);
  protected readonly config = inject(ConfigDraft);
  protected readonly store = inject(DeploymentStore);
  protected readonly t = injectTranslate();
  private readonly form = viewChild(DeploymentForm);

  protected readonly busy = signal<'plan' | 'store' | 'apply' | null>(null);
  protected readonly plan = signal<DeploymentPlan | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly note = signal('');

  protected readonly kind = computed(() => this.kinds.kind(this.store.details()?.kind ?? ''));
  protected readonly servers = computed(() => {
    const details = this.store.details();
    return details ? [{ id: details.server_id, name: details.server_name }] : [];
  });
  protected readonly modes = computed<readonly Segment<ConfigMode>[]>(() => [
    { value: 'form', label: this.t('config.form') },
    { value: 'json', label: this.t('config.json') },
  ]);
  /** What the form shows beside its fields. */
  protected readonly fieldProblems = computed(() =>
    this.isAboutFields(this.problem()) ? (this.problem()?.fields ?? []) : [],
  );
  protected readonly otherProblem = computed(() => {
    const problem = this.problem();
    return this.config.mode() === 'form' && this.isAboutFields(problem) ? null : problem;
  });
  protected readonly versionNote = computed(() =>
    this.t('config.versionNote', { version: this.config.version() }),
  );
  protected readonly programChange = computed(() => {
    const plan = this.plan();
    const wanted = plan?.wanted_program_version ?? null;
    const now = plan?.server.program_version ?? null;
    if (wanted === null || now === null || now === wanted) return null;
    return this.t('config.replaces', { now, wanted });
  });
  protected readonly isReadonly = computed(() => !this.store.mayWrite());
  readonly hasUnsaved = computed(() => !this.isReadonly() && this.config.isChanged());

  constructor() {
    guardTab(this.hasUnsaved);
    effect(() => {
      const details = this.store.details();
      const kind = this.kind();
      if (!details || !kind) return;
      untracked(() => {
        this.config.offer(kind.form, details.config, details.desired_version);
      });
    });
  }

  /** Begins anew with what is stored. */
  protected discard(): void {
    const details = this.store.details();
    const kind = this.kind();
    if (!details || !kind) return;
    this.problem.set(null);
    this.plan.set(null);
    this.config.begin(kind.form, details.config, details.desired_version);
  }

  protected async review(): Promise<void> {
    this.problem.set(null);
    if (this.form()?.check() === false) return;
    const config = this.config.entered();
    if (config === null) return;
    await this.ask('plan', async (id) => {
      const plan = await this.api.invoke(planDeployment, { id, body: { config } });
      // What is applied is what was looked at: of something else there is another plan.
      if (JSON.stringify(this.config.entered()) === JSON.stringify(config)) this.plan.set(plan);
    });
  }

  protected back(): void {
    this.problem.set(null);
    this.plan.set(null);
  }

  /** Stores what was looked at; nothing on the server changes. */
  protected async storeOnly(): Promise<void> {
    const isStored = await this.ask('store', (id) => this.put(id));
    if (!isStored) return;
    this.toasts.show(this.t('config.stored'));
    await this.goOn(['/deployments', this.store.id(), 'overview']);
  }

  /** Stores what was looked at and applies it; the steps are shown on the first tab. */
  protected async apply(): Promise<void> {
    const isAccepted = await this.ask('apply', async (id) => {
      await this.put(id);
      const { operation_id: operation } = await this.api.invoke(applyDeployment, { id });
      await this.store.follow(operation);
    });
    if (isAccepted) await this.goOn(['/deployments', this.store.id(), 'overview']);
  }

  private async put(id: string): Promise<void> {
    const config = this.config.entered();
    if (config === null) return;
    const note = this.note().trim();
    const details = await this.api.invoke(putDeploymentConfig, {
      id,
      body: {
        config,
        expected_version: this.config.version(),
        ...(note === '' ? {} : { note }),
      },
    });
    this.config.stored(config, details.desired_version);
    this.store.resource.set(details);
  }

  private async ask(
    what: 'plan' | 'store' | 'apply',
    send: (id: string) => Promise<void>,
  ): Promise<boolean> {
    if (this.busy() !== null) return false;
    this.busy.set(what);
    this.problem.set(null);
    try {
      await send(this.store.id());
      return true;
    } catch (error) {
      const problem = toProblem(error);
      // What the manager refuses is mended where it was entered.
      if (this.isAboutFields(problem)) this.plan.set(null);
      this.problem.set(problem);
      return false;
    } finally {
      this.busy.set(null);
    }
  }

  private isAboutFields(problem: Problem | null): boolean {
    return problem !== null && problem.fields.length > 0;
  }
}
