import type { Routes } from '@angular/router';
import { requireNoUnsaved } from '../ui/unsaved-changes';

/** Pages of playbooks: the list, one playbook with its versions, and the editor. */
export const PLAYBOOK_ROUTES: Routes = [
  {
    path: '',
    loadComponent: async () => (await import('./playbooks-page')).PlaybooksPage,
  },
  {
    path: 'new',
    data: { title: 'playbooks.new' },
    canDeactivate: [requireNoUnsaved],
    loadComponent: async () => (await import('./playbook-editor-page')).PlaybookEditorPage,
  },
  {
    path: ':id/edit',
    canDeactivate: [requireNoUnsaved],
    loadComponent: async () => (await import('./playbook-editor-page')).PlaybookEditorPage,
  },
  {
    path: ':id',
    loadComponent: async () => (await import('./playbook-page')).PlaybookPage,
  },
];
