/** A value of JSON. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/**
 * Variables as a YAML document for `--extra-vars @FILE`. Every string is tagged `!unsafe`, which keeps
 * Ansible from evaluating templates in it: a password may hold "{{", and a value is never code.
 */
export function variablesFile(variables: Readonly<Record<string, JsonValue>>): string {
  return `${write(variables)}\n`;
}

function write(value: JsonValue): string {
  if (typeof value === 'string') return `!unsafe ${quote(value)}`;
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isList(value)) return `[${value.map(write).join(', ')}]`;
  const members = Object.entries(value).map(
    ([name, member]) => `? ${quote(name)} : ${write(member)}`,
  );
  return `{${members.join(', ')}}`;
}

/** A double-quoted scalar (YAML 1.1, 5.6) in ASCII: some characters that JSON allows, YAML does not. */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(/[^\x20-\x7e]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** YAML 1.1 takes a number with an exponent for one only if it has a point and a sign. */
function writeNumber(value: number): string {
  const text = String(value);
  return /^-?\d+e/.test(text) ? text.replace('e', '.0e') : text;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
