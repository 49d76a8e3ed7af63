import { z } from 'zod';

import { ManagerConfig } from './config.schema.js';

/** How the text of an option or environment variable becomes a value. */
export type ConfigKeyKind = 'text' | 'number' | 'boolean' | 'list';

/** One configurable key and the names by which each source knows it. */
export interface ConfigKey {
  /** Dotted name, as in the YAML file: `listen.port`. */
  readonly key: string;
  readonly path: readonly string[];
  readonly kind: ConfigKeyKind;
  /** Environment variable: `MYX_LISTEN_PORT`. */
  readonly env: string;
  /** Command line option without dashes: `listen-port`; absent for secrets. */
  readonly option: string | undefined;
  readonly secret: boolean;
  /** The default as JSON text; absent when the key is optional. */
  readonly default: string | undefined;
  readonly description: string;
}

/** Peeled layers that carry no names of their own. */
interface Peeled {
  readonly inner: z.core.$ZodType;
  readonly fallback: unknown;
}

function peel(schema: z.core.$ZodType): Peeled {
  let inner = schema;
  let fallback: unknown;
  for (;;) {
    if (inner instanceof z.ZodDefault) {
      fallback = inner.def.defaultValue;
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodPipe) {
      inner = inner.def.in;
    } else {
      return { inner, fallback };
    }
  }
}

function kindOf(inner: z.core.$ZodType): ConfigKeyKind {
  if (inner instanceof z.ZodNumber) return 'number';
  if (inner instanceof z.ZodBoolean) return 'boolean';
  if (inner instanceof z.ZodArray) return 'list';
  return 'text';
}

function keysOf(schema: z.core.$ZodType, path: readonly string[]): ConfigKey[] {
  const { inner, fallback } = peel(schema);
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([name, child]) =>
      keysOf(child as z.core.$ZodType, [...path, name]),
    );
  }
  const meta = z.globalRegistry.get(schema);
  const secret = meta?.secret === true;
  const name = path.join('_');
  return [
    {
      key: path.join('.'),
      path,
      kind: kindOf(inner),
      env: `MYX_${name.toUpperCase()}`,
      option: secret ? undefined : name.replaceAll('_', '-'),
      secret,
      default: fallback === undefined ? undefined : JSON.stringify(fallback),
      description: meta?.description ?? '',
    },
  ];
}

/**
 * Every key of {@link ManagerConfig} with its environment variable, option, default and description,
 * in the order of the schema. The table in the manual and `myx doctor` are made from it.
 */
export function describeConfig(): readonly ConfigKey[] {
  return keysOf(ManagerConfig, []);
}
