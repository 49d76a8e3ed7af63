import {
  Component,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  resource,
  signal,
  viewChild,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { checkPlaybookVersion } from '../platform/api/generated/fn/playbooks/check-playbook-version';
import { getPlaybookVersion } from '../platform/api/generated/fn/playbooks/get-playbook-version';
import type { PlaybookVersion } from '../platform/api/generated/models/playbook-version';
import { injectTranslate } from '../platform/i18n/i18n';
import { PageTitle } from '../platform/page/page-title';
import { problemText } from '../platform/problem/problem-text';
import { SessionStore } from '../platform/session/session-store';
import { ActionMenu } from '../ui/action-menu';
import type { MenuAction } from '../ui/action-menu';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Chip } from '../ui/chip';
import { CodeEditor } from '../ui/code-editor';
import type { CodeDiagnostic, CodePlace } from '../ui/code-place';
import { CopyButton } from '../ui/copy-button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import { StaleMarker } from '../ui/stale-marker';
import { PLAYBOOK_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Toasts } from '../ui/toasts';
import { placesOf } from './ansible-message';
import { CheckResult } from './check-result';
import { followPlaybook } from './playbook-feed';
import { PlaybookRemoval } from './playbook-removal';
import { RecentRuns } from './recent-runs';
import { ServerChoice } from './server-choice';
import { VariableList } from './variable-list';
import { checkOf } from './version-check';
import { VersionComparison } from './version-comparison';
import { VersionList } from './version-list';

/** What decides which version is shown. */
interface ShownVersion {
  /** Undefined: the latest. */
  readonly wanted: number | undefined;
  readonly latest: PlaybookVersion | null;
  readonly other: PlaybookVersion | null;
}

/** What of a version is on screen. */
type VersionView = 'content' | 'changes';

