import type { ApiClient } from '../support/api-client.ts';
import type { Lab, LabHost } from '../lab/index.ts';
import type { BenchRow } from './report.ts';
import { runQuietly } from './round-trip.ts';
import { timed } from './statistics.ts';

const MEBIBYTES = 50;
const FILE = '/var/tmp/myx-bench-output';

/** The same file to the same machine: as a command's followed output, and by `ssh host cat`. */
export async function benchThroughput(
  api: ApiClient,
  serverId: string,
  lab: Lab,
  host: LabHost,
): Promise<BenchRow[]> {
  await host.mustExec(['dd', 'if=/dev/urandom', `of=${FILE}`, 'bs=1M', `count=${MEBIBYTES}`]);
  await followOutput(api, serverId);
  const ours = await timed(() => followOutput(api, serverId));
  const cat = ['ssh', '-F', lab.sshConfigFile, host.name, 'cat', FILE];
  await runQuietly(cat);
  const theirs = await timed(() => runQuietly(cat));
  await host.mustExec(['rm', FILE]);
  const rate = (elapsed: number): number => MEBIBYTES / (elapsed / 1000);
  return [
    {
      what: `output throughput, ${MEBIBYTES} MiB agent to manager to client, against \`ssh host cat\` (aim 0.5x)`,
      measured: `${rate(ours).toFixed(0)} MB/s`,
      budget: `${rate(theirs).toFixed(0)} MB/s; must 20 MB/s`,
      ratio: `${(rate(ours) / rate(theirs)).toFixed(2)}x`,
      ok: rate(ours) >= 20,
    },
  ];
}

async function followOutput(api: ApiClient, serverId: string): Promise<void> {
  const command = await api.post<{ id: string }>(`/api/v1/servers/${serverId}/commands`, {
    command: 'cat',
    args: [FILE],
  });
  const route = `/api/v1/commands/${command.id}/output?stream=stdout&offset=0&follow=true`;
  const response = await api.raw(route);
  if (!response.ok || response.body === null) throw new Error(`output: ${response.status}`);
  let bytes = 0;
  for await (const chunk of response.body) bytes += (chunk as Uint8Array).byteLength;
  if (bytes !== MEBIBYTES * 1024 * 1024) throw new Error(`${bytes} bytes arrived`);
}
