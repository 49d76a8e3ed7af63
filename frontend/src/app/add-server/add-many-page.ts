import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { SshLoginFields } from '../ssh-login/ssh-login-fields';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { CheckField } from '../ui/check-field';
import { Field, Input } from '../ui/field';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { AddManyStore } from './add-many-store';
import { ManyResult } from './many-result';
import { LIST_LIMIT } from './server-list-text';

/** Larger files are no lists of servers. */
const FILE_BYTES = 1024 * 1024;

/** Adds several servers with one login: a list, their host keys, and how it went with each. */
@Component({
  selector: 'app-add-many-page',
  imports: [
    Button,
    Card,
    CheckField,
    Field,
    Input,
    ManyResult,
    Notice,
    PageHeader,
    RouterLink,
    SshLoginFields,
  ],
  providers: [AddManyStore],
  templateUrl: './add-many-page.html',
  styleUrl: './add-many-page.css',
})
export class AddManyPage {
  protected readonly store = inject(AddManyStore);
  protected readonly t = injectTranslate();
  protected readonly limit = LIST_LIMIT;
  /** How the list stands; nothing is said of what there is none of. */
  protected readonly counts = computed(() => {
    const { rows, wrong, seen, added, unreachable } = this.store;
    const counted = [
      ['addMany.nWrong', wrong()],
      ['addMany.nSeen', seen()],
      ['addMany.nAdded', added()],
      ['addMany.unreachable', unreachable()],
    ] as const;
    return [
      this.t('addMany.inList', { n: rows().length }),
      ...counted.filter(([, n]) => n > 0).map(([text, n]) => this.t(text, { n })),
    ].join(' · ');
  });
  protected readonly fileNote = signal('');

  protected async choose(field: HTMLInputElement): Promise<void> {
    const file = field.files?.[0];
    field.value = '';
    if (file) await this.read(file);
  }

  protected async drop(event: DragEvent): Promise<void> {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    await this.read(file);
  }

  private async read(file: File): Promise<void> {
    if (file.size > FILE_BYTES) {
      this.fileNote.set(this.t('login.fileTooLarge', { name: file.name }));
      return;
    }
    this.store.text.set(await file.text());
    this.fileNote.set(this.t('login.fileRead', { name: file.name }));
  }
}
