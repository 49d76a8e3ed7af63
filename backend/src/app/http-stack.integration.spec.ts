import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManagerApp } from '../../../test/support/manager-app.ts';

let manager: ManagerApp;

beforeAll(async () => {
  manager = await ManagerApp.start();
});

afterAll(async () => {
  await manager.close();
});

/** A long document that anybody may read, as a client that takes these encodings gets it. */
function getDocument(encodings: string): Promise<Response> {
  return fetch(`${manager.url}/api/v1/openapi.json`, { headers: { 'accept-encoding': encodings } });
}

describe('answers of the manager', () => {
  it.each(['gzip', 'br'])('travel as %s to whoever takes it', async (encoding) => {
    const answer = await getDocument(encoding);

    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(answer.headers.get('vary')).toMatch(/accept-encoding/i);
    expect(await answer.json()).toHaveProperty('openapi');
  });

  it('travel as they are to whoever takes nothing else', async () => {
    const answer = await getDocument('identity');

    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.json()).toHaveProperty('openapi');
  });

  it('keep the connection for longer than clients and proxies do', async () => {
    const answer = await getDocument('identity');
    await answer.arrayBuffer();

    expect(answer.headers.get('keep-alive')).toBe('timeout=75');
  });
});
