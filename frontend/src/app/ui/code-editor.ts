import type { ElementRef } from '@angular/core';
import {
  Component,
  DestroyRef,
  booleanAttribute,
  computed,
  effect,
  inject,
  input,
  model,
  numberAttribute,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { _IdGenerator } from '@angular/cdk/a11y';
import type { FormValueControl } from '@angular/forms/signals';
import { injectTranslate } from '../platform/i18n/i18n';
import { countLines } from './code-place';
import type { CodeDiagnostic, CodeLanguage, CodePlace } from './code-place';
import type { CodeEngine, CodeSettings } from './code-editor-engine';
import { codePhrases } from './code-phrases';
import { Notice } from './notice';
import { Skeleton } from './skeleton';

/** Lines in view of a long text. */
const MOST_ROWS = 28;

/**
 * A text with line numbers, colours, search (Ctrl-F) and marks on what is wrong, to be edited or only read.
 * Binds with `[(value)]` or `[formField]`. Tab indents; after Escape it leaves. The editor itself is a chunk
 * of its own; where that cannot be loaded a plain field takes its place.
 */
@Component({
  selector: 'ui-code-editor',
  imports: [Notice, Skeleton],
  styleUrl: './code-editor.css',
  template: `<div
      class="frame"
      [class.still]="readonly()"
      [class.bad]="invalid() || diagnostics().length > 0"
      [style.min-height.px]="height()"
    >
      @if (failed()) {
        <ui-notice tone="warn">{{ t('editor.failed') }}</ui-notice>
        <textarea
          #plain
          class="plain"
          spellcheck="false"
          [attr.aria-label]="label()"
          [readOnly]="readonly()"
          [value]="value()"
          [rows]="rows()"
          (input)="value.set(plain.value)"
          (blur)="touch.emit()"
        ></textarea>
      } @else if (!engine()) {
        <div class="waiting"><ui-skeleton [lines]="waitingLines()" [height]="12" /></div>
      }
      <div #host class="host"></div>
    </div>
    @if (!readonly()) {
      <p class="foot small subtle number">
        <span [id]="hintId">{{ t('editor.keys') }}</span>
        <span>{{ t('editor.place', place()) }}</span>
      </p>
    }`,
})
export class CodeEditor implements FormValueControl<string> {
  readonly language = input<CodeLanguage>('text');
  /** Accessible name. */
  readonly label = input.required<string>();
  readonly value = model('');
  readonly readonly = input(false, { transform: booleanAttribute });
  readonly invalid = input(false, { transform: booleanAttribute });
  /** What is wrong, and where. Marks move with the text; another list replaces them. */
  readonly diagnostics = input<readonly CodeDiagnostic[]>([]);
  /** Lines that an empty text takes. */
  readonly minRows = input(8, { transform: numberAttribute });
  /** Left, for forms. */
  readonly touch = output();

  protected readonly t = injectTranslate();
  protected readonly hintId = inject(_IdGenerator).getId('code-editor-hint-');
  protected readonly engine = signal<CodeEngine | null>(null);
  protected readonly failed = signal(false);
  protected readonly place = signal({ line: 1, column: 1 });
  private readonly host = viewChild.required<ElementRef<HTMLElement>>('host');
  private readonly plain = viewChild<ElementRef<HTMLTextAreaElement>>('plain');
  private isClosed = false;
  private marked: readonly CodeDiagnostic[] = [];

  protected readonly rows = computed(() =>
    Math.max(countLines(this.value(), MOST_ROWS), this.readonly() ? 1 : this.minRows()),
  );
  /** Known before the editor is there, so that nothing moves when it comes. */
  protected readonly height = computed(() => this.rows() * 20 + 16);
  protected readonly waitingLines = computed(() => Math.min(this.rows(), 12));
  private readonly settings = computed<CodeSettings>(() => ({
    language: this.language(),
    readonly: this.readonly(),
    label: this.label(),
    describedBy: this.readonly() ? null : this.hintId,
    isInvalid: this.invalid() || this.diagnostics().length > 0,
    phrases: codePhrases(this.t),
  }));

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.isClosed = true;
      this.engine()?.close();
    });
    effect(() => {
      const host = this.host().nativeElement;
      untracked(() => void this.open(host));
    });
    effect(() => {
      const settings = this.settings();
      this.engine()?.configure(settings);
    });
    effect(() => {
      const [engine, value, diagnostics] = [this.engine(), this.value(), this.diagnostics()];
      if (!engine) return;
      engine.setText(value);
      if (diagnostics === this.marked) return;
      this.marked = diagnostics;
      engine.setDiagnostics(diagnostics);
    });
  }

  /** Brings a place into view, with the cursor and the focus. */
  reveal(place: CodePlace): void {
    this.engine()?.reveal(place);
  }

  focus(): void {
    this.engine()?.focus();
    this.plain()?.nativeElement.focus();
  }

  private async open(host: HTMLElement): Promise<void> {
    try {
      const { openCodeEngine } = await import('./code-editor-engine');
      if (this.isClosed) return;
      const engine = openCodeEngine(host, this.value(), this.settings(), {
        changed: (text) => {
          this.value.set(text);
        },
        moved: (place) => {
          this.place.set(place);
        },
        left: () => {
          this.touch.emit();
        },
      });
      this.engine.set(engine);
    } catch {
      // Without the network, or after an update of the manager: what was typed must not be lost to a reload.
      this.failed.set(true);
    }
  }
}
