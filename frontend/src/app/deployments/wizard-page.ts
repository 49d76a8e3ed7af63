import type { ElementRef } from '@angular/core';
import {
  Component,
  afterRenderEffect,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  resource,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import type { PlainKey } from '../../i18n/en';
import { Api } from '../platform/api/generated/api';
import { listDeploymentKinds } from '../platform/api/generated/fn/deployments/list-deployment-kinds';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectLocalize } from '../platform/i18n/localized';
import { chosenServers, labelledServers } from '../commands/run-targets';
import type { TargetKind } from '../commands/run-targets';
import { DeploymentForm } from '../deployment-form/deployment-form';
import { FleetStore } from '../servers/fleet-store';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { CheckField } from '../ui/check-field';
import { Definition, DefinitionList } from '../ui/definition-list';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Field, Input } from '../ui/field';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { RadioCards } from '../ui/radio-cards';
import type { RadioChoice } from '../ui/radio-cards';
import { Skeleton } from '../ui/skeleton';
import { StepBar } from '../ui/step-bar';
import { Toasts } from '../ui/toasts';
import { guardTab } from '../ui/unsaved-changes';
import type { MayHaveUnsaved } from '../ui/unsaved-changes';
import { eligibility } from './eligible-servers';
import { deploymentsOfKind } from './kind-deployments';
import { PlannedServer } from './planned-server';
import { RolloutStep } from './rollout-step';
import { ServersStep } from './servers-step';
import { WIZARD_STEPS, deploymentIdsIn } from './wizard-steps';
import type { WizardStep } from './wizard-steps';
import { WizardStore } from './wizard-store';

/** Names listed in the summary. */
const NAMED = 6;

/** Servers whose plans are made without being asked for. */
const EAGER = 10;

/** Puts a service on servers: which, where, how, what exactly that means, and then live. */
@Component({
  selector: 'app-wizard-page',
  imports: [
    Button,
    Card,
    CheckField,
    Definition,
    DefinitionList,
    DeploymentForm,
    EmptyState,
    ErrorState,
    Field,
    Input,
    Notice,
    PageHeader,
    PlannedServer,
    RadioCards,
    RolloutStep,
    RouterLink,
    ServersStep,
    Skeleton,
    StepBar,
  ],
  providers: [WizardStore],
  templateUrl: './wizard-page.html',
  styleUrl: './wizard-page.css',
})
export class WizardPage implements MayHaveUnsaved {
  readonly kind = input<string>();
  readonly server = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  protected readonly fleet = inject(FleetStore);
  protected readonly store = inject(WizardStore);
  protected readonly t = injectTranslate();
  protected readonly words = injectLocalize();
  readonly hasUnsaved = this.store.hasUnsaved;
  protected readonly eager = EAGER;
  private readonly form = viewChild(DeploymentForm);
  private readonly heading = viewChild<ElementRef<HTMLElement>>('heading');
  private shownStep: WizardStep | null = null;
  private readonly found = deploymentIdsIn(inject(ActivatedRoute).snapshot.fragment);
  /** What the address speaks of is looked for. */
  protected readonly resuming = signal(this.found.length > 0);

  protected readonly isGone = computed(
    () => this.found.length > 0 && this.store.problem()?.name === 'deployment_not_found',
  );

  protected readonly kinds = resource({
    loader: async () => (await this.api.invoke(listDeploymentKinds)).items,
  });
  protected readonly existing = resource({
    params: () => this.store.kind()?.name,
    loader: ({ params }) => deploymentsOfKind(this.api, params),
  });
  protected readonly kindTitle = computed(() => {
    const kind = this.store.kind();
    return kind ? this.words(kind.title) : '';
  });
  protected readonly choices = computed<readonly RadioChoice[]>(() =>
    (this.kinds.hasValue() ? this.kinds.value() : []).map(({ name, title, summary }) => ({
      value: name,
      label: this.words(title),
      hint: this.words(summary),
      icon: 'box' as const,
    })),
  );
  protected readonly steps = computed(() =>
    WIZARD_STEPS.map((value) => ({ value, label: this.t(`wizard.${value}`) })),
  );
  protected readonly title = computed(() => {
    const step = this.store.step();
    if (step === 'work') return '';
    if (step === 'kind' || step === 'plan') return this.t(PLAIN_TITLES[step]);
    return this.t(step === 'servers' ? 'wizard.serversTitle' : 'wizard.configTitle', {
      kind: this.kindTitle(),
    });
  });

