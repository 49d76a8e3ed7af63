import type { Fleet } from '../support/fleet.ts';
import { eventually } from '../support/eventually.ts';
import type { BenchRow } from './report.ts';

/** From the request that adds a server to its status `online`, artefacts built, nothing on the host. */
export async function benchAddServer(
  fleet: Fleet,
  hostNumber: number,
): Promise<{ serverId: string; row: BenchRow }> {
  const start = performance.now();
  const answer = await fleet.api.post<{ server: { id: string }; operation_id: string }>(
    '/api/v1/servers',
    fleet.serverRequest(fleet.lab.host(hostNumber)),
    [201],
  );
  const serverId = answer.server.id;
  await eventually(
    'the server is online',
    async () => ((await fleet.server(serverId)).status === 'online' ? true : undefined),
    { everyMs: 25 },
  );
  const seconds = (performance.now() - start) / 1000;
  return {
    serverId,
    row: {
      what: 'add a server by SSH until it is online, empty host',
      measured: `${seconds.toFixed(1)} s`,
      budget: '< 15 s, aim < 5 s',
      ratio: '',
      ok: seconds < 15,
    },
  };
}