/** One playbook: what it does, what it takes, every version of it, and how it ran. */
@Component({
  selector: 'app-playbook-page',
  imports: [
    ActionMenu,
    Button,
    Card,
    CheckResult,
    Chip,
    CodeEditor,
    CopyButton,
    EmptyState,
    ErrorState,
    Notice,
    PageHeader,
    RecentRuns,
    RouterLink,
    Segmented,
    ServerChoice,
    Skeleton,
    StaleMarker,
    StatusBadge,
    VariableList,
    VersionComparison,
    VersionList,
  ],
  templateUrl: './playbook-page.html',
  styleUrl: './playbook-page.css',
})
export class PlaybookPage {
  readonly id = input.required<string>();
  /** Number of the version to show, in the address; the latest one without it. */
  readonly version = input<string>();
  /** `changes`, in the address: what the version changes, rather than its text. */
  readonly view = input<string>();
  /** Number of the version it is compared with, in the address; the one before it without it. */
  readonly against = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);
  private readonly removal = inject(PlaybookRemoval);
  protected readonly t = injectTranslate();
  protected readonly looks = PLAYBOOK_STATUS;
  protected readonly feed = followPlaybook(this.id);
  protected readonly server = signal<string | null>(null);
  protected readonly isChecking = signal(false);
  private readonly editor = viewChild(CodeEditor);
  protected readonly views = computed<readonly Segment<VersionView>[]>(() => [
    { value: 'content', label: this.t('comparison.text') },
    { value: 'changes', label: this.t('comparison.changes') },
  ]);

  protected readonly playbook = this.feed.value;
  protected readonly mayRun = computed(() => this.session.can('playbooks:run'));
  protected readonly mayWrite = computed(() => this.session.can('playbooks:write'));
  protected readonly isOwn = computed(() => this.playbook()?.source === 'own');
  protected readonly isGone = computed(() => this.feed.problem()?.name === 'playbook_not_found');
  /** One version alone has nothing to be compared with. */
  protected readonly canCompare = computed(
    () => this.isOwn() && (this.playbook()?.latest_version ?? 1) > 1,
  );
  protected readonly shownView = computed<VersionView>(() =>
    this.view() === 'changes' && this.canCompare() ? 'changes' : 'content',
  );
  protected readonly comparedWith = computed(() => {
    const [against, playbook] = [Number(this.against()), this.playbook()];
    const isThere = playbook && Number.isInteger(against) && against > 0;
    return isThere && against <= playbook.latest_version ? against : null;
  });
  private readonly earlier = computed(() => {
    const [wanted, playbook] = [Number(this.version()), this.playbook()];
    const isEarlier = playbook && Number.isInteger(wanted) && wanted > 0;
    return isEarlier && wanted !== playbook.latest_version ? wanted : undefined;
  });
  /** A version that is not the latest; looked at again with every news of the playbook. */
  protected readonly other = resource({
    params: () => {
      const version = this.earlier();
      const at = this.feed.fetchedAt();
      return version === undefined ? undefined : { id: this.id(), version, at };
    },
    loader: ({ params: { id, version } }) => this.api.invoke(getPlaybookVersion, { id, version }),
  });
  /** What is shown stays while it is fetched again. */
  protected readonly shown = linkedSignal<ShownVersion, PlaybookVersion | null>({
    source: () => ({
      wanted: this.earlier(),
      latest: this.playbook()?.latest ?? null,
      other: this.other.hasValue() ? this.other.value() : null,
    }),
    computation: ({ wanted, latest, other }, previous) => {
      if (wanted === undefined) return latest;
      if (other?.version === wanted) return other;
      const before = previous?.value ?? null;
      return before?.version === wanted ? before : null;
    },
  });
  protected readonly versionProblem = computed(() => this.other.error());
  protected readonly variables = computed(() => this.shown()?.variables ?? []);
  protected readonly places = computed<readonly CodeDiagnostic[]>(() => {
    const version = this.shown();
    return version?.state === 'invalid' ? placesOf(checkOf(version)?.message ?? '') : [];
  });
  protected readonly checkedOn = computed(() => checkOf(this.shown())?.server_id ?? null);
  protected readonly canCheck = computed(() => {
    const state = this.shown()?.state;
    return this.isOwn() && this.mayWrite() && (state === 'draft' || state === 'invalid');
  });
  protected readonly actions = computed<readonly MenuAction[]>(() => [
    {
      label: this.t('playbook.duplicate'),
      icon: 'copy',
      run: () =>
        void this.router.navigate(['/playbooks/new'], { queryParams: { from: this.id() } }),
    },
    {
      label: this.t('playbook.remove'),
      icon: 'trash',
      danger: true,
      separated: true,
      run: () => void this.remove(),
    },
  ]);

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      const playbook = this.playbook();
      if (!playbook) return;
      title.nameSubject(`/playbooks/${this.id()}`, playbook.title);
      // Names are fine to come by; news are told by id.
      if (playbook.id !== this.id()) {
        void this.router.navigate(['/playbooks', playbook.id], {
          queryParamsHandling: 'preserve',
          replaceUrl: true,
        });
      }
    });
  }

  protected async reveal(place: CodePlace): Promise<void> {
    if (this.shownView() === 'changes') await this.look('content');
    this.editor()?.reveal(place);
  }

  protected async look(view: VersionView): Promise<void> {
    await this.compare({ view: view === 'changes' ? view : null, against: null });
  }

  protected async compare(
    queryParams: Readonly<Partial<Record<'view' | 'against', string | number | null>>>,
  ): Promise<void> {
    await this.router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl: true });
  }

  protected async check(): Promise<void> {
    const [version, server] = [this.shown(), this.server()];
    if (!version || server === null || this.isChecking()) return;
    this.isChecking.set(true);
    try {
      await this.api.invoke(checkPlaybookVersion, {
        id: this.id(),
        version: version.version,
        body: { server_id: server },
      });
    } catch (error) {
      this.toasts.show(problemText(error, this.t).detail, { tone: 'bad' });
    } finally {
      this.isChecking.set(false);
      await this.feed.reload();
    }
  }

  private async remove(): Promise<void> {
    const playbook = this.playbook();
    if (playbook && (await this.removal.remove(playbook))) {
      await this.router.navigate(['/playbooks']);
    }
  }
}
