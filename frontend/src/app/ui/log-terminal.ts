import type { ITheme, Terminal } from '@xterm/xterm';
import type { SearchAddon } from '@xterm/addon-search';
import type { FitAddon } from '@xterm/addon-fit';
import { resolveColors } from '../platform/theme/css-colors';

/** Lines kept in the terminal. */
const SCROLLBACK = 50_000;

const TOKENS = [
  'sunken',
  'text',
  'muted',
  'accent',
  'bad',
  'ok',
  'warn',
  'info',
  'subtle',
] as const;

/** A read-only xterm with search, made for output: no input, no links, colours from the tokens. */
export interface LogTerminal {
  readonly terminal: Terminal;
  readonly search: SearchAddon;
  readonly fit: FitAddon;
}

/** Fetches xterm (a chunk of its own) and opens it in `host`; null when nobody waits for it any more. */
export async function openLogTerminal(
  host: HTMLElement,
  isGone: () => boolean,
): Promise<LogTerminal | null> {
  const [{ Terminal }, { SearchAddon }, { FitAddon }] = await Promise.all([
    import('@xterm/xterm'),
    import('@xterm/addon-search'),
    import('@xterm/addon-fit'),
  ]);
  if (isGone()) return null;
  const terminal = new Terminal({
    disableStdin: true,
    convertEol: true,
    scrollback: SCROLLBACK,
    fontFamily: getComputedStyle(host).getPropertyValue('--font-mono'),
    fontSize: 12,
    lineHeight: 1.35,
    cursorInactiveStyle: 'none',
    cursorBlink: false,
    allowProposedApi: true,
    // Output is never a link: it comes from a server, and a click must not lead anywhere.
    linkHandler: { activate: () => undefined },
  });
  const search = new SearchAddon();
  const fit = new FitAddon();
  terminal.loadAddon(search);
  terminal.loadAddon(fit);
  terminal.open(host);
  // Tab leaves the terminal, and copying is the browser's.
  terminal.attachCustomKeyEventHandler(
    ({ key, ctrlKey, metaKey }) => key !== 'Tab' && !ctrlKey && !metaKey,
  );
  fit.fit();
  return { terminal, search, fit };
}

/** xterm's colours from the tokens on screen. */
export function terminalTheme(document: Document): ITheme {
  const color = resolveColors(document, TOKENS);
  return {
    background: color.sunken,
    foreground: color.text,
    cursor: color.sunken,
    selectionBackground: `${color.accent}55`,
    black: color.subtle,
    red: color.bad,
    green: color.ok,
    yellow: color.warn,
    blue: color.info,
    magenta: color.accent,
    cyan: color.info,
    white: color.muted,
  };
}

/** Writes text and resolves when it is parsed, so that a long output does not freeze the page. */
export function write(terminal: Terminal, text: string): Promise<void> {
  return new Promise((resolve) => {
    terminal.write(text, resolve);
  });
}
