import { HttpClient } from '@angular/common/http';
import { computed, inject } from '@angular/core';
import type { Signal } from '@angular/core';
import { firstValueFrom, fromEvent, takeUntil } from 'rxjs';
import { Api } from '../platform/api/generated/api';
import { getCommand } from '../platform/api/generated/fn/commands/get-command';
import type { Command } from '../platform/api/generated/models/command';
import type { LiveMessage } from '../platform/live/live-message';
import { liveResource } from '../platform/live/live-resource';
import type { LiveResource } from '../platform/live/live-resource';
import type { LogSource } from '../ui/log-source';
import type { CommandStatus } from '../ui/status';

/** One of a command's two streams. */
export type OutputStream = 'stdout' | 'stderr';

/** One command on screen, kept current. */
export interface CommandFeed {
  readonly resource: LiveResource<Command>;
  readonly command: Signal<Command | null>;
  /** The stream as a log view reads it. One object per stream and command. */
  readonly source: (stream: OutputStream) => LogSource;
}

/** Follows one command with its output. In an injection context. */
export function followCommand(id: Signal<string | null>): CommandFeed {
  const api = inject(Api);
  const http = inject(HttpClient);
  const resource = liveResource<Command>({
    topics: () => {
      const current = id();
      return current === null ? [] : [`commands:${current}`];
    },
    load: () => api.invoke(getCommand, { id: id() ?? '' }),
    merge: (command, messages) => messages.reduce(withMessage, command),
    keyOf: ({ type, data }) => (type === 'command_output' ? `output-${String(data.stream)}` : type),
  });
  const command = resource.value;
  const sizes = {
    stdout: computed(() => command()?.stdout_bytes ?? 0),
    stderr: computed(() => command()?.stderr_bytes ?? 0),
  };
  const source = (stream: OutputStream): LogSource => {
    const commandId = id() ?? '';
    return {
      size: sizes[stream],
      isError: stream === 'stderr',
      read: (offset, limit, signal) =>
        readOutput(http, { id: commandId, stream, offset, limit }, signal),
    };
  };
  return { resource, command, source };
}

/** Where all of a stream can be fetched from. */
export function outputUrl(id: string, stream: OutputStream): string {
  return `/api/v1/commands/${encodeURIComponent(id)}/output?stream=${stream}`;
}

/** The state or outcome of a command, as one word. */
export function commandStatus({
  status,
  outcome,
}: Pick<Command, 'status' | 'outcome'>): CommandStatus {
  if (outcome !== null) return outcome;
  return status === 'queued' ? 'queued' : 'running';
}

/** A command after one message. */
export function withMessage(command: Command, { type, data }: LiveMessage): Command {
  if (type === 'command_changed') {
    const changed = data as unknown as Command;
    // The script is only in the answer to a question for this one command.
    return { ...changed, script: command.script ?? null, ...largest(command, changed) };
  }
  if (type !== 'command_output') return command;
  const end = Number(data.offset) + Number(data.size);
  const key = data.stream === 'stderr' ? 'stderr_bytes' : 'stdout_bytes';
  return end > command[key] ? { ...command, [key]: end } : command;
}

type Sizes = Pick<Command, 'stdout_bytes' | 'stderr_bytes'>;

/** Output and state travel apart: the sizes never go back. */
function largest(a: Sizes, b: Sizes): Sizes {
  return {
    stdout_bytes: Math.max(a.stdout_bytes, b.stdout_bytes),
    stderr_bytes: Math.max(a.stderr_bytes, b.stderr_bytes),
  };
}

async function readOutput(
  http: HttpClient,
  at: { id: string; stream: OutputStream; offset: number; limit: number },
  signal: AbortSignal,
): Promise<{ bytes: Uint8Array; next: number }> {
  const url = `${outputUrl(at.id, at.stream)}&offset=${String(at.offset)}&max_bytes=${String(at.limit)}`;
  signal.throwIfAborted();
  const response = await firstValueFrom(
    http
      .get(url, { responseType: 'arraybuffer', observe: 'response' })
      .pipe(takeUntil(fromEvent(signal, 'abort'))),
  );
  const bytes = new Uint8Array(response.body ?? new ArrayBuffer(0));
  const next = Number(response.headers.get('x-next-offset'));
  // What the manager dropped meanwhile is behind it too.
  return { bytes, next: Math.max(next, at.offset + bytes.length, at.offset + 1) };
}
