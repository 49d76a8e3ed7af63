/**
 * The comment above the first play, in which a playbook may declare its variables. It is read by the
 * manager; here it only matters whether it changed.
 */
export function headerOf(content: string): string {
  const lines = content.split(/\r?\n/);
  const start = lines.findIndex((line) => line.trim() !== '' && line.trim() !== '---');
  if (!(lines[start] ?? '').startsWith('#')) return '';
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('#'));
  return lines.slice(start, end === -1 ? undefined : end).join('\n');
}

/** What a new playbook begins with. */
export const NEW_PLAYBOOK = `# description: Says something.
# variables:
#   - { name: message, default: Hello }
---
- name: My playbook
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Say something
      ansible.builtin.debug:
        msg: '{{ message }}'
`;
