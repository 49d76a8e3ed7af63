import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManagerApp } from '../../../test/support/manager-app.ts';
import { ScriptedAgent } from '../../../test/support/scripted-agent.ts';
import { makeCertificate } from '../../../test/support/test-certificates.ts';
import { TlsAgents } from '../../../test/support/tls-agents.ts';
import { sha256Hex } from '../platform/crypto/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { ServersService } from '../servers/index.js';
import type { NewServer } from '../servers/index.js';
import { isAgentPort } from './agent-ports.js';
import { AgentsService } from './agents.service.js';
import type { AgentIdentity } from './agents.service.js';

jest.setTimeout(60_000);

const agents = new TlsAgents();
let manager: ManagerApp;
let service: AgentsService;
let transactions: TransactionRunner;
let serverId: string;
let names = 0;

beforeAll(async () => {
  manager = await ManagerApp.start();
  service = manager.get(AgentsService);
  transactions = manager.get(TransactionRunner);
});

beforeEach(async () => {
  serverId = await addServer();
});

afterEach(async () => {
  await manager.removeServers();
  await agents.close();
});

function addServer(change: Partial<NewServer> = {}): Promise<string> {
  names += 1;
  const name = `a-${names}`;
  return transactions.run(async ({ manager: entities }) => {
    const server = await manager.get(ServersService).insert(entities, {
      name,
      host: '127.0.0.1',
      connection: 'local',
      status: 'new',
      ...change,
    });
    return server.id;
  });
}

function assign(id = serverId): Promise<AgentIdentity> {
  return transactions.run(({ manager: entities }) => service.assignIdentity(entities, id));
}

describe('an identity', () => {
  it('is random, within its bounds, and the same when asked for again', async () => {
    const identity = await assign();

    const again = await assign();

    expect(isAgentPort(identity.rpcPort)).toBe(true);
    expect(identity.rpcPath).toMatch(/^[a-z0-9]{16,32}$/);
    expect(identity.token.reveal()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(identity.secretKey.reveal()).not.toBe(identity.token.reveal());
    expect(again.token.reveal()).toBe(identity.token.reveal());
    expect(again.rpcPort).toBe(identity.rpcPort);
  });

  it('is given once to a server, however many ask at the same time', async () => {
    const identities = await Promise.all(Array.from({ length: 20 }, () => assign()));

    expect(new Set(identities.map(({ token }) => token.reveal())).size).toBe(1);
  });

  it('has a port of its own', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => addServer()));

    const identities = await Promise.all(ids.map((id) => assign(id)));

    expect(new Set(identities.map(({ rpcPort }) => rpcPort)).size).toBe(30);
  });

  it('is stored sealed', async () => {
    const { token, secretKey } = await assign();

    const rows = await manager.dataSource.query<{ row: string }[]>(
      'SELECT a::text AS row FROM agents a',
    );

    const stored = rows.map(({ row }) => row).join();
    for (const secret of [token.reveal(), secretKey.reveal()]) {
      expect(stored).not.toContain(secret);
      expect(stored).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });

  it('does not open when it was moved to another server', async () => {
    await assign();
    const other = await addServer();
    await assign(other);
    await manager.dataSource.query(
      `UPDATE agents SET token_sealed = (SELECT token_sealed FROM agents WHERE server_id = $1)
        WHERE server_id = $2`,
      [serverId, other],
    );

    await expect(service.identityOf(other)).rejects.toThrow('cannot be decrypted');
  });

  it('gives the agent the digest of the token, not the token', async () => {
    const { token, rpcPort, rpcPath, secretKey } = await assign();

    const config = await service.agentConfig(serverId);

    expect(config).toMatchObject({
      agent_token_sha256: sha256Hex(token.reveal()),
      secret_key: secretKey.reveal(),
      rpc_port: rpcPort,
      rpc_path: rpcPath,
      ca: manager.clientCa.certificate,
    });
    expect(JSON.stringify(config)).not.toContain(token.reveal());
  });

  it('has the agent of the manager’s own machine listen where nobody else can connect', async () => {
    const elsewhere = await addServer({ host: '192.0.2.1', connection: 'registered' });
    await assign();
    await assign(elsewhere);

    expect((await service.agentConfig(serverId)).listen).toBe('127.0.0.1');
    expect((await service.agentConfig(elsewhere)).listen).toBeUndefined();
  });
});

describe('a port', () => {
  it('can be changed before the agent has ever answered, and not after', async () => {
    const { rpcPort } = await assign();
    const change = (): Promise<AgentIdentity> =>
      transactions.run(({ manager: entities }) => service.changePort(entities, serverId));

    const changed = await change();

    expect(changed.rpcPort).not.toBe(rpcPort);
    await manager.dataSource.query('UPDATE servers SET last_heartbeat_at = now() WHERE id = $1', [
      serverId,
    ]);
    await expect(change()).rejects.toMatchObject({ definition: { name: 'agent_port_fixed' } });
  });
});

describe('a client', () => {
  it('is not given without an agent, or without its certificate', async () => {
    await expect(service.client(serverId)).rejects.toMatchObject({
      definition: { name: 'agent_not_installed' },
    });
    await assign();
    await expect(service.client(serverId)).rejects.toMatchObject({
      definition: { name: 'agent_certificate_unknown' },
    });
  });

  it('is shared, and replaced when the pinned certificate changes', async () => {
    const script = new ScriptedAgent();
    const { port } = await agents.start(script.answer, { clientCa: manager.clientCa });
    const id = await manager.addServer('client', port, agents.agent);
    const first = await service.client(id);
    expect(await service.client(id)).toBe(first);
    await first.call('health_check', {});
    const other = makeCertificate({ commonName: 'agent' });

    await transactions.run(({ manager: entities }) =>
      service.pinCertificate(entities, id, {
        fingerprint: other.fingerprint,
        pem: other.certificate,
      }),
    );

    const second = await service.client(id);
    expect(second).not.toBe(first);
    await expect(second.call('health_check', {})).rejects.toMatchObject({
      code: 'certificate_changed',
    });
  });

  it('is gone with its server', async () => {
    const script = new ScriptedAgent();
    const { port } = await agents.start(script.answer, { clientCa: manager.clientCa });
    const id = await manager.addServer('gone', port, agents.agent);
    await service.client(id);

    await transactions.run(({ manager: entities }) => service.remove(entities, id));

    await expect(service.client(id)).rejects.toMatchObject({
      definition: { name: 'agent_not_installed' },
    });
  });
});

describe('GET /api/v1/servers/{id}/agent', () => {
  it('shows no secret', async () => {
    const { token, secretKey, rpcPath, rpcPort } = await assign();
    const api = await manager.api();

    const answer = await api.get<object>(`/api/v1/servers/${serverId}/agent`);

    expect(answer).toMatchObject({ server_id: serverId, origin: 'assigned', rpc_port: rpcPort });
    for (const secret of [token.reveal(), secretKey.reveal(), rpcPath]) {
      expect(JSON.stringify(answer)).not.toContain(secret);
    }
  });
});
