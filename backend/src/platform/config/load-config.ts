import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import type { z } from 'zod';

import { ConfigError, type ConfigProblem } from './config.error.js';
import { type ConfigKey, describeConfig } from './config.keys.js';
import { ManagerConfig } from './config.schema.js';

/** What {@link loadConfig} reads from; the caller passes the process's own. */
export interface ConfigSources {
  /** Options, without the program's name: `process.argv.slice(2)`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory that relative paths start from. */
  readonly cwd: string;
}

/** Names without the prefix, as hosting platforms set them. */
const PLAIN_NAMES: Readonly<Record<string, string>> = {
  'database.url': 'DATABASE_URL',
  'redis.url': 'REDIS_URL',
};

/**
 * The manager's configuration: command line, else environment, else YAML file, else default, key by key.
 * The YAML file is `--config` or `MYX_CONFIG`, else `<data dir>/config.yaml`, else `./myx.yaml`. Secrets
 * come from `NAME` or from the file named by `NAME_FILE`, and never from the command line. Relative paths
 * start at the working directory and come back absolute. The result is frozen.
 * @throws ConfigError with all problems of all sources at once; it names keys, never values
 */
export function loadConfig(sources: ConfigSources): ManagerConfig {
  const loader = new ConfigLoader(sources);
  return loader.load();
}

class ConfigLoader {
  readonly #keys = describeConfig();
  readonly #problems: ConfigProblem[] = [];
  /** Which key was given by which option, variable or file, for messages. */
  readonly #origins = new Map<string, string>();
  readonly #sources: ConfigSources;

  constructor(sources: ConfigSources) {
    this.#sources = sources;
  }

