import { applyDecorators, HttpCode, SerializeOptions, SetMetadata } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import type { z } from 'zod';
import type { ErrorDefinition } from '../errors/index.js';
import { Problem } from './problem.js';

/** Metadata key of a route's permission. */
export const PERMISSION = 'myx:permission';

/** The permission of routes that need no login. */
export const PUBLIC = 'public';

/** What an endpoint declares about itself. */
export interface EndpointOptions {
  /**
   * Permission needed, `<objects>:<verb>` such as `servers:read`, or {@link PUBLIC}. A route without
   * one, or with one that no role knows, stops the start.
   */
  readonly permission: string;
  /** One line for the API document. */
  readonly summary: string;
  /** Schema of the answer; undeclared fields are stripped, a wrong answer is a 500. Absent: no body. */
  readonly response?: z.ZodType;
  /** Content type of an answer that is not JSON (the handler writes it). */
  readonly produces?: string;
  /** Success status; default 200, or 204 without a body. */
  readonly status?: number;
  /** Errors worth documenting beside the usual ones. */
  readonly errors?: readonly ErrorDefinition[];
}

/** The one decorator of a route: permission, answer schema, status and API document together. */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  const hasBody = options.response !== undefined || options.produces !== undefined;
  const status = options.status ?? (hasBody ? 200 : 204);
  const decorators: (MethodDecorator | ClassDecorator)[] = [
    SetMetadata(PERMISSION, options.permission),
    HttpCode(status),
    ApiOperation({ summary: options.summary }),
    ...problemResponses(options.errors ?? []),
  ];
  if (options.permission !== PUBLIC) {
    decorators.push(ApiSecurity('bearer'), ApiSecurity('cookie'));
  }
  if (options.response) {
    decorators.push(
      SerializeOptions({ schema: options.response }),
      ApiResponse({ status, description: 'Success', standardSchema: options.response }),
    );
  } else {
    decorators.push(ApiResponse({ status, description: 'Success' }));
  }
  if (options.produces !== undefined) decorators.push(ApiProduces(options.produces));
  return applyDecorators(...decorators);
}

function problemResponses(errors: readonly ErrorDefinition[]): MethodDecorator[] {
  const byStatus = new Map<number, string[]>();
  for (const { status, name } of errors) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return [...byStatus].map(([status, names]) =>
    ApiResponse({
      status,
      description: names.map((name) => `\`${name}\``).join(', '),
      standardSchema: Problem,
    }),
  );
}
