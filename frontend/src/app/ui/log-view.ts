import type { ElementRef } from '@angular/core';
import {
  Component,
  DestroyRef,
  ViewEncapsulation,
  afterNextRender,
  booleanAttribute,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Theme } from '../platform/theme/theme';
import { Formats } from '../platform/time/formats';
import { Button } from './button';
import { copyText } from './copy-text';
import { ErrorState } from './error-state';
import { Icon } from './icon';
import { LogCursor, catchUp } from './log-source';
import type { LogSource } from './log-source';
import { openLogTerminal, terminalTheme, write } from './log-terminal';
import type { LogTerminal } from './log-terminal';
import { Toasts } from './toasts';
import { Tooltip } from './tooltip';

/**
 * Output in a terminal: colours, progress lines, search, copy, download, follow and pause. Reads its
 * sources by offset, from near the end; earlier output is loaded on demand.
 */
@Component({
  selector: 'ui-log-view',
  imports: [Button, ErrorState, Icon, Tooltip],
  encapsulation: ViewEncapsulation.None,
  templateUrl: './log-view.html',
  styleUrl: './log-view.css',
})
export class LogView {
  readonly sources = input.required<readonly LogSource[]>();
  readonly label = input.required<string>();
  /** Nothing more will be written. */
  readonly ended = input(false, { transform: booleanAttribute });
  /** Where all of it can be fetched. */
  readonly downloadUrl = input<string>();

  protected readonly t = injectTranslate();
  protected readonly formats = inject(Formats);
  private readonly document = inject(DOCUMENT);
  private readonly theme = inject(Theme);
  private readonly toasts = inject(Toasts);
  private readonly destroyed = inject(DestroyRef);
  private readonly host = viewChild.required<ElementRef<HTMLElement>>('terminal');
  private readonly opened = signal<LogTerminal | null>(null);
  private cursors: readonly LogCursor[] = [];
  private loading: AbortController | null = null;

  protected readonly query = signal('');
  protected readonly matched = signal(true);
  protected readonly following = signal(true);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly before = signal(0);
  protected readonly total = computed(() =>
    this.sources().reduce((sum, { size }) => sum + size(), 0),
  );

  constructor() {
    afterNextRender(() => void this.open());
    effect(() => {
      const terminal = this.opened()?.terminal;
      this.theme.mode();
      if (terminal) terminal.options.theme = terminalTheme(this.document);
    });
    effect(() => {
      const sources = this.sources();
      if (!this.opened()) return;
      untracked(() => {
        this.restart(sources.map((source) => new LogCursor(source)));
      });
    });
    effect(() => {
      this.total();
      if (this.opened()) untracked(() => void this.load());
    });
    this.destroyed.onDestroy(() => {
      this.loading?.abort();
      this.opened()?.terminal.dispose();
    });
  }

  protected earlier(): void {
    this.following.set(false);
    this.restart(this.cursors.map((cursor) => cursor.earlier()));
  }

  protected retry(): void {
    this.problem.set(null);
    void (this.opened() ? this.load() : this.open());
  }

  protected follow(): void {
    this.following.update((on) => !on);
    if (this.following()) this.opened()?.terminal.scrollToBottom();
  }

  protected find(back: boolean): void {
    const found =
      this.query() === '' ||
      (back
        ? this.opened()?.search.findPrevious(this.query())
        : this.opened()?.search.findNext(this.query())) === true;
    this.matched.set(found);
    if (this.query() !== '') this.following.set(false);
  }

  protected async copy(): Promise<void> {
    const terminal = this.opened()?.terminal;
    if (!terminal) return;
    terminal.selectAll();
    const copied = await copyText(this.document, terminal.getSelection());
    terminal.clearSelection();
    this.toasts.show(this.t(copied ? 'ui.copied' : 'ui.copyFailed'), {
      tone: copied ? 'ok' : 'bad',
    });
  }

  private async open(): Promise<void> {
    const element = this.host().nativeElement;
    try {
      const opened = await openLogTerminal(element, () => this.destroyed.destroyed);
      if (opened) this.prepare(opened, element);
    } catch (error) {
      // Without the network, or after an update of the manager.
      this.problem.set(toProblem(error));
    }
  }

  private prepare(opened: LogTerminal, element: HTMLElement): void {
    opened.terminal.textarea?.setAttribute('aria-label', this.label());
    opened.terminal.onScroll(() => {
      const { viewportY, baseY } = opened.terminal.buffer.active;
      if (viewportY < baseY) this.following.set(false);
    });
    const observer = new ResizeObserver(() => {
      opened.fit.fit();
    });
    observer.observe(element);
    this.destroyed.onDestroy(() => {
      observer.disconnect();
    });
    opened.terminal.element?.addEventListener(
      'wheel',
      (event) => {
        if (event.deltaY < 0) this.following.set(false);
      },
      { passive: true },
    );
    this.opened.set(opened);
  }

  private restart(cursors: readonly LogCursor[]): void {
    this.loading?.abort();
    this.loading = null;
    this.cursors = cursors;
    this.before.set(cursors.reduce((sum, { start }) => sum + start, 0));
    // After what was written and is not parsed yet: it belongs to what is taken away.
    const terminal = this.opened()?.terminal;
    terminal?.write('', () => {
      terminal.reset();
    });
    void this.load();
  }

  /** Reads what is there and not read yet, one piece after the other. One run at a time. */
  private async load(): Promise<void> {
    const opened = this.opened();
    if (!opened || this.loading || this.problem()) return;
    const run = new AbortController();
    this.loading = run;
    try {
      const show = (text: string, source: LogSource) => this.show(opened, text, source);
      await catchUp(this.cursors, show, run.signal);
    } catch (error) {
      if (!run.signal.aborted) this.problem.set(toProblem(error));
    } finally {
      if (this.loading === run) this.loading = null;
    }
    // What came in between was told while this still ran.
    const isBehind = this.cursors.some((cursor) => untracked(() => cursor.isBehind));
    if (isBehind && !run.signal.aborted && !this.problem()) await this.load();
  }

  private async show(opened: LogTerminal, text: string, { isError }: LogSource): Promise<void> {
    await write(opened.terminal, isError ? `\x1b[31m${text}\x1b[39m` : text);
    if (this.following()) opened.terminal.scrollToBottom();
  }
}
