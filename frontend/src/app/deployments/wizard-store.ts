import { Injectable, computed, inject, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { applyDeployments } from '../platform/api/generated/fn/deployments/apply-deployments';
import { createDeployments } from '../platform/api/generated/fn/deployments/create-deployments';
import { getDeployment } from '../platform/api/generated/fn/deployments/get-deployment';
import { putDeploymentConfig } from '../platform/api/generated/fn/deployments/put-deployment-config';
import { uninstallDeployment } from '../platform/api/generated/fn/deployments/uninstall-deployment';
import type { DeploymentKind } from '../platform/api/generated/models/deployment-kind';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { injectGoOn } from '../platform/page/go-on';
import { toProblem } from '../platform/problem/parse-problem';
import type { FieldProblem, Problem } from '../platform/problem/problem';
import type { Draft } from '../deployment-form/draft-values';
import { configOf, draftOf } from '../deployment-form/form-draft';
import { WIZARD_STEPS, parallelOf, USUAL_PARALLEL } from './wizard-steps';
import type { WizardStep } from './wizard-steps';

/**
 * A service on its way to servers. The plan is stored on the manager: deployments that were never applied.
 * One for each visit of the wizard.
 */
@Injectable()
export class WizardStore {
  private readonly api = inject(Api);
  private readonly goOn = injectGoOn();
  private readonly drafts = signal<ReadonlyMap<string, Draft>>(new Map());

  readonly step = signal<WizardStep>('kind');
  readonly stepNumber = computed(() => WIZARD_STEPS.indexOf(this.step()));
  readonly kind = signal<DeploymentKind | null>(null);
  readonly serverIds = signal<readonly string[]>([]);
  readonly note = signal('');
  readonly parallel = signal(String(USUAL_PARALLEL));
  readonly stopOnFailure = signal(false);
  /** What is planned on the manager, or worked on. */
  readonly deployments = signal<readonly DeploymentSummary[]>([]);
  readonly busy = signal(false);
  readonly problem = signal<Problem | null>(null);
  /** What the manager refused of the configuration. */
  readonly fieldProblems = signal<readonly FieldProblem[]>([]);
  /** Plans of several servers that were found again: their secrets are known to the manager only. */
  readonly isFinal = computed(
    () => this.step() === 'work' || (this.resumed() && this.deployments().length > 1),
  );
  private readonly resumed = signal(false);
  private readonly typed = signal(false);
  /** Something was entered that is not on the manager yet. */
  readonly hasUnsaved = this.typed.asReadonly();

  readonly draft = computed<Draft>(() => {
    const kind = this.kind();
    return kind ? (this.drafts().get(kind.name) ?? draftOf(kind.form)) : {};
  });

  /** Takes over what somebody entered. */
  enter(draft: Draft): void {
    this.typed.set(true);
    this.setDraft(draft);
  }

  goTo(step: WizardStep): void {
    this.problem.set(null);
    this.fieldProblems.set([]);
    this.step.set(step);
  }

  /** Stores what was entered as the plan of every server. */
  async plan(): Promise<void> {
    await this.asking(async () => {
      const kind = this.kind();
      if (!kind) return;
      const [draft, step] = [this.draft(), this.step()];
      await this.dropUnwanted(kind.name);
      await this.store(kind, draft);
      await this.remember();
      // What is applied is what was looked at: what was entered since is not planned yet.
      if (this.draft() !== draft) return;
      this.typed.set(false);
      if (this.step() === step) this.goTo('plan');
    });
    const problem = this.problem();
    if (problem?.name !== 'invalid_request') return;
    this.fieldProblems.set(problem.fields);
    if (problem.fields.length > 0) this.problem.set(null);
  }

  /** Applies the plan on every server. */
  async apply(): Promise<void> {
    await this.asking(async () => {
      const { deployments } = await this.api.invoke(applyDeployments, {
        body: {
          deployment_ids: this.deployments().map(({ id }) => id),
          limit_parallel: parallelOf(this.parallel()),
          stop_on_failure: this.stopOnFailure(),
        },
      });
      this.deployments.set(deployments);
      this.goTo('work');
    });
  }

  /** Forgets the plan. True when nothing of it is left. */
  async discard(): Promise<boolean> {
    await this.asking(async () => {
      await this.forget(this.deployments());
      await this.goOn([], { queryParamsHandling: 'preserve', replaceUrl: true });
    });
    return this.problem() === null;
  }

  /** Finds a plan, or work, of this wizard again. */
  async resume(ids: readonly string[], kinds: readonly DeploymentKind[]): Promise<void> {
    await this.asking(async () => {
      const found = await Promise.all(ids.map((id) => this.api.invoke(getDeployment, { id })));
      const [first] = found;
      const kind = kinds.find(({ name }) => name === first?.kind) ?? null;
      if (!first || !kind) return;
      this.kind.set(kind);
      this.serverIds.set(found.map(({ server_id: id }) => id));
      this.setDraft(draftOf(kind.form, first.config));
      this.resumed.set(true);
      this.deployments.set(found);
      const isPlanned = found.every(({ state }) => state === 'planned');
      this.goTo(isPlanned ? 'plan' : 'work');
    });
  }

  private setDraft(draft: Draft): void {
    const name = this.kind()?.name;
    if (name === undefined) return;
    this.drafts.update((drafts) => new Map([...drafts, [name, draft]]));
  }

  /** Plans for servers that are not chosen any more, or of another kind, are forgotten. */
  private async dropUnwanted(kind: string): Promise<void> {
    const wanted = new Set(this.serverIds());
    await this.forget(
      this.deployments().filter(
        (deployment) => deployment.kind !== kind || !wanted.has(deployment.server_id),
      ),
    );
  }

  private async forget(unwanted: readonly DeploymentSummary[]): Promise<void> {
    for (const { id } of unwanted) {
      await unlessGone(this.api.invoke(uninstallDeployment, { id, body: {} }));
      this.deployments.update((known) => known.filter((deployment) => deployment.id !== id));
    }
  }

  private async store({ name, form }: DeploymentKind, draft: Draft): Promise<void> {
    const config = configOf(form, draft);
    const note = this.note().trim() === '' ? {} : { note: this.note().trim() };
    const kept: DeploymentSummary[] = [];
    for (const { id } of this.deployments()) {
      const body = { config, ...note };
      const changed = await unlessGone(this.api.invoke(putDeploymentConfig, { id, body }));
      if (changed) kept.push(changed);
    }
    const planned = new Set(kept.map(({ server_id: id }) => id));
    const serverIds = this.serverIds().filter((id) => !planned.has(id));
    if (serverIds.length === 0) {
      this.deployments.set(kept);
      return;
    }
    const { deployments } = await this.api.invoke(createDeployments, {
      body: { kind: name, server_ids: serverIds, config, ...note },
    });
    this.deployments.set([...kept, ...deployments]);
  }

  /** In the part of the address that is never sent: thousands of servers fit. */
  private async remember(): Promise<void> {
    await this.goOn([], {
      fragment: this.deployments()
        .map(({ id }) => id)
        .join(','),
      queryParamsHandling: 'preserve',
      replaceUrl: true,
    });
  }

  private async asking(work: () => Promise<void>): Promise<void> {
    this.busy.set(true);
    this.problem.set(null);
    this.fieldProblems.set([]);
    try {
      await work();
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}

/** The answer, or null when somebody else has discarded the plan meanwhile. */
async function unlessGone<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (toProblem(error).name === 'deployment_not_found') return null;
    throw error;
  }
}
