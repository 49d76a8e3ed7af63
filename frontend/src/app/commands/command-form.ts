import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import type { CreateCommand } from '../platform/api/generated/models/create-command';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { Chip } from '../ui/chip';
import { Field, Input } from '../ui/field';
import { Icon } from '../ui/icon';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { looksLikeShell, parseCommandLine } from './command-line';
import { EMPTY_DRAFT, INTERPRETERS, checkDraft, optionsSet, requestOf } from './command-request';
import type { CommandDraft, DraftChecks } from './command-request';

/** What to run and how: a program with its arguments, or a script, and options behind a disclosure. */
@Component({
  selector: 'app-command-form',
  imports: [Button, Chip, Field, Icon, Input, Segmented],
  templateUrl: './command-form.html',
  styleUrl: './command-form.css',
})
export class CommandForm {
  /** What to start with, such as an earlier command. */
  readonly initial = input<CommandDraft>(EMPTY_DRAFT);
  readonly busy = input(false);
  /** Words of the button; "Run" unless told. */
  readonly action = input<string>();
  readonly submitted = output<CreateCommand>();

  private readonly document = inject(DOCUMENT);
  protected readonly t = injectTranslate();
  protected readonly interpreters = INTERPRETERS;
  protected readonly draft = linkedSignal(() => this.initial());
  protected readonly optionsOpen = linkedSignal(() => optionsSet(this.initial()) > 0);
  private readonly tried = signal(false);

  protected readonly kinds = computed<readonly Segment<CommandDraft['kind']>[]>(() => [
    { value: 'program', label: this.t('run.program'), icon: 'terminal' },
    { value: 'script', label: this.t('run.script'), icon: 'scroll' },
  ]);
  private readonly found = computed(() => checkDraft(this.draft(), this.t));
  /** Shown once somebody tried to run it; before that only what is surely wrong while typing. */
  protected readonly checks = computed<DraftChecks>(() => {
    const found = this.found();
    if (this.tried()) return found;
    const { line } = this.draft();
    const isOpen = line.trim() !== '' && 'problem' in parseCommandLine(line);
    return { ...found, line: isOpen ? found.line : null, body: null };
  });
  protected readonly vector = computed(() => {
    const parsed = parseCommandLine(this.draft().line);
    return 'argv' in parsed ? parsed.argv : [];
  });
  protected readonly isShell = computed(() => looksLikeShell(this.draft().line));
  protected readonly optionCount = computed(() => optionsSet(this.draft()));

  /** An empty word is seen by its quotes. */
  protected shown(word: string): string {
    return word === '' ? "''" : word;
  }

  protected change(changes: Partial<CommandDraft>): void {
    this.draft.update((draft) => ({ ...draft, ...changes }));
  }

  protected toScript(): void {
    const { line, body } = this.draft();
    this.change({ kind: 'script', interpreter: 'bash', body: body.trim() === '' ? line : body });
  }

  protected submit(event: Event): void {
    event.preventDefault();
    if (this.busy()) return;
    this.tried.set(true);
    const hasProblem = Object.values(this.found()).some((text) => text !== null);
    if (hasProblem) {
      const { user, cwd, timeout, env } = this.found();
      if ([user, cwd, timeout, env].some((text) => text !== null)) this.optionsOpen.set(true);
      this.focusFirstProblem(event.target);
      return;
    }
    this.tried.set(false);
    this.submitted.emit(requestOf(this.draft()));
  }

  /** Ctrl+Enter runs from a text area, where Enter alone is a new line. */
  protected shortcut(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.submit(event);
  }

  private focusFirstProblem(target: EventTarget | null): void {
    const root = target instanceof Element ? target.closest('form') : null;
    this.document.defaultView?.requestAnimationFrame(() => {
      root?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    });
  }
}
