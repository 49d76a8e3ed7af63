import {
  Component,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { checkPlaybookVersion } from '../platform/api/generated/fn/playbooks/check-playbook-version';
import { getPlaybook } from '../platform/api/generated/fn/playbooks/get-playbook';
import { getPlaybookVersion } from '../platform/api/generated/fn/playbooks/get-playbook-version';
import type { PlaybookDetails } from '../platform/api/generated/models/playbook-details';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectGoOn } from '../platform/page/go-on';
import { PageTitle } from '../platform/page/page-title';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { CodeEditor } from '../ui/code-editor';
import type { CodeDiagnostic, CodePlace } from '../ui/code-place';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Field, Input } from '../ui/field';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { Skeleton } from '../ui/skeleton';
import { PLAYBOOK_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Toasts } from '../ui/toasts';
import { guardTab } from '../ui/unsaved-changes';
import type { MayHaveUnsaved } from '../ui/unsaved-changes';
import { placesOf, placesOfRefusal } from './ansible-message';
import { CheckResult } from './check-result';
import { PlaceList } from './place-list';
import { PlaybookDraft } from './playbook-draft';
import { followPlaybook } from './playbook-feed';
import { ServerChoice } from './server-choice';
import { checkOf } from './version-check';
import { VariablesEditor } from './variables-editor';

/** Problems that are shown at what they are about. */
const SHOWN_ELSEWHERE = ['invalid_playbook', 'playbook_name_taken'];

/** Writes a playbook: a new one, a copy (`from`), or the next version of one; and has it read by Ansible. */
@Component({
  selector: 'app-playbook-editor-page',
  imports: [
    Button,
    Card,
    CheckResult,
    CodeEditor,
    EmptyState,
    ErrorState,
    Field,
    Input,
    Notice,
    PageHeader,
    PlaceList,
    RouterLink,
    ServerChoice,
    Skeleton,
    StatusBadge,
    VariablesEditor,
  ],
  providers: [PlaybookDraft],
  templateUrl: './playbook-editor-page.html',
  styleUrl: './playbook-editor-page.css',
})
export class PlaybookEditorPage implements MayHaveUnsaved {
  /** Absent for a new one. */
  readonly id = input<string>();
  /** Id of the playbook to copy. */
  readonly from = input<string>();
  /** Number of the version whose text to begin with. */
  readonly version = input<string>();

  private readonly api = inject(Api);
  private readonly goOn = injectGoOn();
  private readonly toasts = inject(Toasts);
  protected readonly draft = inject(PlaybookDraft);
  protected readonly t = injectTranslate();
  protected readonly looks = PLAYBOOK_STATUS;
  private readonly editor = viewChild(CodeEditor);
  private readonly saved = followPlaybook(computed(() => this.id() ?? null));

  protected readonly server = signal<string | null>(null);
  protected readonly isTried = signal(false);
  protected readonly busy = signal<'save' | 'check' | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly isReady = signal(false);
  /** The newest version that somebody else saved while this one is edited. */
  protected readonly newer = signal<number | null>(null);
  private readonly copyProblem = signal<Problem | null>(null);

  readonly hasUnsaved = this.draft.hasUnsaved;
  protected readonly needsSaving = computed(() => this.id() === undefined || this.hasUnsaved());
  protected readonly latest = computed(() => this.saved.value()?.latest ?? null);
  protected readonly isGone = computed(() => this.loadProblem()?.name === 'playbook_not_found');
  protected readonly loadProblem = computed(() => this.copyProblem() ?? this.saved.problem());
  protected readonly canCheck = computed(() => {
    const state = this.latest()?.state;
    const isOpen = state === 'draft' || state === 'invalid';
    return this.server() !== null && (this.needsSaving() || isOpen);
  });
  protected readonly checkedOn = computed(() => checkOf(this.latest())?.server_id ?? null);
  protected readonly heading = computed(() =>
    this.id() === undefined ? this.t('playbooks.new') : (this.saved.value()?.name ?? ''),
  );
  protected readonly back = computed(() => {
    const id = this.id();
    return id === undefined ? ['/playbooks'] : ['/playbooks', id];
  });
  protected readonly backKey = computed(() =>
    this.id() === undefined ? ('ui.cancel' as const) : ('playbook.done' as const),
  );
  protected readonly nameProblem = computed(() => {
    if (this.problem()?.name === 'playbook_name_taken') return this.t('playbook.nameTaken');
    return this.isTried() && this.draft.isNameWrong() ? this.t('playbook.nameWrong') : null;
  });
  protected readonly otherProblem = computed(() => {
    const problem = this.problem();
    return problem && !SHOWN_ELSEWHERE.includes(problem.name) ? problem : null;
  });
  /** What the manager refused to save, by place. */
  protected readonly refused = computed(() => {
    const problem = this.problem();
    return problem?.name === 'invalid_playbook' ? placesOfRefusal(problem.errors) : [];
  });
  /** What Ansible refused last, by place; of one check one list, so that its marks move with the text. */
  private readonly checked = linkedSignal({
    source: () => this.latest(),
    computation: (latest, previous?: { source: unknown; value: readonly CodeDiagnostic[] }) => {
      const message = latest?.state === 'invalid' ? (checkOf(latest)?.message ?? '') : '';
      const places = placesOf(message);
      const before = previous?.value ?? [];
      return JSON.stringify(before) === JSON.stringify(places) ? before : places;
    },
  });
  protected readonly places = computed(() =>
    this.refused().length > 0 ? this.refused() : this.checked(),
  );

