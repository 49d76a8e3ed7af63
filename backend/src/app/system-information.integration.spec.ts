import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManagerApp } from '../../../test/support/manager-app.ts';
import type { Board } from '../health/board.schema.js';
import type { SystemInformation } from './system-information.schema.js';

let manager: ManagerApp;

beforeAll(async () => {
  manager = await ManagerApp.start();
});

afterAll(async () => {
  await manager.close();
});

describe('GET /api/v1/system', () => {
  it('tells an administrator about the parts of the manager', async () => {
    const api = await manager.api();

    const system = await api.get<SystemInformation>('/api/v1/system');

    expect(system).toMatchObject({
      node_version: process.versions.node,
      checks: [
        { name: 'database', ok: true },
        { name: 'job queue', ok: true },
      ],
      database: { kind: 'external', version: expect.stringMatching(/^\d+/) },
      queue: { backend: 'postgresql' },
      data_directory: { path: manager.installation.dataDir },
      counts: { servers: 0, users: 1 },
    });
    expect(system.database.size_bytes).toBeGreaterThan(1_000_000);
    // Keys and certificates were written into it.
    expect(system.data_directory.used_bytes).toBeGreaterThan(0);
    expect(system.data_directory.free_bytes).toBeLessThan(system.data_directory.total_bytes);
  });

  it('tells nobody else', async () => {
    const answer = await fetch(`${manager.url}/api/v1/system`);

    expect(answer.status).toBe(401);
  });
});

describe('GET /api/v1/board', () => {
  it('names the managers at work', async () => {
    const api = await manager.api();

    const board = await api.get<Board>('/api/v1/board');

    expect(board.managers).toEqual([
      { id: expect.any(String), started_at: expect.any(String), network_lost_since: null },
    ]);
  });
});
