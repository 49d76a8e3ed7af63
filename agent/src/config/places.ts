import path from 'node:path';
import { AGENT_PATHS, DEPLOYMENT_TOOL_PATH } from '@myx/protocol';

/** Files and directories of one agent. */
export interface Places {
  readonly configFile: string;
  readonly tlsDirectory: string;
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly stateDirectory: string;
  readonly toolDirectory: string;
  /** Where files that the manager sends arrive. */
  readonly uploadsDirectory: string;
  /** Directories that file transfer may touch; see FILE_ROOTS of the contract. */
  readonly fileRoots: readonly string[];
}

/** What the command line may say about places. Everything else is where the contract puts it. */
export interface PlaceOptions {
  readonly configFile?: string | undefined;
  readonly tlsDirectory?: string | undefined;
  readonly stateDirectory?: string | undefined;
  readonly toolDirectory?: string | undefined;
}

/** Where an agent's files are: where the contract says, unless the command line moves them. */
export function placesOf(options: PlaceOptions): Places {
  const tlsDirectory = options.tlsDirectory ?? AGENT_PATHS.tls;
  const stateDirectory = options.stateDirectory ?? AGENT_PATHS.state;
  const toolDirectory = options.toolDirectory ?? DEPLOYMENT_TOOL_PATH;
  const uploadsDirectory = path.join(stateDirectory, 'uploads');
  return {
    configFile: options.configFile ?? AGENT_PATHS.config,
    tlsDirectory,
    keyFile: path.join(tlsDirectory, path.basename(AGENT_PATHS.key)),
    certificateFile: path.join(tlsDirectory, path.basename(AGENT_PATHS.certificate)),
    stateDirectory,
    toolDirectory,
    uploadsDirectory,
    fileRoots: [toolDirectory, uploadsDirectory],
  };
}
