import type { PlaybookVariable } from '../platform/api/generated/models/playbook-variable';

/** What is wrong with a value as it was typed. */
export type ValueProblem = 'required' | 'integer' | 'number' | 'list' | 'map';

/** A value as it was typed: what it means, that there is none, or what is wrong with it. */
export type TypedValue =
  { readonly value: unknown } | { readonly isEmpty: true } | { readonly problem: ValueProblem };

/** The part of a variable that its value is read by. */
export type VariableShape = Pick<PlaybookVariable, 'type' | 'required' | 'has_default'>;

const EMPTY = { isEmpty: true } as const;

/** Reads what was typed for a variable. Nothing typed means its default, where it has one. */
export function readValue(variable: VariableShape, text: string): TypedValue {
  if (variable.type === 'string' ? text === '' : text.trim() === '') {
    return variable.required && !variable.has_default ? { problem: 'required' } : EMPTY;
  }
  switch (variable.type) {
    case 'string':
      return { value: text };
    case 'boolean':
      return { value: text === 'true' };
    case 'integer':
      return integerOf(text.trim());
    case 'number':
      return numberOf(text.trim());
    case 'list':
      return listOf(text);
    case 'map':
      return mapOf(text);
  }
}

/** A value as it is typed, so that reading it gives the same value. */
export function typedText(type: VariableShape['type'], value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' && type === 'string') return value;
  if (type === 'list' && Array.isArray(value) && value.every(isPlainLine)) return value.join('\n');
  return JSON.stringify(value, null, type === 'map' || type === 'list' ? 2 : undefined);
}

/** Variables that the playbook does not declare: one `name=value` on a line, or the line that is none. */
export function readOthers(
  text: string,
): { readonly values: Readonly<Record<string, unknown>> } | { readonly wrongLine: number } {
  const values = new Map<string, unknown>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, name, value] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return { wrongLine: index + 1 };
    values.set(name, anyValue(value));
  }
  return { values: Object.fromEntries(values) };
}

/** What {@link readOthers} reads the same values from. */
export function othersText(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const isPlain =
        typeof value === 'string' && anyValue(value) === value && !value.includes('\n');
      return `${name}=${isPlain ? value : JSON.stringify(value)}`;
    })
    .join('\n');
}

/** Text is a text; what is JSON is what it says. */
function anyValue(text: string): unknown {
  const parsed = parseJson(text);
  return parsed === undefined ? text : parsed.value;
}

function integerOf(text: string): TypedValue {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? { value } : { problem: 'integer' };
}

function numberOf(text: string): TypedValue {
  const value = Number(text);
  return Number.isFinite(value) ? { value } : { problem: 'number' };
}

function listOf(text: string): TypedValue {
  if (!text.trim().startsWith('[')) {
    return { value: text.split('\n').filter((line) => line.trim() !== '') };
  }
  const parsed = parseJson(text);
  return Array.isArray(parsed?.value) ? { value: parsed.value } : { problem: 'list' };
}

function mapOf(text: string): TypedValue {
  const value = parseJson(text)?.value;
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? { value } : { problem: 'map' };
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An entry of a list that can stand on a line of its own. */
function isPlainLine(entry: unknown, index: number): boolean {
  if (typeof entry !== 'string' || entry.trim() === '' || entry.includes('\n')) return false;
  return index > 0 || !entry.trim().startsWith('[');
}
