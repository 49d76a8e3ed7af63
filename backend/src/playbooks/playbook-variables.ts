import { AnsibleVariableName } from '@myx/protocol';
import { z } from 'zod';

/** What kind of value a variable takes. */
export const VARIABLE_TYPES = ['string', 'integer', 'number', 'boolean', 'list', 'map'] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];

const VALUE_DEPTH = 16;

/** A JSON value that PostgreSQL and Ansible can hold. */
export const VariableValue = z
  .unknown()
  .refine((value) => isPlainJson(value, VALUE_DEPTH), {
    error: `must be JSON of at most ${String(VALUE_DEPTH)} levels without NUL characters`,
  })
  .meta({ description: 'Any JSON value' });

const declarationFields = {
  name: AnsibleVariableName,
  description: z.string().max(1000).default(''),
  type: z.enum(VARIABLE_TYPES).default('string'),
  required: z.boolean().default(false),
  secret: z.boolean().default(false),
};

/** A variable that a playbook declares in its own header. A secret has no default there. */
export const HeaderVariable = z
  .strictObject({ ...declarationFields, default: VariableValue.optional() })
  .refine(({ secret, default: value }) => !(secret && value !== undefined && value !== null), {
    path: ['default'],
    error: 'a secret has no default in the text of a playbook: set it apart',
  })
  .refine(hasTypedDefault, { path: ['default'], error: 'is not of the declared type' });

/** A variable as people declare it. */
export const VariableInput = z
  .strictObject({
    ...declarationFields,
    default: VariableValue.optional().meta({
      description:
        'Value when a run gives none. Of a secret it is never shown again; left out, the one of the version before stays, and null removes it',
    }),
  })
  .refine(hasTypedDefault, { path: ['default'], error: 'is not of the declared type' })
  .meta({ id: 'PlaybookVariableInput' });
export type VariableInput = z.infer<typeof VariableInput>;

/** A declared variable as it is stored: the default of a secret is sealed apart. */
export const Variable = z.object({
  ...declarationFields,
  default: z.unknown().optional(),
});
export type Variable = z.infer<typeof Variable>;

/** Values by name. */
export type Values = Readonly<Record<string, unknown>>;

/** What is wrong with a value. */
export interface ValueProblem {
  readonly name: string;
  readonly message: string;
}

/** Values a run starts with, and which of them are secrets. */
export interface ResolvedValues {
  readonly plain: Values;
  readonly secret: Values;
  readonly problems: readonly ValueProblem[];
}

/** What a run gives: values by name, and names that are secrets although the playbook does not say so. */
export interface GivenValues {
  readonly values: Values;
  readonly secretNames: readonly string[];
}

/**
 * Fills given values up with defaults and checks them against what the playbook declares. Values of
 * undeclared names pass: Ansible knows more variables than a playbook declares.
 */
export function resolveValues(
  variables: readonly Variable[],
  secretDefaults: Values,
  given: GivenValues,
): ResolvedValues {
  const secrets = new Set([
    ...given.secretNames,
    ...variables.filter(({ secret }) => secret).map(({ name }) => name),
  ]);
  const values = new Map<string, unknown>();
  const problems: ValueProblem[] = [];
  for (const variable of variables) {
    const { name, type, required } = variable;
    const fallback = variable.secret ? secretDefaults[name] : variable.default;
    const value = Object.hasOwn(given.values, name) ? given.values[name] : fallback;
    if (value === undefined || value === null) {
      if (required) problems.push({ name, message: 'is required' });
    } else if (isOfType(value, type)) values.set(name, value);
    else problems.push({ name, message: `must be ${NOUNS[type]}` });
  }
  const declared = new Set(variables.map(({ name }) => name));
  for (const [name, value] of Object.entries(given.values)) {
    if (!declared.has(name)) values.set(name, value);
  }
  for (const name of given.secretNames) {
    if (!Object.hasOwn(given.values, name)) {
      problems.push({ name, message: 'is named as a secret but has no value' });
    }
  }
  const entries = [...values];
  return {
    plain: Object.fromEntries(entries.filter(([name]) => !secrets.has(name))),
    secret: Object.fromEntries(entries.filter(([name]) => secrets.has(name))),
    problems,
  };
}

/** True when `value` is what a variable of the type takes. */
export function isOfType(value: unknown, type: VariableType): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'number':
      return typeof value === 'number';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'list':
      return Array.isArray(value);
    case 'map':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
  }
}

const NOUNS: Readonly<Record<VariableType, string>> = {
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a whole number',
  list: 'a list',
  map: 'a map',
};

function hasTypedDefault({
  type,
  default: value,
}: {
  readonly type: VariableType;
  readonly default?: unknown;
}): boolean {
  return value === undefined || value === null || isOfType(value, type);
}

/** Whether a parsed JSON value fits where it will be stored. */
function isPlainJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) {
    return value === null || typeof value === 'boolean' || typeof value === 'number';
  }
  if (depth === 0) return false;
  return Object.entries(value).every(
    ([key, item]) => isPlainJson(key, depth) && isPlainJson(item, depth - 1),
  );
}

/** Variables as they are stored: without the defaults of secrets. */
export function withoutSecretDefaults(variables: readonly VariableInput[]): Variable[] {
  return variables.map(({ default: value, ...variable }) =>
    variable.secret || value === undefined || value === null
      ? variable
      : { ...variable, default: value },
  );
}

/**
 * The defaults of secrets. One that is left out stays what it was in `kept`, because nobody could have
 * read it; null removes it.
 */
export function secretDefaultsOf(variables: readonly VariableInput[], kept: Values): Values {
  const defaults: [string, unknown][] = [];
  for (const { name, secret, default: value } of variables) {
    const chosen = value === undefined ? kept[name] : value;
    if (secret && chosen !== undefined && chosen !== null) defaults.push([name, chosen]);
  }
  return Object.fromEntries(defaults);
}
