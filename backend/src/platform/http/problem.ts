import { z } from 'zod';
import type { ErrorDefinition } from '../errors/index.js';

/** Media type of a problem document (RFC 9457, section 3). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** A problem document (RFC 9457) with the extension members of this product. */
export const Problem = z
  .looseObject({
    type: z.string().meta({ description: 'URN of the error, ends in its name' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    name: z.string().meta({ description: 'Stable name of the error' }),
    code: z.int().meta({ description: 'Stable number of the error' }),
    correlation_id: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** Builds the problem document of one occurrence. */
export function problemOf(
  definition: ErrorDefinition,
  detail: string,
  correlationId: string,
  facts: Readonly<Record<string, unknown>> = {},
): Problem {
  return {
    ...facts,
    type: `urn:myx:error:${definition.name}`,
    title: definition.title,
    status: definition.status,
    detail,
    name: definition.name,
    code: definition.code,
    correlation_id: correlationId,
  };
}
