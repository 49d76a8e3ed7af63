import { CADDY_PATHS } from './caddy-paths.js';

/**
 * A Caddyfile of people's own, with the admin endpoint on the unix socket unless the file says itself
 * where it is. Caddy's own default is a TCP port on which every local program may change everything.
 * `addedLines` is by how many lines what follows has moved.
 */
export function withAdminSocket(caddyfile: string): { text: string; addedLines: number } {
  const text = caddyfile.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  const line = `\tadmin unix/${CADDY_PATHS.adminSocket}`;
  const options = globalBlock(ended);
  if (options === null) return { text: `{\n${line}\n}\n\n${ended}`, addedLines: 4 };
  if (options.hasAdmin) return { text: ended, addedLines: 0 };
  const [before, after] = [ended.slice(0, options.bodyStart), ended.slice(options.bodyStart)];
  return { text: `${before}\n${line}${after}`, addedLines: 1 };
}

/** Where the block of global options begins, and whether it names the admin endpoint; null without one. */
function globalBlock(text: string): { bodyStart: number; hasAdmin: boolean } | null {
  let depth = 0;
  let bodyStart = 0;
  let isFirstOfLine = true;
  for (const found of tokens(text)) {
    if (found.text === '{' && depth === 0) {
      if (bodyStart > 0) break;
      bodyStart = found.end;
      depth = 1;
      isFirstOfLine = true;
      continue;
    }
    // The first thing in the file is not a block without a name: there are no global options.
    if (depth === 0) return null;
    if (depth === 1 && found.text === 'admin' && (isFirstOfLine || found.startsLine)) {
      return { bodyStart, hasAdmin: true };
    }
    if (found.text === '{') depth += 1;
    if (found.text === '}') depth -= 1;
    if (depth === 0) break;
    isFirstOfLine = false;
  }
  return bodyStart > 0 ? { bodyStart, hasAdmin: false } : null;
}

interface FoundToken {
  readonly text: string;
  readonly end: number;
  readonly startsLine: boolean;
}

/** The tokens of a Caddyfile, as far as finding its global options needs them. */
function* tokens(text: string): Generator<FoundToken> {
  const pattern = /\n|[^\S\n]+|"(?:\\[\s\S]|[^"\\])*"|`[^`]*`|#[^\n]*|[^\s]+/gy;
  let startsLine = true;
  for (const match of text.matchAll(pattern)) {
    const found = match[0];
    if (found === '\n') startsLine = true;
    else if (found.trim() !== '' && !found.startsWith('#')) {
      yield { text: found, end: match.index + found.length, startsLine };
      startsLine = found.endsWith('\n');
    }
  }
}
