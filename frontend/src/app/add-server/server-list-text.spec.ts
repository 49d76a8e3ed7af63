import { describe, expect, it } from '@jest/globals';
import type { Translate } from '../platform/i18n/i18n';
import { parseServerList } from './server-list-text';

const t = ((key: string) => key) as unknown as Translate;

function read(text: string) {
  return parseServerList(text, t).map(
    ({ host, port, username, name, labels, problem }) =>
      problem ?? { host, port, username, name, labels },
  );
}

describe('parseServerList', () => {
  it('reads plain lines', () => {
    expect(read('web-1.example\n\n# comment\ndeploy@10.0.0.2:2222\n')).toEqual([
      { host: 'web-1.example', port: 22, username: null, name: 'web-1', labels: {} },
      { host: '10.0.0.2', port: 2222, username: 'deploy', name: '10.0.0.2', labels: {} },
    ]);
  });

  it('reads CSV in the usual order, with quotes', () => {
    expect(read('10.0.0.1,2222,root,web,"env=prod,role=web"')).toEqual([
      {
        host: '10.0.0.1',
        port: 2222,
        username: 'root',
        name: 'web',
        labels: { env: 'prod', role: 'web' },
      },
    ]);
  });

  it('follows a heading, in any order and with other words', () => {
    expect(read('Name;IP;Comment\nweb;10.0.0.1;hello\ndb;10.0.0.2;x')).toEqual([
      { host: '10.0.0.1', port: 22, username: null, name: 'web', labels: {} },
      { host: '10.0.0.2', port: 22, username: null, name: 'db', labels: {} },
    ]);
  });

  it('says what is wrong with a line and keeps the others', () => {
    const [bad, port, good] = read('bad host\nweb:70000\nok.example');

    expect([bad, port]).toEqual(['login.hostWrong', 'login.portWrong']);
    expect(good).toMatchObject({ host: 'ok.example' });
  });

  it.each([
    ['10.0.0.1\n10.0.0.1', 'the same address'],
    ['10.0.0.1,22,,web\n10.0.0.2,22,,WEB', 'the same name'],
  ])('refuses the second of two with %#', (text) => {
    expect(read(text)[1]).toBe('addMany.double');
  });

  it('finds nothing in nothing', () => {
    expect(read(' \n\n')).toEqual([]);
  });
});
