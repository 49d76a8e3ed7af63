import { Injectable } from '@nestjs/common';
import { SERVER_STATUSES, ServersService } from '../servers/index.js';
import type { ServerStatus } from '../servers/index.js';
import { BoardRepository } from './board.repository.js';
import type { Board, BoardServer, UptimeReport, VitalsHistory } from './board.schema.js';
import { UPTIME_WINDOWS, uptimeOf, uptimeSpansOf } from './uptime.js';
import type { UptimeWindow } from './uptime.js';

/** What the health board shows. */
@Injectable()
export class BoardService {
  constructor(
    private readonly repository: BoardRepository,
    private readonly servers: ServersService,
  ) {}

  /** The whole board, with uptimes when a window is given. */
  async read(window?: UptimeWindow): Promise<Board> {
    const [servers, managers] = await Promise.all([
      window ? this.withUptime(window) : this.repository.servers(),
      this.repository.managers(),
    ]);
    const instances = managers.map(({ id, startedAt, networkLostSince }) => ({
      id,
      started_at: startedAt.toISOString(),
      network_lost_since: networkLostSince?.toISOString() ?? null,
    }));
    const lost = instances.flatMap(({ network_lost_since: since }) => since ?? []).sort();
    return {
      at: new Date().toISOString(),
      manager_network: { lost_since: lost[0] ?? null },
      managers: instances,
      counts: countsOf(servers),
      servers,
    };
  }

  /** A server's uptime. @throws AppError server_not_found */
  async uptime(serverId: string, window: UptimeWindow): Promise<UptimeReport> {
    await this.servers.get(serverId);
    const { from, to } = boundsOf(window);
    const points = (await this.repository.statusPoints(from, serverId)).get(serverId) ?? [];
    return {
      window,
      from: from.toISOString(),
      to: to.toISOString(),
      ...uptimeOf(points, from, to),
      spans: uptimeSpansOf(points, from, to),
    };
  }

  /** What a server's figures were within the last hour. @throws AppError server_not_found */
  async vitalsHistory(serverId: string): Promise<VitalsHistory> {
    await this.servers.get(serverId);
    const samples = await this.repository.samples(serverId);
    return { at: new Date().toISOString(), samples };
  }

  private async withUptime(window: UptimeWindow): Promise<BoardServer[]> {
    const { from, to } = boundsOf(window);
    const [servers, points] = await Promise.all([
      this.repository.servers(),
      this.repository.statusPoints(from),
    ]);
    return servers.map((server) => ({
      ...server,
      uptime_percent: uptimeOf(points.get(server.id) ?? [], from, to).percent,
      uptime_spans: uptimeSpansOf(points.get(server.id) ?? [], from, to),
    }));
  }
}

function boundsOf(window: UptimeWindow): { from: Date; to: Date } {
  const to = new Date();
  return { from: new Date(to.getTime() - UPTIME_WINDOWS[window] * 1000), to };
}

function countsOf(servers: readonly BoardServer[]): Record<ServerStatus, number> {
  const counts = Object.fromEntries(SERVER_STATUSES.map((status) => [status, 0])) as Record<
    ServerStatus,
    number
  >;
  for (const { status } of servers) counts[status] += 1;
  return counts;
}
