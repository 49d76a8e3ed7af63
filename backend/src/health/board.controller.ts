import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../platform/http/index.js';
import { SERVER_NOT_FOUND } from '../servers/index.js';
import {
  Board,
  BoardQuery,
  ServerParams,
  UptimeQuery,
  UptimeReport,
  VitalsHistory,
} from './board.schema.js';
import { BoardService } from './board.service.js';

/** The health of the fleet. */
@ApiTags('health')
@Controller('api/v1')
export class BoardController {
  constructor(private readonly board: BoardService) {}

  @Get('board')
  @Endpoint({
    permission: 'board:read',
    summary: 'Everything the health board shows',
    response: Board,
  })
  getBoard(@Query({ schema: BoardQuery }) { uptime }: BoardQuery): Promise<Board> {
    return this.board.read(uptime);
  }

  @Get('servers/:id/uptime')
  @Endpoint({
    permission: 'servers:read',
    summary: 'How long a server was up within a window',
    response: UptimeReport,
    errors: [SERVER_NOT_FOUND],
  })
  getServerUptime(
    @Param({ schema: ServerParams }) { id }: ServerParams,
    @Query({ schema: UptimeQuery }) { window }: UptimeQuery,
  ): Promise<UptimeReport> {
    return this.board.uptime(id, window);
  }

  @Get('servers/:id/vitals-history')
  @Endpoint({
    permission: 'servers:read',
    summary: 'What a server’s figures were within the last hour',
    response: VitalsHistory,
    errors: [SERVER_NOT_FOUND],
  })
  getServerVitalsHistory(
    @Param({ schema: ServerParams }) { id }: ServerParams,
  ): Promise<VitalsHistory> {
    return this.board.vitalsHistory(id);
  }
}