  constructor() {
    const title = inject(PageTitle);
    guardTab(this.hasUnsaved);
    effect(() => {
      const details = this.saved.value();
      if (!details) return;
      title.nameSubject(`/playbooks/${details.id}`, details.name);
      untracked(() => {
        this.receive(details);
      });
    });
    effect(() => {
      if (this.id() !== undefined) return;
      const from = this.from();
      untracked(() => void this.begin(from));
    });
  }

  protected reload(): void {
    if (this.id() === undefined) void this.begin(this.from());
    else void this.saved.reload();
  }

  protected reveal(place: CodePlace): void {
    this.editor()?.reveal(place);
  }

  /** Gives up what was typed for what somebody else saved. */
  protected takeNewer(): void {
    const details = this.saved.value();
    if (details) this.draft.load(details);
    this.newer.set(null);
    this.problem.set(null);
  }

  protected async save(check: boolean): Promise<void> {
    if (this.busy() !== null) return;
    this.isTried.set(true);
    this.problem.set(null);
    if (this.draft.isWrong()) return;
    this.busy.set(check ? 'check' : 'save');
    try {
      const saved = this.needsSaving() ? await this.draft.save() : this.saved.value();
      if (saved) await this.proceed(saved, check);
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(null);
    }
  }

  /** After everything is saved: has it checked, and stays with what is now a playbook of its own. */
  private async proceed(saved: PlaybookDetails, check: boolean): Promise<void> {
    const server = this.server();
    this.isTried.set(false);
    if (!check) this.toasts.show(this.t('playbook.saved', { n: saved.latest_version }));
    try {
      if (check && server !== null && saved.latest_state !== 'usable') {
        await this.api.invoke(checkPlaybookVersion, {
          id: saved.id,
          version: saved.latest_version,
          body: { server_id: server },
        });
      }
    } finally {
      // The playbook is there, whatever became of its check.
      if (this.id() === undefined) {
        await this.goOn(['/playbooks', saved.id, 'edit'], { replaceUrl: true });
      } else {
        await this.saved.reload();
      }
    }
  }

  private receive(details: PlaybookDetails): void {
    if (!this.isReady()) {
      this.draft.load(details);
      void this.takeWanted(details);
      return;
    }
    if (details.latest_version <= this.draft.baseVersion()) return;
    if (this.hasUnsaved() || this.busy() !== null) {
      if (this.busy() === null) this.newer.set(details.latest_version);
      return;
    }
    this.draft.load(details);
  }

  /** Puts in the text of an earlier version, to be saved as the newest one. */
  private async takeWanted(details: PlaybookDetails): Promise<void> {
    const version = Number(this.version());
    try {
      if (Number.isInteger(version) && version > 0 && version !== details.latest_version) {
        this.draft.take(await this.api.invoke(getPlaybookVersion, { id: details.id, version }));
      }
    } catch (error) {
      this.problem.set(toProblem(error));
    }
    this.isReady.set(true);
  }

  private async begin(from: string | undefined): Promise<void> {
    this.copyProblem.set(null);
    try {
      if (from !== undefined) {
        const details = await this.api.invoke(getPlaybook, { id: from });
        this.draft.copy(details, details.latest);
      }
      this.isReady.set(true);
    } catch (error) {
      this.copyProblem.set(toProblem(error));
    }
  }
}
