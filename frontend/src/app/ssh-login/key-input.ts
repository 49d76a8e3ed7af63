import { Component, inject, input, output, signal } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { KEY_FILE_BYTES } from './private-key';

/** A private key: pasted, dropped, or chosen as a file. It is read in the browser. */
@Component({
  selector: 'app-key-input',
  imports: [Button],
  styles: `
    .drop {
      position: relative;
      border-radius: var(--radius-m);
    }
    .drop.over {
      outline: 2px dashed var(--accent);
      outline-offset: 2px;
    }
    textarea.input {
      min-height: 132px;
      font-size: 11px;
      line-height: 15px;
      white-space: pre;
      overflow-x: auto;
    }
    .row {
      margin-top: 6px;
    }
    input[type='file'] {
      display: none;
    }
  `,
  template: `<div
      class="drop"
      [class.over]="over()"
      (dragover)="$event.preventDefault(); over.set(true)"
      (dragleave)="over.set(false)"
      (drop)="drop($event)"
    >
      <textarea
        #text
        class="input mono"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        [id]="field?.id ?? ''"
        [attr.aria-describedby]="field?.describedBy()"
        [attr.aria-invalid]="field && field.error() !== null ? true : null"
        [placeholder]="'-----BEGIN OPENSSH PRIVATE KEY-----'"
        [value]="value()"
        (input)="changed.emit(text.value)"
      ></textarea>
    </div>
    <div class="row">
      <input #file type="file" (change)="choose(file)" />
      <button uiButton size="small" icon="key-file" (click)="file.click()">
        {{ t('login.chooseFile') }}
      </button>
      <span class="small muted" role="status">{{ note() }}</span>
    </div>`,
})
export class KeyInput {
  readonly value = input.required<string>();
  readonly changed = output<string>();
  protected readonly field = inject(Field, { optional: true });
  protected readonly t = injectTranslate();
  protected readonly over = signal(false);
  protected readonly note = signal('');

  protected async drop(event: DragEvent): Promise<void> {
    event.preventDefault();
    this.over.set(false);
    await this.read(event.dataTransfer?.files[0]);
  }

  protected async choose(file: HTMLInputElement): Promise<void> {
    await this.read(file.files?.[0]);
    // The same file can be chosen again after it was changed.
    file.value = '';
  }

  private async read(file: File | undefined): Promise<void> {
    if (!file) return;
    if (file.size > KEY_FILE_BYTES) {
      this.note.set(this.t('login.fileTooLarge', { name: file.name }));
      return;
    }
    this.changed.emit(await file.text());
    this.note.set(this.t('login.fileRead', { name: file.name }));
  }
}
