/** Version of this agent, set when it is bundled (agent/package.json). */
declare const MYX_AGENT_VERSION: string;

/** Version of the agent program. */
export const AGENT_VERSION: string =
  typeof MYX_AGENT_VERSION === 'string' ? MYX_AGENT_VERSION : '0.0.0-unbundled';

/** Name and version of the JavaScript runtime that executes the agent. */
export const RUNTIME: { readonly name: string; readonly version: string } =
  process.versions.bun === undefined
    ? { name: 'node', version: process.versions.node }
    : { name: 'bun', version: process.versions.bun };
