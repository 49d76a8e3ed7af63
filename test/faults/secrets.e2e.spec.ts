import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Fleet } from '../support/fleet.ts';

/** Every command line seen on a machine while something goes on. */
class CommandLines {
  readonly seen = new Set<string>();
  private readonly timers: NodeJS.Timeout[] = [];

  /** Looks at all processes every few milliseconds until `stop`. */
  watch(list: () => readonly string[]): void {
    const look = (): void => {
      for (const line of list()) this.seen.add(line);
    };
    this.timers.push(setInterval(look, 20));
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }
}

function commandLinesHere(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        // The process ended between the listing and the reading.
        return '';
      }
    });
}

/** Files below `folder` that hold any of the texts, with the text's name. */
function findIn(folder: string, canaries: ReadonlyMap<string, string>): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const content = readFileSync(file);
      return [...canaries]
        .filter(([, secret]) => content.includes(secret))
        .map(([name]) => `${name} in ${path.relative(folder, file)}`);
    });
}

describe('planted secrets', () => {
  const canaries = new Map<string, string>();
  const lines = new CommandLines();
  const ids = { server: '', operation: '', command: '' };
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await Fleet.open({ hosts: 2, env: { MYX_LOG_LEVEL: 'trace' } });
    const [first, second] = [fleet.lab.host(1), fleet.lab.host(2)];
    lines.watch(commandLinesHere);
    const encrypted = first.users.deploy.keys.encrypted;
    canaries.set('login and sudo password', first.users.admin.password);
    canaries.set('passphrase', encrypted.passphrase);
    canaries.set('private key', encrypted.privateKey.split('\n')[3] ?? '');
    canaries.set('environment value', `env-${randomBytes(12).toString('hex')}`);
    canaries.set('standard input', `stdin-${randomBytes(12).toString('hex')}`);
    ids.server = await fleet.addServer(1, {
      ssh: {
        port: first.sshPort,
        username: 'admin',
        auth: { type: 'password', password: first.users.admin.password },
        sudo_password: first.users.admin.password,
        host_key: { fingerprint: first.hostKeyFingerprint },
      },
    });
    await fleet.addServer(2, {
      ssh: {
        port: second.sshPort,
        username: 'deploy',
        auth: {
          type: 'private_key',
          private_key: encrypted.privateKey,
          passphrase: encrypted.passphrase,
        },
        host_key: { fingerprint: second.hostKeyFingerprint },
      },
    });
    const command = await fleet.run(ids.server, {
      command: 'sh',
      args: ['-c', 'cat >/dev/null; test -n "$CANARY"; sleep 0.5'],
      env: { CANARY: canaries.get('environment value') },
      stdin: canaries.get('standard input'),
    });
    expect(command.outcome).toBe('succeeded');
    ids.command = command.id;
    const operations = await fleet.api.get<{ items: { id: string }[] }>('/api/v1/operations');
    ids.operation = operations.items[0]?.id ?? '';
    lines.stop();
  }, 600_000);

  afterAll(async () => {
    lines.stop();
    await fleet.close();
  }, 180_000);

  it('are really canaries', () => {
    expect([...canaries.values()].every((secret) => secret.length >= 12)).toBe(true);
  });

  it('appear on no command line', () => {
    const hits = [...canaries].filter(([, secret]) =>
      [...lines.seen].some((line) => line.includes(secret)),
    );

    expect(lines.seen.size).toBeGreaterThan(20);
    expect(hits).toEqual([]);
  });

  it('appear in no answer of the API', async () => {
    const document = await fleet.api.get<{ paths: Record<string, Record<string, unknown>> }>(
      '/api/v1/openapi.json',
    );
    const routes = Object.entries(document.paths)
      .filter(([, methods]) => 'get' in methods)
      .map(([route]) =>
        route
          .replace('/servers/{id}', `/servers/${ids.server}`)
          .replace('/operations/{id}', `/operations/${ids.operation}`)
          .replace('/commands/{id}', `/commands/${ids.command}`),
      )
      .filter((route) => !route.includes('{'));
    const bodies = await Promise.all(
      routes.map(async (route) => {
        const query = route.endsWith('/output') ? '?stream=stdout&offset=0' : '';
        const answer = await fleet.api.raw(route + query);
        return { route, text: await answer.text() };
      }),
    );

    expect(routes.length).toBeGreaterThan(15);
    for (const [name, secret] of canaries) {
      const hits = bodies.filter(({ text }) => text.includes(secret)).map(({ route }) => route);
      expect({ name, hits }).toEqual({ name, hits: [] });
    }
  });

  it('appear in no journal of a server', async () => {
    const journal = await fleet.lab.host(1).mustExec(['journalctl', '--no-pager', '-o', 'json']);
    const hits = [...canaries].filter(([, secret]) => journal.includes(secret));

    expect(journal.length).toBeGreaterThan(1000);
    expect(hits).toEqual([]);
  });

  it('appear in no file of the data directory: log, queue, tables', async () => {
    await fleet.manager.stop();

    const hits = findIn(fleet.manager.dataDirectory, canaries);

    expect(hits).toEqual([]);
  });
});
