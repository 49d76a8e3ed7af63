import type { z } from 'zod';
import type { AgentHost } from '../deployment-tool/index.js';
import type { StepContext } from '../operations/index.js';
import type { FormDescription, Localized } from './form-description.js';

/** Processor architectures that agents run on. */
export type Architecture = 'x64' | 'arm64';

/** A file that a server shall have. */
export interface RenderedFile {
  /** Final absolute path on the server. */
  readonly path: string;
  readonly content: string | Buffer;
  /** Octal permissions, such as `0640`. */
  readonly mode: string;
  /** Login name; default root. The playbook's installation must have made it. */
  readonly owner?: string;
  /** Group name; default root. */
  readonly group?: string;
  /**
   * A secret as a whole, such as a private key: only its digest is ever shown. Other files are shown with
   * the configuration's secrets and {@link Rendered.masks} masked.
   */
  readonly secret: boolean;
}

/** What a server shall have, made from a configuration. */
export interface Rendered {
  readonly files: readonly RenderedFile[];
  /**
   * Variables of the playbook, beside `myx_action`, `myx_change`, `myx_kind`, `myx_staged`, `myx_state`, `myx_version` and `myx_unit`.
   * `myx_ready` among them is what the kind's readiness tasks look at: the host keeps it with the files,
   * so that after a restore the old one is looked at.
   */
  readonly vars: Readonly<Record<string, unknown>>;
  /** Names in `vars` whose strings, also nested ones, are secrets. */
  readonly secretVars: readonly string[];
  /** The unit that must run, such as `nginx.service`; null when there is none. */
  readonly unit: string | null;
  /** Version that is wanted, where the configuration pins one; null: whatever gets installed. */
  readonly programVersion: string | null;
  /** Program and arguments that print the version on the server; compared by the drift check. */
  readonly versionCommand?: readonly string[];
  /** Strings that must not be shown beside the configuration's secrets: keys or hashes made from them. */
  readonly masks?: readonly string[];
}

/** What rendering may depend on besides the configuration. */
export interface RenderContext {
  readonly deploymentId: string;
  /** DNS name or address of the server. */
  readonly serverHost: string;
  readonly arch: Architecture;
  /**
   * 32 random bytes, hexadecimal, secret, the same for the deployment's whole life: what must be random
   * and yet the same at every rendering (salts, ids) is derived from it.
   */
  readonly seed: string;
}

/** Something large that must be on the server before the playbook runs, such as a release archive. */
export interface Artefact {
  /** Absolute path on the server, below `/var/lib/myx-agent/uploads`. */
  readonly path: string;
  readonly sha256: string;
  readonly mode: '0600' | '0644' | '0700' | '0755';
  /** Makes the bytes available on the manager and answers them, or the path of the file that has them. */
  readonly open: (context: StepContext<unknown>) => Promise<Buffer | { readonly file: string }>;
}

/** A server as probes reach it, through its agent. */
export type ProbeHost = Pick<AgentHost, 'run' | 'putFile' | 'readFile'>;

/** What a probe looks at. */
export interface ProbeTarget<Config> {
  readonly deploymentId: string;
  readonly serverHost: string;
  readonly arch: Architecture;
  readonly config: Config;
  readonly rendered: Rendered;
}

/** Something a person wants to know of a healthy deployment. No secrets. */
export interface ResultItem {
  readonly label: Localized;
  readonly value: string;
  readonly kind: 'url' | 'text';
}

/** What must be gone after an uninstallation. */
export interface Remains {
  readonly paths: readonly string[];
  readonly units: readonly string[];
  readonly users: readonly string[];
}

/**
 * A kind of deployment: everything the core needs to know to put one on a server. A kind is a folder in
 * `backend/src/kinds` and two playbooks; the core knows none of them.
 */
export interface DeploymentKind<Config = unknown> {
  /** Stable, snake_case. */
  readonly name: string;
  readonly title: Localized;
  readonly summary: Localized;
  /** Strict. Parsed on every write, and again when a stored configuration is read. */
  readonly config: z.ZodType<Config>;
  /**
   * JSON pointers of secret strings, such as `/tls/key`; a `*` stands for every item of a list. Stored
   * sealed, never answered: answers have `{"set": true, "id": …}` in their place, which a write takes for
   * “as it is”.
   */
  readonly secretPaths: readonly string[];
  /** Drives a generic form. */
  readonly form: FormDescription;
  /** File names in `playbooks/`. */
  readonly playbooks: { readonly deploy: string; readonly uninstall: string };
  /** Deadline of a playbook, seconds; default 900. */
  readonly timeoutSeconds?: number;
  /**
   * Fills in what a person left out, such as keys, before an entered configuration is parsed and stored.
   * `input` is not checked yet. A secret that it makes is stored like an entered one.
   */
  complete?(input: unknown, context: RenderContext): Promise<unknown>;
  /** What the server shall have. Pure: the same input renders the same bytes, always. */
  render(config: Config, context: RenderContext): Rendered | Promise<Rendered>;
  /** For the plan: what is done besides writing the files, as commands and sentences. No secrets. */
  commands(config: Config, rendered: Rendered): readonly string[];
  /** What the server needs before the playbook runs. */
  artefacts?(
    config: Config,
    context: RenderContext & { readonly step: StepContext<unknown> },
  ): Promise<readonly Artefact[]>;
  /** Looks from outside once the playbook is through. @throws StepFailure */
  probe(context: StepContext<unknown>, host: ProbeHost, target: ProbeTarget<Config>): Promise<void>;
  /** What people are shown of it. */
  result(config: Config, context: RenderContext): readonly ResultItem[];
  /** What must be gone after the uninstallation besides the rendered files and the unit. */
  remains?(config: Config): Remains;
}

/** A kind whose type of configuration is forgotten, as the registry keeps it. */
export type AnyDeploymentKind = DeploymentKind;
