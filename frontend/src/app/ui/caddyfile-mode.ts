import type { StreamParser, StringStream } from '@codemirror/language';

/** Where the reader of a Caddyfile is. */
export interface CaddyfileState {
  readonly depth: number;
  /** No token of this line was seen yet. */
  readonly isFirst: boolean;
  /** What ends the text that goes on over lines; null outside of one. */
  readonly closing: string | null;
  readonly isHeredoc: boolean;
}

type Told = [style: string | null, next: Partial<CaddyfileState>];

/** Colours and indents Caddyfiles: addresses, directives, matchers, placeholders, texts and comments. */
export const CADDYFILE_MODE: StreamParser<{ now: CaddyfileState }> = {
  name: 'caddyfile',
  startState: () => ({ now: { depth: 0, isFirst: true, closing: null, isHeredoc: false } }),
  copyState: ({ now }) => ({ now }),
  token: (stream, state) => {
    if (stream.sol()) state.now = { ...state.now, isFirst: true };
    if (state.now.closing === null && stream.eatSpace()) return null;
    const [style, next] = read(stream, state.now);
    state.now = { ...state.now, ...next };
    return style;
  },
  indent: ({ now }, after, { unit }) => {
    if (now.closing !== null) return null;
    return Math.max(now.depth - (/^\s*\}/.test(after) ? 1 : 0), 0) * unit;
  },
  languageData: { commentTokens: { line: '#' }, indentOnInput: /^\s*\}$/ },
};

function read(stream: StringStream, now: CaddyfileState): Told {
  if (now.closing !== null) return insideText(stream, now.closing, now.isHeredoc);
  if (stream.match(/^#.*/)) return ['comment', {}];
  if (stream.match(/^\}(?=\s|$)/)) {
    return ['bracket', { depth: Math.max(now.depth - 1, 0), isFirst: false }];
  }
  if (stream.match(/^\{(?=\s|$)/)) return ['bracket', { depth: now.depth + 1, isFirst: false }];
  const heredoc = /^<<([\w-]+)$/.exec(stream.string.slice(stream.pos).trimEnd());
  if (heredoc) {
    stream.skipToEnd();
    return ['string', { closing: heredoc[1] ?? '', isHeredoc: true }];
  }
  const quote = stream.peek();
  if (quote === '"' || quote === '`') {
    stream.next();
    return insideText(stream, quote, false);
  }
  return [word(stream, now), { isFirst: false }];
}

function word(stream: StringStream, { depth, isFirst }: CaddyfileState): string | null {
  if (stream.match(/^\{[\w$][^{}\s]*\}/)) return 'variableName';
  if (stream.match(/^@[\w-]+/)) return 'labelName';
  if (stream.match(/^\([\w-]+\)/)) return 'typeName';
  if (!isFirst && stream.match(/^\d+(\.\d+)?([a-z%]+|Ki?B|Mi?B|Gi?B)?(?=\s|$)/i)) return 'number';
  // A placeholder may stand within a word.
  if (!stream.match(/^[^\s{]+/)) stream.next();
  if (!isFirst) return null;
  return depth === 0 ? 'heading' : 'keyword';
}

function insideText(stream: StringStream, closing: string, isHeredoc: boolean): Told {
  if (isHeredoc) {
    const isEnd = stream.string.trim() === closing;
    stream.skipToEnd();
    return ['string', isEnd ? { closing: null, isHeredoc: false } : {}];
  }
  for (let next = stream.next(); typeof next === 'string'; next = stream.next()) {
    if (next === '\\' && closing === '"') stream.next();
    else if (next === closing) return ['string', { closing: null, isFirst: false }];
  }
  return ['string', { closing, isFirst: false }];
}