  protected readonly how = signal<TargetKind>('servers');
  protected readonly ids = linkedSignal<ReadonlySet<string>>(
    () => new Set((this.server() ?? '').split(',').filter((id) => id !== '')),
  );
  protected readonly labels = signal<ReadonlySet<string>>(new Set());
  private readonly all = computed(() => {
    this.fleet.revision();
    return untracked(() => this.fleet.ids().flatMap((id) => this.fleet.server(id)?.() ?? []));
  });
  /** Whether it is known which servers there are and which of them have the service already. */
  protected readonly knowsServers = computed(
    () => this.fleet.fetchedAt() > 0 && this.existing.hasValue(),
  );
  protected readonly hasServers = computed(() => this.all().length > 0);
  protected readonly servers = computed(() => {
    const mine = new Set(this.store.deployments().map(({ id }) => id));
    const existing = this.existing.hasValue() ? this.existing.value() : [];
    return eligibility(
      this.all(),
      existing.filter(({ id }) => !mine.has(id)),
    );
  });
  protected readonly chosen = computed(() => {
    const { eligible } = this.servers();
    const targets =
      this.how() === 'labels'
        ? labelledServers(eligible, this.labels())
        : chosenServers(eligible, this.ids());
    return targets.servers;
  });
  protected readonly summary = computed(() => {
    const servers = this.chosen();
    if (servers.length === 0) return this.t('commands.nowhere');
    const names = servers.slice(0, NAMED).map(({ name }) => name);
    const more = servers.length - names.length;
    const all = more > 0 ? [...names, this.t('commands.andMore', { n: more })] : names;
    return this.t('wizard.onServers', { n: servers.length, names: all.join(', ') });
  });
  /** Somebody tried to go on without what the step asks for. */
  protected readonly missing = signal<PlainKey | null>(null);
  protected readonly nextLabel = computed(() => {
    const step = this.store.step();
    if (step === 'config') return this.t('wizard.toPlan');
    if (step !== 'plan') return this.t('ui.next');
    return this.t('wizard.applyOn', { n: this.store.deployments().length });
  });

  constructor() {
    guardTab(this.hasUnsaved);
    effect(() => {
      const kinds = this.kinds.hasValue() ? this.kinds.value() : null;
      if (kinds === null) return;
      untracked(() => void this.begin());
    });
    effect(() => {
      if (this.store.kind() !== null || this.chosen().length > 0) this.missing.set(null);
    });
    // Each step starts at its heading, for keys and screen readers; not the page itself.
    afterRenderEffect(() => {
      const step = this.store.step();
      const isFirst = this.shownStep === null;
      if (step === this.shownStep) return;
      this.shownStep = step;
      if (!isFirst) this.heading()?.nativeElement.focus();
    });
  }

  protected choose(name: string): void {
    const kinds = this.kinds.hasValue() ? this.kinds.value() : [];
    this.store.kind.set(kinds.find((kind) => kind.name === name) ?? null);
  }

  protected next(event: Event): void {
    event.preventDefault();
    if (this.store.busy()) return;
    this.missing.set(null);
    switch (this.store.step()) {
      case 'kind':
        this.leaveKind();
        break;
      case 'servers':
        this.leaveServers();
        break;
      case 'config':
        if (this.form()?.check() === true) void this.store.plan();
        break;
      case 'plan':
        void this.store.apply();
        break;
      case 'work':
        break;
    }
  }

  protected back(): void {
    this.store.goTo(WIZARD_STEPS[this.store.stepNumber() - 1] ?? 'kind');
  }

  protected async discard(): Promise<void> {
    if (!(await this.store.discard())) return;
    this.toasts.show(this.t('wizard.discarded'));
    await this.router.navigateByUrl('/deployments');
  }

  /** Begins anew, with another component: nothing of what was entered is left. */
  protected async another(): Promise<void> {
    await this.router.navigateByUrl('/deployments', { skipLocationChange: true });
    await this.router.navigateByUrl('/deployments/new');
  }

  /** What the address asks for: a plan that is there already, or a kind that is chosen already. */
  private async begin(): Promise<void> {
    const kinds = this.kinds.hasValue() ? this.kinds.value() : [];
    if (this.found.length > 0) {
      await this.store.resume(this.found, kinds);
      this.ids.set(new Set(this.store.serverIds()));
      this.resuming.set(false);
      return;
    }
    const wanted = this.kind();
    if (wanted === undefined || this.store.kind() !== null) return;
    this.choose(wanted);
    if (this.store.kind() !== null) this.store.goTo('servers');
  }

  private leaveKind(): void {
    if (this.store.kind() === null) this.missing.set('wizard.chooseKind');
    else this.store.goTo('servers');
  }

  private leaveServers(): void {
    const ids = this.chosen().map(({ id }) => id);
    if (ids.length === 0) {
      this.missing.set('wizard.chooseServers');
      return;
    }
    this.store.serverIds.set(ids);
    this.store.goTo('config');
  }
}

const PLAIN_TITLES = {
  kind: 'wizard.kindTitle',
  plan: 'wizard.planTitle',
} as const satisfies Readonly<Record<'kind' | 'plan', PlainKey>>;
