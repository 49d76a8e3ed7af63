/** Name and version of an operating system, as os-release(5) tells them. */
export interface OsRelease {
  readonly id: string;
  readonly versionId: string | null;
  readonly prettyName: string;
}

/** Parses os-release(5): shell-like assignments. Missing names get the manual's defaults. */
export function parseOsRelease(text: string): OsRelease {
  const values = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)) {
    values.set(name, unquote(value.trim()));
  }
  return {
    id: values.get('ID') ?? 'linux',
    versionId: values.get('VERSION_ID') ?? null,
    prettyName: values.get('PRETTY_NAME') ?? 'Linux',
  };
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(value);
  if (quoted === null) return value;
  const [, quote, inner = ''] = quoted;
  return quote === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner;
}
