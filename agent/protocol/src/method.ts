import type { z } from 'zod';

/** One method of the wire contract: its name, both schemas, and how long a caller waits. */
export interface MethodDefinition<
  Name extends string = string,
  Params extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  readonly name: Name;
  readonly params: Params;
  readonly result: Result;
  /** Deadline of one attempt in milliseconds, given the parsed parameters. */
  readonly timeoutMs: (params: z.infer<Params>) => number;
}

/** Deadline of one attempt when a method does not ask for another, milliseconds. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** Defines a method so that its name, parameter and result types stay literal. */
export function defineMethod<
  const Name extends string,
  Params extends z.ZodType,
  Result extends z.ZodType,
>(
  name: Name,
  definition: {
    params: Params;
    result: Result;
    timeoutMs?: (params: z.infer<Params>) => number;
  },
): MethodDefinition<Name, Params, Result> {
  return { timeoutMs: () => DEFAULT_TIMEOUT_MS, ...definition, name };
}
