import type { Page } from '@playwright/test';
import { PlaybookFleet } from '../../test/support/playbook-fleet.ts';
import { expect, noteOn, test } from './fleet.fixture.ts';
import { lookAtPages } from './looks.ts';

const PLAYBOOK = `# description: Writes a greeting, looks at every part of it, and takes its time.
# variables:
#   - { name: greeting, required: true, description: Text of the file }
#   - { name: token, required: true, secret: true, description: Opens the door }
#   - { name: pause, type: integer, default: 0, description: Seconds to wait at the end }
---
- name: Roll out
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Write the greeting
      ansible.builtin.copy: { content: "{{ greeting }}\\n", dest: /root/greeting, mode: "0644" }
    - name: Look at every part
      ansible.builtin.command: { argv: [test, -n, "{{ item }}"] }
      loop: [cellar, kitchen, roof]
      changed_when: false
    - name: Look for the cat
      ansible.builtin.stat: { path: /root/cat }
      register: cat
    - name: Refuse to work beside a cat
      ansible.builtin.fail: { msg: There is a cat on this server. }
      when: cat.stat.exists
    - name: Take a while
      ansible.builtin.shell: (setsid sleep {{ pause }} &) ; sleep {{ pause }}
      when: pause > 0
`;

/** Whatever the playbook may have started on a host. */
const LEFT = ['pgrep', '-fa', 'sleep 3641|ansible-playbook'];

test.describe.configure({ timeout: 900_000 });

test('a playbook on two servers: a preview, then for real, and one failure does not hide the other', async ({
  console: page,
  fleet,
  look,
}) => {
  const playbooks = new PlaybookFleet(fleet);
  const [first] = await Promise.all([
    fleet.addServer(2, { name: 'house-1', labels: { street: 'main' } }),
    fleet.addServer(3, { name: 'house-2', labels: { street: 'main' } }),
  ]);
  const { state } = await playbooks.usable('Roll out', PLAYBOOK, first);
  expect(state).toBe('usable');
  const { id } = await fleet.api.get<{ id: string }>('/api/v1/playbooks/Roll out');
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  const task = (name: string) => page.locator('app-task-item').filter({ hasText: name });

  await test.step('what is missing is asked for before anything runs', async () => {
    await page.goto(`${fleet.manager.url}/playbooks/${id}/run`);
    await page.getByRole('button', { name: 'By labels' }).click();
    await page.getByRole('button', { name: /street=main/ }).click();
    await page.getByRole('button', { name: 'Preview', exact: true }).click();
    await page.getByRole('button', { name: 'Preview on 2 servers' }).click();
    await expect(page.getByText('This variable is required.').first()).toBeVisible();
    await expect(page.getByLabel('greeting')).toBeFocused();
  });

  await test.step('a preview tells what would change, and changes nothing', async () => {
    await page.getByLabel('greeting').fill('hello');
    const token = page.locator('app-variable-field').filter({ hasText: 'token' });
    await token.getByRole('button', { name: 'Several lines' }).click();
    await page.getByLabel('token', { exact: true }).fill('open\nsesame');
    await expect(
      page.getByText('A preview of “Roll out” on 2 servers: house-1, house-2.'),
    ).toBeVisible();
    await look(page, 'playbook-run-review');
    await page.getByRole('button', { name: 'Preview on 2 servers' }).click();
    await expect(page.getByRole('heading', { name: 'Roll out', level: 1 })).toBeVisible();
    await expect(page.getByText('2 of 2 servers ended').first()).toBeVisible();
    await expect(task('Write the greeting')).toContainText('Changed');
    await task('Write the greeting').getByRole('button').click();
    await expect(task('Write the greeting')).toContainText('hello');
    await look(page, 'playbook-run-preview');
    const { code } = await fleet.lab.host(2).exec(['test', '-e', '/root/greeting']);
    expect(code).toBe(1);
  });
  const preview = page.url();

  await fleet.lab.host(3).mustExec(['touch', '/root/cat']);
  await test.step('for real it starts from the same input, except for secrets', async () => {
    await page.getByRole('link', { name: 'Run it for real' }).click();
    await expect(page.getByText('Secrets are never shown: type them again.')).toBeVisible();
    await expect(page.getByLabel('greeting')).toHaveValue('hello');
    await expect(page.getByLabel('token', { exact: true })).toHaveValue('');
    await page.getByLabel('token', { exact: true }).fill('open sesame');
    await page.getByLabel('pause').fill('3641');
    await page.getByRole('button', { name: 'Run on 2 servers' }).click();
  });

  await test.step('tasks and their times are on screen while it runs', async () => {
    await expect(row('house-2')).toContainText('Failed');
    await expect(row('house-1')).toContainText('Running');
    await row('house-1').click();
    await expect(task('Take a while')).toContainText('Running');
    await expect(task('Write the greeting')).toContainText(/Changed\s*[\d.]+\s*(ms|sec|min)/);
    await expect(task('Look at every part')).toContainText('3 items');
    await look(page, 'playbook-run-live');
  });

  await test.step('the failure of the other says why', async () => {
    await row('house-2').click();
    await expect(task('Refuse to work beside a cat')).toContainText('There is a cat');
    await page.getByRole('button', { name: /^Failed/ }).click();
    await expect(page.locator('app-task-item')).toHaveCount(1);
    await page.getByRole('button', { name: 'Log', exact: true }).click();
    await expect(page.locator('.xterm-rows')).toContainText('There is a cat');
    await look(page, 'playbook-run-log');
    await page.getByRole('link', { name: 'Open the operation' }).click();
    await expect(page.getByRole('heading', { name: 'Run a playbook' })).toBeVisible();
    await page.getByRole('link', { name: 'Open the playbook run' }).click();
  });

  await test.step('it is found again after a reload, and goes on being told', async () => {
    await row('house-1').click();
    await expect(task('Take a while')).toContainText('Running');
    await page.reload();
    await expect(task('Take a while')).toContainText('Running');
  });

  await test.step('its cancel leaves no process behind', async () => {
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Cancel “Roll out” on 1 server?');
    await dialog.getByRole('button', { name: 'Cancel the run' }).click();
    await expect(noteOn(page, 'The run is cancelled on 1 server.')).toBeVisible();
    await expect(row('house-1')).toContainText('Cancelled');
    expect((await fleet.lab.host(2).exec(LEFT)).stdout).toBe('');
    await expect(page.getByRole('button', { name: 'Retry on 2 servers' })).toBeVisible();
  });

  await lookAt(page, look, { url: fleet.manager.url, playbook: id, run: page.url(), preview });
  await fleet.api.delete(`/api/v1/playbooks/${id}`);
});

async function lookAt(
  page: Page,
  look: (page: Page, name: string) => Promise<void>,
  at: { readonly url: string; readonly playbook: string; readonly run: string; preview: string },
): Promise<void> {
  const from = new URL(at.preview).pathname.split('/').at(-1) ?? '';
  const run = new URL(at.run);
  await lookAtPages(page, look, {
    url: at.url,
    pages: [
      { name: 'playbook-runs', path: '/playbook-runs', ready: 'app-playbook-run-row' },
      { name: 'playbook-run', path: run.pathname, ready: 'app-task-item' },
      {
        name: 'playbook-run-form',
        path: `/playbooks/${at.playbook}/run?from=${from}&real=1`,
        ready: 'app-variable-field',
      },
    ],
  });
}
