import {
  Component,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  resource,
  signal,
  untracked,
} from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { Router, RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { createPlaybookRun } from '../platform/api/generated/fn/playbooks/create-playbook-run';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectGoOn } from '../platform/page/go-on';
import { PageTitle } from '../platform/page/page-title';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Formats } from '../platform/time/formats';
import { FleetStore } from '../servers/fleet-store';
import { chosenServers, labelRecord, labelledServers } from '../commands/run-targets';
import type { TargetKind } from '../commands/run-targets';
import { TargetPicker } from '../commands/target-picker';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { Skeleton } from '../ui/skeleton';
import {
  EMPTY_RUN,
  USUAL_PARALLEL,
  askedVariables,
  checkRun,
  draftOfRun,
  refusedFields,
  requestOfRun,
} from './run-draft';
import type { RunChecks, RunDraft, RunOption } from './run-draft';
import { RunOptions } from './run-options';
import { loadSubject } from './run-subject';
import type { RunSubject } from './run-subject';
import { namesOf } from './run-words';
import { VariableField } from './variable-field';

type Many = string | readonly string[] | undefined;

/**
 * Runs a playbook: where, with which values, as a preview or for real, and a sentence that says what will
 * happen. The address can say where (`servers`, `label`) and what to start from (`from`, and `real` to run a preview
 * for real).
 */
@Component({
  selector: 'app-run-form-page',
  imports: [
    Button,
    Card,
    EmptyState,
    ErrorState,
    Notice,
    PageHeader,
    RouterLink,
    RunOptions,
    Skeleton,
    TargetPicker,
    VariableField,
  ],
  templateUrl: './run-form-page.html',
  styleUrl: './run-form-page.css',
})
export class RunFormPage {
  readonly id = input.required<string>();
  readonly servers = input<Many>();
  readonly label = input<Many>();
  readonly from = input<string>();
  readonly real = input<string>();
  readonly version = input<string>();

  private readonly api = inject(Api);
  private readonly document = inject(DOCUMENT);
  private readonly formats = inject(Formats);
  private readonly router = inject(Router);
  private readonly goOn = injectGoOn();
  protected readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly noTarget = signal(false);
  protected readonly tried = signal(false);

  protected readonly subject = resource({
    params: () => {
      const version = /^[1-9]\d{0,8}$/.test(this.version() ?? '') ? Number(this.version()) : null;
      return { id: this.id(), from: this.from(), version };
    },
    loader: ({ params }) => loadSubject(this.api, params),
  });
  private readonly known = computed(() => (this.subject.hasValue() ? this.subject.value() : null));
  protected readonly earlier = computed(() => this.known()?.earlier ?? null);
  private readonly declared = computed(() => this.known()?.version?.variables ?? []);
  protected readonly variables = computed(() => askedVariables(this.declared(), this.earlier()));
  protected readonly hasSecrets = computed(() => this.variables().some(({ secret }) => secret));

