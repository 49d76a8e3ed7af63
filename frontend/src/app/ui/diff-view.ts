import { Component, computed, input, signal } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from './button';
import { diffCounts, diffLines } from './diff-lines';

/** The manager's words for a diff that is longer than what it answers. */
const CUT = '… (the rest is not shown)';

/** The manager's words, behind a name, for a difference that is in a secret alone. */
const SECRET_CHANGES = ': a secret changes';

/** Lines shown before somebody asks for all of them. */
const SHOWN = 300;

/**
 * A unified diff to be read: numbered lines that wrap, so that nothing scrolls sideways. What comes and goes
 * is told by a sign, by colour, and to screen readers in words.
 */
@Component({
  selector: 'ui-diff-view',
  imports: [Button],
  host: { role: 'group', '[attr.aria-label]': 'label()' },
  styles: `
    :host {
      display: block;
      container-type: inline-size;
      min-width: 0;
      border: 1px solid var(--line);
      border-radius: var(--radius-m);
      background: var(--sunken);
      overflow: hidden;
      font-family: var(--font-mono);
      font-size: 12px;
      line-height: 18px;
    }
    .line {
      display: grid;
      grid-template-columns: 4ch 4ch 2ch minmax(0, 1fr);
      column-gap: 6px;
      padding: 0 8px 0 4px;
    }
    .line:first-child {
      padding-top: 6px;
    }
    .line:last-child {
      padding-bottom: 6px;
    }
    .place {
      color: var(--subtle);
      text-align: end;
      user-select: none;
      font-variant-numeric: tabular-nums;
    }
    .sign {
      text-align: center;
      user-select: none;
      font-weight: 600;
    }
    .text {
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      text-decoration: none;
    }
    .added {
      background: var(--ok-soft);
    }
    .added .place,
    .removed .place {
      color: var(--muted);
    }
    .added .sign {
      color: var(--ok);
    }
    .removed {
      background: var(--bad-soft);
    }
    .removed .sign {
      color: var(--bad);
    }
    .part .text,
    .note .text {
      color: var(--muted);
    }
    .part:not(:first-child) {
      margin-top: 4px;
      border-top: 1px dashed var(--line-strong);
      padding-top: 4px;
    }
    .file {
      border-top: 1px solid var(--line);
      background: var(--surface);
    }
    .file .text {
      font-weight: 600;
    }
    .more {
      padding: 8px;
      border-top: 1px solid var(--line);
      font-family: var(--font-sans);
    }
    @container (max-width: 520px) {
      .line {
        grid-template-columns: 2ch minmax(0, 1fr);
        column-gap: 4px;
      }
      .place {
        display: none;
      }
    }
  `,
  template: `@for (line of shown(); track $index) {
      <div class="line {{ line.kind }}">
        <span class="place" aria-hidden="true">{{ line.before }}</span>
        <span class="place" aria-hidden="true">{{ line.after }}</span>
        @switch (line.kind) {
          @case ('added') {
            <span class="sign" aria-hidden="true">+</span>
            <ins class="text"
              ><span class="cdk-visually-hidden">{{ t('diff.added') }} </span>{{ line.text }}</ins
            >
          }
          @case ('removed') {
            <span class="sign" aria-hidden="true">−</span>
            <del class="text"
              ><span class="cdk-visually-hidden">{{ t('diff.removed') }} </span>{{ line.text }}</del
            >
          }
          @case ('note') {
            <span class="sign"></span><span class="text">{{ noteText(line.text) }}</span>
          }
          @default {
            <span class="sign"></span><span class="text">{{ line.text }}</span>
          }
        }
      </div>
    } @empty {
      <div class="line note">
        <span class="place"></span><span class="place"></span><span class="sign"></span
        ><span class="text">{{ t('diff.none') }}</span>
      </div>
    }
    @if (hidden() > 0) {
      <div class="more">
        <button uiButton size="small" (click)="all.set(true)">
          {{ t('diff.more', { n: hidden() }) }}
        </button>
      </div>
    }`,
})
export class DiffView {
  /** Unified, as the manager answers it. */
  readonly diff = input.required<string>();
  /** What differs, such as the path of the file. */
  readonly label = input.required<string>();
  protected readonly t = injectTranslate();
  protected readonly all = signal(false);
  private readonly lines = computed(() => (this.diff() === '' ? [] : diffLines(this.diff())));
  protected readonly hidden = computed(() =>
    this.all() ? 0 : Math.max(0, this.lines().length - SHOWN),
  );
  protected readonly shown = computed(() =>
    this.hidden() > 0 ? this.lines().slice(0, SHOWN) : this.lines(),
  );

  /** What the manager says about a diff, in the language on screen; anything else is shown as it is. */
  protected noteText(note: string): string {
    if (note === CUT) return this.t('diff.cut');
    return note.endsWith(SECRET_CHANGES) ? this.t('diff.secretChanges') : note;
  }
}

/** How much a diff changes, in short: lines that come and lines that go. */
@Component({
  selector: 'ui-diff-counts',
  styles: `
    :host {
      display: inline-flex;
      gap: 8px;
      font-family: var(--font-mono);
      font-size: 12px;
      font-variant-numeric: tabular-nums;
    }
    .added {
      color: var(--ok);
    }
    .removed {
      color: var(--bad);
    }
  `,
  template: `<span class="cdk-visually-hidden">{{
      t('diff.counts', { added: counts().added, removed: counts().removed })
    }}</span>
    @if (counts().added > 0) {
      <span class="added" aria-hidden="true">+{{ counts().added }}</span>
    }
    @if (counts().removed > 0) {
      <span class="removed" aria-hidden="true">−{{ counts().removed }}</span>
    }`,
})
export class DiffCountsView {
  readonly diff = input.required<string>();
  protected readonly t = injectTranslate();
  protected readonly counts = computed(() => diffCounts(diffLines(this.diff())));
}
