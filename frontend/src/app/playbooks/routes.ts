import type { Routes } from '@angular/router';
import { mayRunPlaybooks } from '../playbook-runs/run-permission';
import { requireNoUnsaved } from '../ui/unsaved-changes';
import { mayWritePlaybooks } from './write-permission';

/** Pages of playbooks: the list, one playbook with its versions, and the editor. */
export const PLAYBOOK_ROUTES: Routes = [
  {
    path: '',
    loadComponent: async () => (await import('./playbooks-page')).PlaybooksPage,
  },
  {
    path: 'new',
    data: { title: 'playbooks.new' },
    canActivate: [mayWritePlaybooks],
    canDeactivate: [requireNoUnsaved],
    loadComponent: async () => (await import('./playbook-editor-page')).PlaybookEditorPage,
  },
  {
    path: ':id/edit',
    canActivate: [mayWritePlaybooks],
    canDeactivate: [requireNoUnsaved],
    loadComponent: async () => (await import('./playbook-editor-page')).PlaybookEditorPage,
  },
  {
    path: ':id/run',
    canActivate: [mayRunPlaybooks],
    loadComponent: async () => (await import('../playbook-runs/run-form-page')).RunFormPage,
  },
  {
    path: ':id',
    loadComponent: async () => (await import('./playbook-page')).PlaybookPage,
  },
];
