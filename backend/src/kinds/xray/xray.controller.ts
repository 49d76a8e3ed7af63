import { Body, Controller, Delete, Get, Header, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DEPLOYMENT_NOT_FOUND } from '../../deployments/index.js';
import { CurrentActor, Endpoint } from '../../platform/http/index.js';
import type { Actor } from '../../platform/http/index.js';
import { SERVER_NOT_FOUND, ServerPath } from '../../servers/index.js';
import { RealityScans } from './reality-scans.service.js';
import {
  CreateXrayClient,
  QrQuery,
  RealityScanRequest,
  RealityScanResult,
  UpdateXrayClient,
  XrayClientChange,
  XrayClientList,
  XrayClientPath,
  XrayClientRemoval,
  XrayLinkList,
  XrayPath,
  XraySubscription,
} from './xray-clients.schema.js';
import { XrayClients } from './xray-clients.service.js';
import {
  NOT_AN_XRAY,
  REALITY_SCAN_FAILED,
  XRAY_CLIENT_NAME_TAKEN,
  XRAY_CLIENT_NOT_FOUND,
  XRAY_LINK_NOT_FOUND,
} from './xray-host.errors.js';

const NOT_FOUND = [DEPLOYMENT_NOT_FOUND, NOT_AN_XRAY, XRAY_CLIENT_NOT_FOUND];

/** Clients of Xray deployments, and the search for camouflage targets. */
@ApiTags('xray')
@Controller('api/v1')
export class XrayController {
  constructor(
    private readonly clients: XrayClients,
    private readonly scans: RealityScans,
  ) {}

  @Get('deployments/:id/xray-clients')
  @Endpoint({
    permission: 'deployments:read',
    summary: 'Clients of an Xray, with their traffic',
    response: XrayClientList,
    errors: [DEPLOYMENT_NOT_FOUND, NOT_AN_XRAY],
  })
  listXrayClients(@Param({ schema: XrayPath }) { id }: XrayPath): Promise<XrayClientList> {
    return this.clients.list(id);
  }

  @Post('deployments/:id/xray-clients')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Add a client and apply the change',
    response: XrayClientChange,
    status: 202,
    errors: [DEPLOYMENT_NOT_FOUND, NOT_AN_XRAY, XRAY_CLIENT_NAME_TAKEN],
  })
  addXrayClient(
    @Param({ schema: XrayPath }) { id }: XrayPath,
    @Body({ schema: CreateXrayClient }) body: CreateXrayClient,
    @CurrentActor() actor: Actor,
  ): Promise<XrayClientChange> {
    return this.clients.add(id, body, actor);
  }

  @Patch('deployments/:id/xray-clients/:client_id')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Rename, enable or disable a client and apply the change',
    response: XrayClientChange,
    status: 202,
    errors: [...NOT_FOUND, XRAY_CLIENT_NAME_TAKEN],
  })
  updateXrayClient(
    @Param({ schema: XrayClientPath }) path: XrayClientPath,
    @Body({ schema: UpdateXrayClient }) body: UpdateXrayClient,
    @CurrentActor() actor: Actor,
  ): Promise<XrayClientChange> {
    return this.clients.update(path.id, path.client_id, body, actor);
  }

  @Delete('deployments/:id/xray-clients/:client_id')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Remove a client and apply the change',
    response: XrayClientRemoval,
    status: 202,
    errors: NOT_FOUND,
  })
  removeXrayClient(
    @Param({ schema: XrayClientPath }) path: XrayClientPath,
    @CurrentActor() actor: Actor,
  ): Promise<XrayClientRemoval> {
    return this.clients.remove(path.id, path.client_id, actor);
  }

  @Get('deployments/:id/xray-clients/:client_id/links')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Share links of a client: secrets for its user',
    response: XrayLinkList,
    errors: NOT_FOUND,
  })
  @Header('cache-control', 'no-store')
  listXrayLinks(@Param({ schema: XrayClientPath }) path: XrayClientPath): Promise<XrayLinkList> {
    return this.clients.links(path.id, path.client_id);
  }

  @Get('deployments/:id/xray-clients/:client_id/qr.svg')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'A share link as a QR code',
    produces: 'image/svg+xml',
    errors: [...NOT_FOUND, XRAY_LINK_NOT_FOUND],
  })
  @Header('content-type', 'image/svg+xml')
  @Header('cache-control', 'no-store')
  getXrayQr(
    @Param({ schema: XrayClientPath }) path: XrayClientPath,
    @Query({ schema: QrQuery }) query: QrQuery,
  ): Promise<string> {
    return this.clients.qr(path.id, path.client_id, query.link);
  }

  @Post('deployments/:id/xray-clients/:client_id/subscription')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Make a subscription address for a client; an older one stops working',
    response: XraySubscription,
    status: 201,
    errors: NOT_FOUND,
  })
  @Header('cache-control', 'no-store')
  createXraySubscription(
    @Param({ schema: XrayClientPath }) path: XrayClientPath,
    @CurrentActor() actor: Actor,
  ): Promise<XraySubscription> {
    return this.clients.subscribe(path.id, path.client_id, actor);
  }

  @Delete('deployments/:id/xray-clients/:client_id/subscription')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Revoke the subscription of a client',
    errors: [DEPLOYMENT_NOT_FOUND, NOT_AN_XRAY],
  })
  revokeXraySubscription(
    @Param({ schema: XrayClientPath }) path: XrayClientPath,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    return this.clients.unsubscribe(path.id, path.client_id, actor);
  }

  @Post('servers/:id/reality-scans')
  @Endpoint({
    permission: 'deployments:write',
    summary: 'Look for REALITY camouflage targets from a server, the best first',
    response: RealityScanResult,
    errors: [SERVER_NOT_FOUND, REALITY_SCAN_FAILED],
  })
  async scanRealityTargets(
    @Param({ schema: ServerPath }) { id }: ServerPath,
    @Body({ schema: RealityScanRequest }) { targets }: RealityScanRequest,
    @CurrentActor() actor: Actor,
  ): Promise<RealityScanResult> {
    return { items: await this.scans.scan(id, targets, actor) };
  }
}