  protected readonly draft = linkedSignal<RunDraft>(() => {
    const earlier = this.earlier();
    if (earlier === null) return EMPTY_RUN;
    const draft = draftOfRun(earlier, this.declared());
    return this.real() === undefined ? draft : { ...draft, preview: false };
  });
  protected readonly kind = linkedSignal<TargetKind>(() =>
    this.earlier()?.selector.labels || manyOf(this.label()).length > 0 ? 'labels' : 'servers',
  );
  protected readonly ids = linkedSignal<ReadonlySet<string>>(
    () =>
      new Set(
        this.earlier()?.selector.server_ids ??
          manyOf(this.servers()).flatMap((text) => text.split(',')),
      ),
  );
  protected readonly labels = linkedSignal<ReadonlySet<string>>(() => {
    const labels = this.earlier()?.selector.labels;
    if (labels) return new Set(Object.entries(labels).map(([key, value]) => `${key}=${value}`));
    return new Set(manyOf(this.label()).filter((text) => text.includes('=')));
  });
  protected readonly all = computed(() => {
    this.fleet.revision();
    return untracked(() => this.fleet.ids().flatMap((id) => this.fleet.server(id)?.() ?? []));
  });
  protected readonly targets = computed(() =>
    this.kind() === 'labels'
      ? labelledServers(this.all(), this.labels())
      : chosenServers(this.all(), this.ids()),
  );
  private readonly found = computed(() => checkRun(this.draft(), this.variables(), this.t));
  /** What the manager refused stays until something is changed. */
  private readonly refused = linkedSignal<RunChecks | null>(() => {
    const problem = this.problem();
    return problem === null ? null : refusedFields(problem);
  });
  protected readonly hasProblems = computed(() => {
    const { variables, options } = this.found();
    return [...Object.values(variables), ...Object.values(options)].some((text) => text !== null);
  });
  protected readonly optionProblems = computed<Readonly<Record<RunOption, string | null>>>(() => {
    const [found, refused] = [this.found().options, this.refused()?.options];
    const names = Object.keys(found) as RunOption[];
    return Object.fromEntries(
      names.map((name) => [name, found[name] ?? refused?.[name] ?? null]),
    ) as Record<RunOption, string | null>;
  });
  protected readonly action = computed(() => {
    const n = this.targets().servers.length;
    const { preview } = this.draft();
    if (n === 0) return this.t(preview ? 'runPlaybook.preview' : 'run.action');
    return this.t(preview ? 'runPlaybook.previewOn' : 'runPlaybook.runOn', { n });
  });
  /** What will happen, sentence by sentence. */
  protected readonly review = computed(() => {
    const { servers } = this.targets();
    const { preview, parallel, timeout, stopOnFailure } = this.draft();
    if (servers.length === 0) return [this.t('commands.nowhere')];
    const names = this.named(servers);
    const playbook = this.known()?.title ?? '';
    const key = preview ? 'runPlaybook.willPreview' : 'runPlaybook.willRun';
    const atATime = parallel.trim() === '' ? USUAL_PARALLEL : Number(parallel);
    const seconds = Number(timeout);
    return [
      this.t(key, { playbook, names, n: servers.length }),
      ...(servers.length > atATime ? [this.t('runPlaybook.atATime', { n: atATime })] : []),
      ...(servers.length > 1
        ? [this.t(stopOnFailure ? 'runPlaybook.stops' : 'runPlaybook.goesOn')]
        : []),
      ...(seconds > 0
        ? [this.t('runPlaybook.endsAfter', { time: this.formats.duration(seconds * 1000) })]
        : []),
      this.t('runPlaybook.installsAnsible'),
    ];
  });

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      const subject = this.known();
      if (!subject) return;
      title.nameSubject(this.router.url, this.t('runPlaybook.title', { playbook: subject.title }));
    });
    effect(() => {
      if (this.targets().servers.length > 0) this.noTarget.set(false);
    });
  }

  /** A missing value is not pointed at before somebody tried to go on; a wrong one is. */
  protected problemOf(name: string): string | null {
    const isTyped = (this.draft().values[name] ?? '') !== '';
    const found = this.tried() || isTyped ? this.found().variables[name] : null;
    return found ?? this.refused()?.variables[name] ?? null;
  }

  protected valueOf(name: string): string {
    return this.draft().values[name] ?? '';
  }

  protected setValue(name: string, value: string): void {
    this.change({ values: { ...this.draft().values, [name]: value } });
  }

  protected change(changes: Partial<RunDraft>): void {
    this.draft.update((draft) => ({ ...draft, ...changes }));
    this.refused.set(null);
  }

  protected named(servers: readonly { readonly name: string }[]): string {
    return namesOf(servers, (n) => this.t('commands.andMore', { n }));
  }

  protected async submit(event: Event): Promise<void> {
    event.preventDefault();
    const subject = this.known();
    if (this.busy() || !subject?.version) return;
    this.tried.set(true);
    this.noTarget.set(this.targets().servers.length === 0);
    if (this.noTarget() || this.hasProblems()) {
      this.focusFirstProblem(event.target);
      return;
    }
    await this.start(subject, event.target);
  }

  private async start({ id, isOwn, version }: RunSubject, form: EventTarget | null): Promise<void> {
    this.busy.set(true);
    this.problem.set(null);
    const where =
      this.kind() === 'labels'
        ? { labels: labelRecord(this.labels()) }
        : { server_ids: this.targets().servers.map(({ id: serverId }) => serverId) };
    const body = {
      playbook: id,
      ...(isOwn && version ? { version: version.version } : {}),
      ...requestOfRun(this.draft(), this.variables(), this.undeclared()),
      ...where,
    };
    try {
      // Sent again by a retry of the browser it is still one run.
      const run = await this.api.invoke(createPlaybookRun, {
        body,
        'Idempotency-Key': crypto.randomUUID(),
      });
      await this.goOn(['/playbook-runs', run.id]);
    } catch (error) {
      this.problem.set(toProblem(error));
      this.focusFirstProblem(form);
    } finally {
      this.busy.set(false);
    }
  }

  /** Names of secrets that the playbook itself does not call so. */
  private undeclared(): readonly string[] {
    return this.variables()
      .slice(this.declared().length)
      .map(({ name }) => name);
  }

  private focusFirstProblem(target: EventTarget | null): void {
    const root = target instanceof Element ? target.closest('form') : null;
    this.document.defaultView?.requestAnimationFrame(() => {
      root?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    });
  }
}

function manyOf(value: Many): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
