import { signal } from '@angular/core';
import type { Signal } from '@angular/core';
import type { LogSource } from '../ui/log-source';
import { SERVER_STATUS } from '../ui/status';
import type { ServerStatus } from '../ui/status';
import type { StepView } from '../ui/step-view';

/** A made-up server, to see primitives with. */
export interface SampleServer {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly status: ServerStatus;
  readonly cpu: number;
  readonly memory: number;
  readonly history: readonly number[];
}

const STATUSES = Object.keys(SERVER_STATUS) as ServerStatus[];

/** Servers with live figures, the same at every load. */
export function sampleServers(count: number): ReadonlyMap<string, Signal<SampleServer>> {
  const wave = (index: number, at: number): number => (Math.sin(index * 1.7 + at * 0.9) + 1) / 2;
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const id = `server-${String(index + 1).padStart(4, '0')}`;
      const server: SampleServer = {
        id,
        name: `web-${String(index + 1).padStart(4, '0')}`,
        address: `10.0.${String(Math.floor(index / 250))}.${String((index % 250) + 1)}`,
        status: index % 9 === 4 ? (STATUSES[index % STATUSES.length] ?? 'online') : 'online',
        cpu: wave(index, 0),
        memory: wave(index, 3),
        history: Array.from({ length: 24 }, (__, at) => wave(index, at * 0.4)),
      };
      return [id, signal(server)];
    }),
  );
}

const AT = '2026-11-20T12:00:0';

/** The steps of an installation that is going on. */
export const SAMPLE_STEPS: readonly StepView[] = [
  {
    name: 'connect',
    title: 'Connect over SSH',
    state: 'succeeded',
    startedAt: `${AT}0Z`,
    finishedAt: `${AT}1Z`,
    error: null,
    progress: null,
    log: [
      {
        seq: 1,
        at: `${AT}0Z`,
        level: 'info',
        text: 'connected as root, ed25519 host key verified',
      },
    ],
  },
  {
    name: 'preflight',
    title: 'Check the host',
    state: 'skipped',
    startedAt: null,
    finishedAt: null,
    error: null,
    progress: null,
    log: [],
  },
  {
    name: 'upload',
    title: 'Upload the agent',
    state: 'running',
    startedAt: new Date(Date.now() - 4200).toISOString(),
    finishedAt: null,
    error: null,
    progress: { done: 31_400_000, total: 62_000_000, unit: 'bytes' },
    log: [
      { seq: 2, at: `${AT}2Z`, level: 'info', text: 'uploading runtime (59.1 MiB)' },
      { seq: 3, at: `${AT}3Z`, level: 'warn', text: 'slow link: 7.4 MiB/s' },
    ],
  },
  {
    name: 'start',
    title: 'Start the agent',
    state: 'failed',
    startedAt: `${AT}4Z`,
    finishedAt: `${AT}9Z`,
    error:
      'TCP refused on 24351: agent not running or firewall. Open the port, then retry from this step.',
    progress: null,
    log: [{ seq: 4, at: `${AT}9Z`, level: 'error', text: 'connect ECONNREFUSED' }],
  },
  {
    name: 'verify',
    title: 'Verify the certificate',
    state: 'pending',
    startedAt: null,
    finishedAt: null,
    error: null,
    progress: null,
    log: [],
  },
];

/** Ten megabytes of coloured lines, read by offset like the real thing. */
export function sampleLog(): LogSource {
  const line = (index: number): string =>
    `\u001b[32mok\u001b[0m ${String(index).padStart(7, '0')} Unpacking \u001b[1mlibc6\u001b[0m (2.36-9) over (2.36-8) ...\n`;
  const bytes = new TextEncoder().encode(
    Array.from({ length: 145_000 }, (_, at) => line(at)).join(''),
  );
  return {
    size: signal(bytes.length),
    isError: false,
    read: (offset, limit) => {
      const piece = bytes.slice(offset, offset + limit);
      return Promise.resolve({ bytes: piece, next: offset + piece.length });
    },
  };
}
