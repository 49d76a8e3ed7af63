import type { Translate } from '../platform/i18n/i18n';
import { parseLabels } from '../servers/label-rules';
import { checkHost, checkPort, parseAddress } from '../ssh-login/login-draft';
import { checkName, suggestedName } from './server-draft';

/** One server of a pasted list, with what is wrong with it. */
export interface ListedServer {
  /** Line in the text, from 1. */
  readonly line: number;
  readonly host: string;
  readonly port: number;
  /** Null: the shared login's. */
  readonly username: string | null;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Null when it can be added. */
  readonly problem: string | null;
}

const COLUMNS = ['host', 'port', 'user', 'name', 'labels'] as const;
type Column = (typeof COLUMNS)[number];

/** Other words people write above these columns. */
const ALIASES: Readonly<Record<string, Column>> = {
  address: 'host',
  ip: 'host',
  hostname: 'host',
  username: 'user',
  login: 'user',
  label: 'labels',
  tags: 'labels',
};

/** Most servers taken at once. */
export const LIST_LIMIT = 500;

/**
 * Reads a pasted list: one `user@host:port` a line, or CSV with the columns host, port, user, name and
 * labels (RFC 4180 quoting; comma, semicolon or tab; a heading line may say another order). Empty lines
 * and lines that start with # are left out.
 */
export function parseServerList(text: string, t: Translate): readonly ListedServer[] {
  const lines = text.split(/\r?\n/);
  const separator = separatorOf(text);
  let columns: readonly (Column | null)[] = COLUMNS;
  const servers: ListedServer[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const cells = splitCells(line, separator);
    const heading = headingOf(cells);
    if (servers.length === 0 && heading) columns = heading;
    else if (servers.length < LIST_LIMIT) servers.push(serverOf(cells, columns, index + 1, t));
  }
  return withDuplicates(servers, t);
}

function separatorOf(text: string): string {
  const [first = ''] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return ['\t', ';', ','].find((separator) => first.includes(separator)) ?? ',';
}

function splitCells(line: string, separator: string): readonly string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quoted && char === '"' && line.charAt(at + 1) === '"') {
      cell += '"';
      at += 1;
    } else if (char === '"' && (quoted || cell.trim() === '')) {
      quoted = !quoted;
    } else if (char === separator && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else {
      cell += char;
    }
  }
  return [...cells, cell.trim()];
}

function headingOf(cells: readonly string[]): readonly (Column | null)[] | null {
  const names = cells.map((cell) => {
    const word = cell.toLowerCase();
    return COLUMNS.find((column) => column === word) ?? ALIASES[word] ?? null;
  });
  return names.includes('host') ? names : null;
}

function serverOf(
  cells: readonly string[],
  columns: readonly (Column | null)[],
  line: number,
  t: Translate,
): ListedServer {
  const cell = (column: Column): string => cells[columns.indexOf(column)] ?? '';
  const address = parseAddress(cell('host'));
  const portText = cell('port') === '' ? String(address.port ?? 22) : cell('port');
  const name = cell('name') === '' ? suggestedName(address.host) : cell('name');
  const labels = parseLabels(cell('labels'), t);
  const problem =
    checkHost(address.host, t) ??
    checkPort(portText, t) ??
    checkName(name, t) ??
    ('problem' in labels ? labels.problem : null);
  const user = cell('user') === '' ? address.user : cell('user');
  return {
    line,
    host: address.host,
    port: Number(portText),
    username: user,
    name,
    labels: 'labels' in labels ? labels.labels : {},
    problem,
  };
}

/** The second of two with the same name or the same address cannot be added. */
function withDuplicates(servers: readonly ListedServer[], t: Translate): readonly ListedServer[] {
  const seen = new Map<string, number>();
  return servers.map((server) => {
    const keys = [`name ${server.name.toLowerCase()}`, `at ${server.host}:${String(server.port)}`];
    const first = keys.map((key) => seen.get(key)).find((line) => line !== undefined);
    for (const key of keys) if (!seen.has(key)) seen.set(key, server.line);
    const isDouble = first !== undefined && server.problem === null;
    return isDouble ? { ...server, problem: t('addMany.double', { line: first }) } : server;
  });
}
