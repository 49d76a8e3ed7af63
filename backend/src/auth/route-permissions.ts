import { Injectable, RequestMethod } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ApplicationConfig, DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PERMISSION, PUBLIC } from '../platform/http/index.js';
import { isKnownPermission, permits, ROLES } from './roles.js';
import type { Role } from './roles.js';

/** A route and who may use it. */
export interface RoutePermission {
  /** HTTP method; `GET` routes also answer `HEAD`. */
  readonly method: string;
  /** Such as `/api/v1/servers/:id`. */
  readonly path: string;
  readonly permission: string;
  /** Somebody who is not signed in. */
  readonly anonymous: boolean;
  readonly roles: Readonly<Record<Role, boolean>>;
}

interface Route {
  readonly method: string;
  readonly path: string;
  /** `Controller.method`, for messages. */
  readonly handler: string;
  readonly permission: unknown;
}

/** Knows every route of the application; stops the start when one does not say who may use it. */
@Injectable()
export class RoutePermissions implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly application: ApplicationConfig,
  ) {}

  /** @throws Error naming every route without a permission, or with one that no role has. */
  onApplicationBootstrap(): void {
    const wrong = this.routes()
      .filter(
        ({ permission }) => !(typeof permission === 'string' && isKnownPermission(permission)),
      )
      .map(({ method, path, handler }) => `${method} ${path} (${handler})`);
    if (wrong.length > 0) {
      throw new Error(`these routes declare no known permission: ${wrong.join(', ')}`);
    }
  }

  /** Every route × role, sorted by path and method: the table that is committed and compared. */
  list(): readonly RoutePermission[] {
    return this.routes()
      .map(({ method, path, permission }) => rightsOf(method, path, String(permission)))
      .sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
  }

  private routes(): Route[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prototype = metatype.prototype as Record<string, unknown>;
      return this.scanner
        .getAllMethodNames(prototype)
        .flatMap((name) => this.routesOf(metatype, name, prototype[name]));
    });
  }

  private routesOf(controller: NewableFunction, name: string, handler: unknown): Route[] {
    if (typeof handler !== 'function') return [];
    const method = this.reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler as never);
    if (method === undefined) return [];
    const prefixes = this.pathsOf(controller);
    return this.pathsOf(handler).flatMap((path) =>
      prefixes.map((prefix) => ({
        method: RequestMethod[method],
        path: joined(this.application.getGlobalPrefix(), prefix, path),
        handler: `${controller.name}.${name}`,
        permission: this.reflector.get<unknown>(PERMISSION, handler as never),
      })),
    );
  }

  private pathsOf(target: NewableFunction | object): string[] {
    const paths = this.reflector.get<string | string[] | undefined>(PATH_METADATA, target as never);
    return [paths ?? ''].flat();
  }
}

function rightsOf(method: string, path: string, permission: string): RoutePermission {
  const anonymous = permission === PUBLIC;
  const [viewer, operator, admin] = ROLES.map((role) => anonymous || permits(role, permission));
  return {
    method,
    path,
    permission,
    anonymous,
    roles: { viewer: viewer === true, operator: operator === true, admin: admin === true },
  };
}

function joined(...parts: readonly string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return `/${segments.join('/')}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
