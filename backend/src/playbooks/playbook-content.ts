import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parse,
  parseAllDocuments,
  visit,
} from 'yaml';
import type { Document, Node, ParsedNode, YAMLMap } from 'yaml';
import { z } from 'zod';
import { HeaderVariable } from './playbook-variables.js';

/** Largest text of a playbook, bytes. */
export const CONTENT_LIMIT_BYTES = 256 * 1024;

const PLAYS_LIMIT = 100;
const PROBLEMS_LIMIT = 20;
/** References to anchors in one playbook: enough for people, too few for a text that explodes. */
const ALIAS_LIMIT = 100;

/** What is wrong with a playbook, and where: from 1. */
export interface ContentProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * What a playbook says about itself in the comment above its first play, as YAML:
 *
 * ```yaml
 * # title: Restart a service
 * # description: Restarts one systemd unit and waits until it is active.
 * # variables:
 * #   - { name: unit, required: true, description: Name of the unit }
 * ---
 * ```
 */
export const PlaybookHeader = z.strictObject({
  title: z.string().min(1).max(200).optional(),
  description: z.string().max(2000).default(''),
  variables: z
    .array(HeaderVariable)
    .max(100)
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
      error: 'two variables have the same name',
    })
    .default([]),
});
export type PlaybookHeader = z.infer<typeof PlaybookHeader>;

/** A playbook that was read. */
export interface ParsedContent {
  readonly problems: readonly ContentProblem[];
  readonly header: PlaybookHeader;
}

/** Reads a playbook and tells everything that is wrong with its shape. Ansible looks at the rest. */
export function parseContent(content: string): ParsedContent {
  const header = readHeader(content);
  const problems = [...header.problems, ...problemsOf(content)].slice(0, PROBLEMS_LIMIT);
  return { problems, header: header.header };
}

