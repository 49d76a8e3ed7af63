import { expect, it } from '@jest/globals';
import { curlExample } from './curl-example';

it.each(['operator', 'admin'] as const)(
  'shows how a pipeline with the role %s runs a command',
  (role) => {
    const example = curlExample('https://myx.example', { role });

    expect(example).toContain('"https://myx.example/api/v1/servers/$SERVER_ID/commands?wait=60"');
    const body = /-d '(.*)'/.exec(example)?.[1] ?? '';
    expect(JSON.parse(body)).toEqual({ command: 'systemctl', args: ['reload', 'caddy'] });
  },
);

it('shows a viewer something it may do, and never a token', () => {
  const example = curlExample('https://myx.example', { role: 'viewer' });

  expect(example).toContain('https://myx.example/api/v1/board');
  expect(example).not.toContain('-d');
  expect(example).toContain('$MYX_TOKEN');
});
