/**
 * Content of an environment file (systemd.exec(5), `EnvironmentFile=`) that sets exactly these
 * variables. Values stand in double quotes, in which only backslash, double quote, dollar and backtick
 * are special, and a backslash takes that away; line breaks are kept.
 */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value.replace(/[\\"$`]/g, '\\$&')}"\n`)
    .join('');
}