function problemsOf(content: string): ContentProblem[] {
  const unusable = unusableText(content);
  if (unusable !== null) return [{ line: 1, column: 1, message: unusable }];
  const lines = new LineCounter();
  // PyYAML, which Ansible reads with, knows YAML 1.1.
  const documents = parseAllDocuments(content, {
    lineCounter: lines,
    version: '1.1',
    prettyErrors: false,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return [at(lines, 0, 'has no plays')];
  const broken = documents.flatMap(({ errors }) => errors);
  if (broken.length > 0) {
    return broken.map(({ message, pos }) => at(lines, pos[0], firstLine(message)));
  }
  const [document, second] = documents as Document.Parsed[];
  if (!document) return [at(lines, 0, 'has no plays')];
  if (second) {
    return [at(lines, second.range[0], 'a playbook is one YAML document, and here begins another')];
  }
  return new Plays(document, lines).problems();
}

/** Looks at the plays of one document. */
class Plays {
  private readonly found: ContentProblem[] = [];

  constructor(
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
  ) {}

  problems(): ContentProblem[] {
    const root = this.document.contents;
    if (!isSeq(root)) {
      this.add(root, 'a playbook is a list of plays: begin each one with “- ”');
      return this.found;
    }
    if (root.items.length === 0) this.add(root, 'has no plays');
    if (root.items.length > PLAYS_LIMIT) {
      this.add(root, `has more than ${String(PLAYS_LIMIT)} plays`);
      return this.found;
    }
    if (!this.hasSoundAliases(root)) return this.found;
    for (const play of root.items) this.play(play);
    return this.found;
  }

  private play(play: ParsedNode): void {
    if (!isMap(play)) {
      this.add(play, 'a play is a map with hosts and tasks');
      return;
    }
    for (const key of ['import_playbook', 'ansible.builtin.import_playbook']) {
      if (play.has(key)) {
        this.add(keyNode(play, key), 'other files cannot be imported: a playbook is one file');
        return;
      }
    }
    if (!play.has('hosts')) {
      this.add(play, 'the play has no hosts: write “hosts: localhost”');
      return;
    }
    this.hosts(play.get('hosts', true));
    const work = ['tasks', 'pre_tasks', 'post_tasks', 'handlers', 'roles'];
    for (const key of work.filter((name) => play.has(name))) {
      const value = this.resolved(play.get(key, true));
      const isEmpty = isScalar(value) && value.value === null;
      if (!isSeq(value) && !isEmpty) this.add(keyNode(play, key), `${key} must be a list`);
    }
  }

  private hosts(hosts: Node | undefined): void {
    const node = this.resolved(hosts);
    const names = isSeq(node) ? node.items.map((item) => this.resolved(item as Node)) : [node];
    const isLocal = names.every(
      (name) => isScalar(name) && (name.value === 'localhost' || name.value === 'all'),
    );
    if (isLocal && names.length > 0) return;
    this.add(hosts, 'hosts must be localhost or all: a playbook runs on each server by itself');
  }

  private resolved(node: Node | undefined): Node | undefined {
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  private hasSoundAliases(root: Node): boolean {
    let aliases = 0;
    visit(this.document, {
      Alias: (_key, alias) => {
        aliases += 1;
        if (alias.resolve(this.document)) return undefined;
        this.add(alias, `there is no anchor &${alias.source} before this`);
        return visit.BREAK;
      },
    });
    if (aliases > ALIAS_LIMIT) {
      this.add(root, `refers to anchors more than ${String(ALIAS_LIMIT)} times`);
    }
    return this.found.length === 0;
  }

  private add(node: Node | null | undefined, message: string): void {
    this.found.push(at(this.lines, node?.range?.[0] ?? 0, message));
  }
}

function keyNode(map: YAMLMap, name: string): Node | undefined {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name);
  return pair?.key as Node | undefined;
}

function unusableText(content: string): string | null {
  if (content.trim() === '') return 'is empty';
  if (Buffer.byteLength(content) > CONTENT_LIMIT_BYTES) {
    return `is larger than ${String(CONTENT_LIMIT_BYTES / 1024)} KiB`;
  }
  if (content.includes('\0') || !content.isWellFormed()) {
    return 'must be valid Unicode without NUL characters';
  }
  return null;
}

/** The comment above the plays: facts when it is a YAML map of ours, else a description in prose. */
function readHeader(content: string): ParsedContent {
  const comment = leadingComment(content);
  const empty = PlaybookHeader.parse({});
  if (comment.text.trim() === '') return { header: empty, problems: [] };
  const facts = yamlMap(comment.text);
  if (facts === null || !Object.keys(facts).some((key) => key in PlaybookHeader.shape)) {
    const description = comment.text.trim().replaceAll(/\s*\n\s*/g, ' ');
    return { header: { ...empty, description: description.slice(0, 2000) }, problems: [] };
  }
  const parsed = PlaybookHeader.safeParse(facts);
  if (parsed.success) return { header: parsed.data, problems: [] };
  const problems = parsed.error.issues.map(({ path, message }) => ({
    line: comment.line,
    column: 1,
    message: `comment above the plays: ${[...path.map(String), message].join(': ')}`,
  }));
  return { header: empty, problems };
}

function leadingComment(content: string): { readonly text: string; readonly line: number } {
  const lines = content.split(/\r?\n/);
  const isComment = (line: string): boolean => line.startsWith('#');
  const start = lines.findIndex((line) => line.trim() !== '' && line.trim() !== '---');
  const first = lines[start];
  if (first === undefined || !isComment(first)) return { text: '', line: 1 };
  const end = lines.findIndex((line, index) => index > start && !isComment(line));
  const comment = lines.slice(start, end === -1 ? undefined : end);
  const text = comment
    .filter((line) => !line.startsWith('#!'))
    .map((line) => line.replace(/^# ?/, ''));
  return { text: text.join('\n'), line: start + 1 };
}

function yamlMap(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = parse(text, { logLevel: 'silent', maxAliasCount: 0 });
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMapping ? (value as Record<string, unknown>) : null;
  } catch {
    // Prose that is no YAML.
    return null;
  }
}

function at(lines: LineCounter, offset: number, message: string): ContentProblem {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1), message };
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
