import type { LabHost } from '../lab/index.ts';
import type { BenchRow } from './report.ts';

const CLOCK_TICKS_PER_SECOND = 100;
const MIB = 1024;

interface Usage {
  readonly cpuTicks: number;
  readonly residentKib: number;
}

/** CPU time and resident memory of the agent's main process, from proc(5). */
async function readUsage(host: LabHost, pid: string): Promise<Usage> {
  const stat = await host.mustExec(['cat', `/proc/${pid}/stat`]);
  // The program's name may hold spaces; what follows its closing bracket is fixed.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = await host.mustExec(['cat', `/proc/${pid}/status`]);
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return {
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    residentKib: Number(resident),
  };
}

/** What the agent costs while nothing but heartbeats happens, over `seconds`. */
export async function benchIdleAgent(host: LabHost, seconds: number): Promise<BenchRow[]> {
  const shown = await host.mustExec([
    ...['systemctl', 'show', '--property=MainPID', '--value', 'myx-agent.service'],
  ]);
  const pid = shown.trim();
  const before = await readUsage(host, pid);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const after = await readUsage(host, pid);
  const cpuPercent = ((after.cpuTicks - before.cpuTicks) / CLOCK_TICKS_PER_SECOND / seconds) * 100;
  const residentMib = after.residentKib / MIB;
  return [
    {
      what: `agent, idle over ${seconds} s: resident memory`,
      measured: `${residentMib.toFixed(1)} MB`,
      budget: '< 50 MB, aim < 40 MB',
      ratio: '',
      ok: residentMib < 50,
    },
    {
      what: `agent, idle over ${seconds} s: CPU of one core`,
      measured: `${cpuPercent.toFixed(2)} %`,
      budget: '< 1 %, aim < 0.1 %',
      ratio: '',
      ok: cpuPercent < 1,
    },
  ];
}
