import { parseArgs } from 'node:util';
import { messageOf } from '../log.ts';
import type { PlaceOptions } from './places.ts';
import { EXIT_USAGE, StartupError } from './startup-error.ts';

const ACTIONS = ['make-certificate', 'print-fingerprint', 'version', 'self-test', 'help'] as const;

/** What the program is asked to do: serve, or one of the installer's questions. */
export type Action = 'serve' | (typeof ACTIONS)[number];

/** A parsed command line. */
export interface CommandLine {
  readonly action: Action;
  readonly places: PlaceOptions;
  /** Bound of all output kept on disk, bytes; undefined for the default. */
  readonly spoolBytes: number | undefined;
}

/** What `--help` prints. */
export const USAGE = `Usage: agent.cjs [ACTION] [OPTION]...

Without an action: serves requests until it gets SIGTERM.

Actions (each prints one JSON line):
  --make-certificate    make key and certificate unless a valid pair exists; print its SHA-256
  --print-fingerprint   print the certificate's SHA-256
  --self-test           check configuration, certificate, service manager and state directory
  --version             print the versions of agent, protocol and runtime

Options:
  --config-file FILE    default /etc/myx-agent/config.json
  --tls-dir DIR         default /etc/myx-agent/ssl
  --state-dir DIR       default /var/lib/myx-agent
  --tool-dir DIR        default /opt/myx-deployment-tool
  --spool-bytes N       most bytes of output kept on disk; default 1073741824
`;

/**
 * Parses the command line.
 *
 * @throws StartupError for an unknown option, a missing value, or two actions.
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const values = parseOptions(argv);
  const actions = ACTIONS.filter((action) => values[action] === true);
  if (actions.length > 1) throw usage(`--${actions.join(' and --')} exclude each other`);
  return {
    action: actions[0] ?? 'serve',
    places: {
      configFile: values['config-file'],
      tlsDirectory: values['tls-dir'],
      stateDirectory: values['state-dir'],
      toolDirectory: values['tool-dir'],
    },
    spoolBytes: parseBytes(values['spool-bytes']),
  };
}

function parseOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      options: {
        'make-certificate': { type: 'boolean' },
        'print-fingerprint': { type: 'boolean' },
        version: { type: 'boolean' },
        'self-test': { type: 'boolean' },
        help: { type: 'boolean' },
        'config-file': { type: 'string' },
        'tls-dir': { type: 'string' },
        'state-dir': { type: 'string' },
        'tool-dir': { type: 'string' },
        'spool-bytes': { type: 'string' },
      },
    }).values;
  } catch (error) {
    // parseArgs tells an unknown option or missing value by a TypeError.
    throw usage(messageOf(error));
  }
}

function parseBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(bytes)) {
    throw usage('--spool-bytes needs a whole number');
  }
  return bytes;
}

function usage(problem: string): StartupError {
  return new StartupError(`${problem}. See --help.`, EXIT_USAGE);
}
