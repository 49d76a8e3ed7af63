import type { Locator, Page } from '@playwright/test';
import { expect, noteOn, test } from './fleet.fixture.ts';
import { checkPage, lookAtPages } from './looks.ts';

test.describe.configure({ timeout: 900_000 });

const MISTAKEN = `# description: Greets whoever reads it.
# variables:
#   - { name: who, default: world }
---
- name: Greet
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Say hello
      ansible.builtin.debgu:
        msg: 'Hello, {{ who }}'
`;

/** The name of the playbook: its variables have names, too. */
function nameOf(page: Page): Locator {
  return page.getByLabel('Name', { exact: true }).first();
}

/** Replaces the text in the editor, as somebody who pastes. */
async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Playbook' }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

test('a playbook is written, checked by Ansible, mended, and one with MyX copied', async ({
  console: page,
  fleet,
  look,
}) => {
  const { url } = fleet.manager;
  await fleet.addServer(2, { name: 'web-1' });
  await page.getByRole('navigation', { name: 'Main' }).getByText('Playbooks').click();
  await expect(page.getByText('No playbook of your own yet')).toBeVisible();
  await page.getByRole('link', { name: 'New playbook' }).first().click();

  await nameOf(page).fill('greet');
  await write(page, '- hosts: web\n  tasks: []\n');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Not saved: this is not a playbook');
  await expect(page.getByRole('alert')).toContainText('Line 1, column 10');
  await checkPage(page);
  await look(page, 'playbook-new');

  await write(page, MISTAKEN);
  await page.getByRole('button', { name: 'Save and check' }).click();
  await expect(page).toHaveURL(/\/playbooks\/[0-9a-f-]{36}\/edit$/);
  const refusal = page.getByRole('alert').filter({ hasText: 'Ansible refused version 1' });
  await expect(refusal).toContainText('ansible.builtin.debgu');
  await refusal.getByRole('button', { name: 'Line 9, column 7' }).click();
  await expect(page.getByText('Line 9, column 7', { exact: true }).last()).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Playbook' })).toBeFocused();
  await expect(page.locator('.cm-lintRange-error')).not.toHaveCount(0);
  const id = /playbooks\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
  await lookAtPages(page, look, {
    url,
    pages: [
      { name: 'playbook-editor', path: `/playbooks/${id}/edit`, ready: '.cm-lintRange-error' },
    ],
  });

  await page.goto(`${url}/playbooks/${id}/edit`);
  await expect(page.getByRole('alert')).toContainText('Ansible refused version 1');
  await write(page, MISTAKEN.replace('debgu', 'debug'));
  // Escape gives Tab back, and what is not saved is not lost by a slip.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('textbox', { name: 'Playbook' })).not.toBeFocused();
  await page.getByRole('link', { name: 'Back to the playbook' }).click();
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await page.getByLabel('What is new in this version').fill('debug it is');
  await page.getByRole('button', { name: 'Save and check' }).click();
  await expect(page.getByText('Version 2 is usable')).toBeVisible();

  await page.getByRole('link', { name: 'Back to the playbook' }).click();
  await expect(page.getByRole('heading', { name: 'greet', level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Run', exact: true })).toBeVisible();
  await page.getByRole('link', { name: /Version 1/ }).click();
  await expect(page.getByText('Ansible refused version 1')).toBeVisible();
  await expect(page.getByText('ansible.builtin.debgu', { exact: false }).last()).toBeVisible();
  await page.getByRole('link', { name: 'Changes of version 2' }).click();
  await expect(page.getByRole('insertion')).toContainText('ansible.builtin.debug:');
  await expect(page.getByRole('deletion')).toContainText('ansible.builtin.debgu:');

  await page.goto(`${url}/playbooks?q=restart`);
  await page.getByRole('link', { name: 'Restart a service', exact: true }).click();
  await expect(page.locator('.cm-line')).not.toHaveCount(0);
  await checkPage(page);
  await look(page, 'playbook-builtin');
  await page.getByRole('link', { name: 'Copy as my own' }).click();
  await expect(nameOf(page)).toHaveValue('restart_service-copy');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(noteOn(page, 'Version 1 is saved.')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true }).last()).toHaveValue('reload');

  await lookAtPages(page, look, {
    url,
    pages: [
      { name: 'playbooks', path: '/playbooks', ready: 'app-playbook-row' },
      { name: 'playbook', path: `/playbooks/${id}`, ready: '.cm-line' },
      { name: 'playbook-changes', path: `/playbooks/${id}?view=changes`, ready: 'ins' },
    ],
  });

  await page.goto(`${url}/playbooks/${id}`);
  await page.getByRole('button', { name: 'More actions for greet' }).click();
  await page.getByRole('menuitem', { name: 'Remove the playbook' }).click();
  const removal = page.getByRole('dialog', { name: 'Remove “greet”?' });
  await expect(removal).toContainText('All 2 versions go.');
  await checkPage(page);
  await look(page, 'playbook-removal');
  await removal.getByLabel('Type greet to confirm').fill('greet');
  await removal.getByRole('button', { name: 'Remove the playbook' }).click();
  await expect(noteOn(page, '“greet” was removed.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'restart_service-copy' })).toBeVisible();
  await fleet.api.delete('/api/v1/playbooks/restart_service-copy');
  await expect(page.getByText('No playbook of your own yet')).toBeVisible();
});
