import { afterEach, describe, expect, it } from '@jest/globals';
import { makeCertificate } from '../../../../test/support/test-certificates.ts';
import { failingCall, stopServer, TlsAgents } from '../../../../test/support/tls-agents.ts';
import type { Answer } from '../../../../test/support/tls-agents.ts';
import { Secret } from '../crypto/secret.js';
import { fetchCertificate } from './fetch-certificate.js';

const HEALTHY = { status: 'ok', version: '1.0.0' };
const agents = new TlsAgents();

afterEach(() => agents.close());

const healthy: Answer = ({ rpc }, response) => {
  response.end(JSON.stringify({ jsonrpc: '2.0', id: rpc.id, result: HEALTHY }));
};

describe('trust', () => {
  it('sends nothing to another certificate', async () => {
    const other = makeCertificate({ commonName: 'agent' });
    const { port, requests, sockets } = await agents.start(healthy, { certificate: other });

    const { error, notices } = await failingCall(agents.client(port));

    expect(error).toMatchObject({
      layer: 'certificate_pin',
      code: 'certificate_changed',
      retryable: false,
      notDelivered: true,
    });
    expect(notices).toHaveLength(0);
    expect(requests).toHaveLength(0);
    expect(sockets.size).toBe(0);
  });

  it('sends nothing to another certificate on the same port after a good session', async () => {
    const good = await agents.start(healthy);
    const client = agents.client(good.port);
    await client.call('health_check', {});
    const other = makeCertificate({ commonName: 'agent' });
    // Nothing takes time between the two: the port might go to somebody else.
    await stopServer(good.server);
    const evil = await agents.start(healthy, { certificate: other, port: good.port });

    const { error } = await failingCall(client);

    expect(error.code).toBe('certificate_changed');
    expect(evil.requests).toHaveLength(0);
  });

  it('sends nothing to a certificate that the pinned one has signed', async () => {
    const authority = makeCertificate({ commonName: 'agent', isCa: true });
    const issued = makeCertificate({ commonName: 'agent', issuer: authority });
    const { port, requests } = await agents.start(healthy, { certificate: issued });

    const { error } = await failingCall(agents.client(port, { pinned: authority }));

    expect(error.code).toBe('certificate_changed');
    expect(requests).toHaveLength(0);
  });

  it('accepts the pinned certificate also when another authority has signed it', async () => {
    const authority = makeCertificate({ commonName: 'company CA', isCa: true });
    const issued = makeCertificate({ commonName: 'agent', issuer: authority });
    const { port } = await agents.start(healthy, { certificate: issued });

    expect(await agents.client(port, { pinned: issued }).call('health_check', {})).toEqual(HEALTHY);
  });

  it('refuses the pinned certificate once it has expired', async () => {
    const expired = makeCertificate({ commonName: 'agent', days: -1 });
    const { port, requests } = await agents.start(healthy, { certificate: expired });

    const { error } = await failingCall(agents.client(port, { pinned: expired }));

    expect(error).toMatchObject({ layer: 'tls', code: 'certificate_expired', retryable: false });
    expect(requests).toHaveLength(0);
  });

  it('says so when the agent belongs to another manager', async () => {
    const foreign = makeCertificate({ commonName: 'test CA', isCa: true });
    const { port, requests } = await agents.start(healthy, { clientCa: foreign });

    const { error, notices } = await failingCall(agents.client(port));

    expect(error).toMatchObject({ layer: 'tls', code: 'closed_after_handshake' });
    expect(notices).toHaveLength(3);
    expect(requests).toHaveLength(0);
  });

  it('never resumes a session', async () => {
    const { port, server } = await agents.start(healthy);
    const reused: boolean[] = [];
    server.on('secureConnection', (socket) => reused.push(socket.isSessionReused()));
    const client = agents.client(port);

    await client.call('health_check', {});
    server.closeAllConnections();
    await client.call('health_check', {});

    expect(reused).toEqual([false, false]);
  });
});

describe('layers', () => {
  it('names a host that does not resolve', async () => {
    const { error } = await failingCall(agents.client(1, { host: 'no-such-host.invalid' }), 0);

    expect(error.layer).toBe('dns');
    expect(error.message).toContain('no-such-host.invalid:1');
  });

  it('names a port where nothing listens', async () => {
    const { error, notices } = await failingCall(agents.client(1));

    expect(error).toMatchObject({ layer: 'tcp', code: 'connection_refused', notDelivered: true });
    expect(notices).toHaveLength(3);
  });

  it('names a port where no TLS is spoken', async () => {
    const port = await agents.startTcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));

    const { error } = await failingCall(agents.client(port));

    expect(error).toMatchObject({ layer: 'tls', code: 'handshake_failed' });
  });

  it('names a handshake that never ends', async () => {
    const port = await agents.startTcp(() => undefined);

    const { error } = await failingCall(agents.client(port, { connectTimeoutMs: 2_000 }), 0);

    expect(error).toMatchObject({ layer: 'tls', code: 'handshake_timeout', retryable: true });
  });
});

describe('fetchCertificate', () => {
  it('shows what is presented, without sending a byte', async () => {
    const { port, sockets } = await agents.start(healthy);

    const seen = await fetchCertificate({ ...address(port) });

    expect(seen.fingerprint).toBe(agents.agent.fingerprint);
    expect(seen.pem.trim()).toBe(agents.agent.certificate.trim());
    expect(sockets.size).toBe(0);
  });

  it('accepts a fingerprint in OpenSSL’s notation', async () => {
    const { port } = await agents.start(healthy);
    const expectedFingerprint =
      agents.agent.fingerprint.toUpperCase().match(/../g)?.join(':') ?? '';

    const seen = await fetchCertificate({ ...address(port), expectedFingerprint });

    expect(seen.fingerprint).toBe(agents.agent.fingerprint);
  });

  it('refuses another fingerprint', async () => {
    const { port } = await agents.start(healthy);

    const fetched = fetchCertificate({
      ...address(port),
      expectedFingerprint: agents.manager.fingerprint,
    });

    await expect(fetched).rejects.toMatchObject({ code: 'certificate_changed' });
  });

  it('names the layer when there is no agent', async () => {
    await expect(fetchCertificate(address(1))).rejects.toMatchObject({ layer: 'tcp' });
  });

  function address(port: number): Parameters<typeof fetchCertificate>[0] {
    return {
      host: '127.0.0.1',
      port,
      clientCertificate: {
        certificate: agents.manager.certificate,
        key: new Secret(agents.manager.key),
      },
      timeoutMs: 20_000,
    };
  }
});