  load(): ManagerConfig {
    const options = this.#readOptions();
    const variables = this.#readEnvironment();
    const tree = this.#readFile(this.#filePath(options, variables));
    for (const values of [variables, options]) {
      for (const [key, { text, origin }] of values) this.#set(tree, key, text, origin);
    }
    const parsed = ManagerConfig.safeParse(tree);
    if (!parsed.success) for (const issue of parsed.error.issues) this.#reportIssue(issue);
    if (this.#problems.length > 0 || !parsed.success) throw new ConfigError(this.#problems);
    return deepFreeze(this.#absolute(parsed.data));
  }

  #readOptions(): SourceValues {
    const known = new Map(
      this.#keys.flatMap((key) => (key.option === undefined ? [] : [[key.option, key] as const])),
    );
    const { tokens } = parseArgs({
      args: [...this.#sources.argv],
      options: {
        config: { type: 'string' },
        ...Object.fromEntries(
          [...known].map(
            ([option, key]) =>
              [option, { type: key.kind === 'boolean' ? 'boolean' : 'string' }] as const,
          ),
        ),
      },
      strict: false,
      tokens: true,
    });
    const values: SourceValues = new Map();
    for (const token of tokens) {
      if (token.kind === 'positional')
        this.#report('command line', 'takes options only; an argument without -- was given');
      if (token.kind === 'option') this.#readOption(values, known, token);
    }
    return values;
  }

  #readOption(
    values: SourceValues,
    known: ReadonlyMap<string, ConfigKey>,
    token: OptionToken,
  ): void {
    const negated = token.name.startsWith('no-') ? known.get(token.name.slice(3)) : undefined;
    if (negated?.kind === 'boolean' && token.value === undefined) {
      values.set(negated.key, { text: 'false', origin: `--${token.name}` });
      return;
    }
    const origin = `--${token.name}`;
    const key = token.name === 'config' ? 'config' : known.get(token.name)?.key;
    if (key === undefined) {
      const secret = this.#keys.find(
        (candidate) => candidate.secret && optionName(candidate) === token.name,
      );
      this.#report(
        origin,
        secret === undefined
          ? 'is not an option of the manager'
          : `is a secret and not taken from the command line, where others can read it; set ${secret.env} or ${secret.env}_FILE`,
      );
      return;
    }
    const isSwitch = known.get(token.name)?.kind === 'boolean';
    if (token.value === undefined && !isSwitch) this.#report(origin, 'needs a value');
    else values.set(key, { text: token.value ?? 'true', origin });
  }

  #readEnvironment(): SourceValues {
    const values: SourceValues = new Map();
    const file = this.#sources.env.MYX_CONFIG;
    if (file !== undefined && file !== '')
      values.set('config', { text: file, origin: 'MYX_CONFIG' });
    for (const key of this.#keys) {
      const plain = PLAIN_NAMES[key.key];
      for (const name of plain === undefined ? [key.env] : [plain, key.env]) {
        const value = key.secret ? this.#readSecret(name) : this.#variable(name);
        if (value !== undefined) values.set(key.key, value);
      }
    }
    return values;
  }

  /** An empty variable counts as unset: that is how compose files and units clear one. */
  #variable(name: string): SourceValue | undefined {
    const text = this.#sources.env[name];
    return text === undefined || text === '' ? undefined : { text, origin: name };
  }

  #readSecret(name: string): SourceValue | undefined {
    const direct = this.#variable(name);
    const file = this.#variable(`${name}_FILE`);
    if (file === undefined) return direct;
    if (direct !== undefined) {
      this.#report(name, `and ${name}_FILE are both set; keep one`);
      return undefined;
    }
    try {
      const text = readFileSync(resolve(this.#sources.cwd, file.text), 'utf8').replace(
        /\r?\n$/,
        '',
      );
      return { text, origin: file.origin };
    } catch (error) {
      this.#report(file.origin, `names a file that cannot be read (${errorCode(error)})`);
      return undefined;
    }
  }

  /** The YAML file to read. A file that was asked for must exist; a default one may be absent. */
  #filePath(options: SourceValues, variables: SourceValues): string | undefined {
    const { cwd } = this.#sources;
    const named = options.get('config') ?? variables.get('config');
    options.delete('config');
    variables.delete('config');
    if (named !== undefined) return resolve(cwd, named.text);
    const dataDir = (options.get('data_dir') ?? variables.get('data_dir'))?.text ?? './data';
    const candidates = [resolve(cwd, dataDir, 'config.yaml'), resolve(cwd, 'myx.yaml')];
    return candidates.find((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
  }

  #readFile(path: string | undefined): Tree {
    if (path === undefined) return {};
    let content: unknown;
    try {
      content = parse(readFileSync(path, 'utf8'), { prettyErrors: false });
    } catch (error) {
      this.#report(path, `cannot be read as YAML (${errorCode(error)})`);
      return {};
    }
    if (content === null) return {};
    if (!isTree(content)) {
      this.#report(path, 'must hold keys and values');
      return {};
    }
    const secret = this.#keys.find((key) => key.secret && valueAt(content, key.path) !== undefined);
    if (secret !== undefined && (statSync(path).mode & 0o077) !== 0) {
      this.#report(path, `holds ${secret.key} and is readable by others; run: chmod 600 ${path}`);
    }
    return content;
  }

  #set(tree: Tree, key: string, text: string, origin: string): void {
    const known = this.#keys.find((candidate) => candidate.key === key);
    if (known === undefined) throw new Error(`no such key: ${key}`);
    let node = tree;
    for (const name of known.path.slice(0, -1)) {
      const child = node[name];
      node = isTree(child) ? child : (node[name] = {});
    }
    this.#origins.set(key, origin);
    node[known.path.at(-1) ?? key] = fromText(known.kind, text);
  }

  #reportIssue(issue: z.core.$ZodIssue): void {
    const key = issue.path.map(String).join('.');
    const known = this.#keys.find(
      (candidate) => key === candidate.key || key.startsWith(`${candidate.key}.`),
    );
    if (issue.code === 'unrecognized_keys') {
      for (const name of issue.keys)
        this.#report([...issue.path.map(String), name].join('.'), 'is not a known key');
      return;
    }
    const origin = known === undefined ? undefined : (this.#origins.get(known.key) ?? known.env);
    this.#report(origin === undefined ? key : `${key} (${origin})`, issue.message);
  }

  #report(name: string, message: string): void {
    this.#problems.push({ name, message });
  }

  #absolute(config: ManagerConfig): ManagerConfig {
    const absolute = (path: string): string => resolve(this.#sources.cwd, path);
    const { tls } = config.listen;
    const listen =
      tls === undefined
        ? config.listen
        : {
            ...config.listen,
            tls: { cert_file: absolute(tls.cert_file), key_file: absolute(tls.key_file) },
          };
    return { ...config, listen, data_dir: absolute(config.data_dir) };
  }
}

interface SourceValue {
  readonly text: string;
  readonly origin: string;
}
type SourceValues = Map<string, SourceValue>;
type Tree = Record<string, unknown>;
interface OptionToken {
  readonly name: string;
  readonly value: string | undefined;
}

function optionName(key: ConfigKey): string {
  return key.path.join('-').replaceAll('_', '-');
}

/** Text that is no number or boolean stays text, so that the schema reports it under its name. */
function fromText(kind: ConfigKey['kind'], text: string): unknown {
  if (kind === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (kind === 'boolean')
    return /^(true|1|yes|on)$/i.test(text) ? true : /^(false|0|no|off)$/i.test(text) ? false : text;
  if (kind === 'list') {
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  return text;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(tree: Tree, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, name) => (isTree(node) ? node[name] : undefined), tree);
}

/** The code of a file or YAML error; their messages can quote the content. */
function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'unknown error';
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value))
    if (typeof child === 'object' && child !== null) deepFreeze(child as object);
  return Object.freeze(value);
}
