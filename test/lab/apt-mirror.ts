import { mirrorOverride } from './places.ts';
import { run } from './run-program.ts';

/** The Debian release the hosts run. */
export const release = 'bookworm';

/** How this machine gets Debian packages, so that the lab's hosts get them the same way. */
export interface AptAccess {
  /** Where the release itself comes from; debootstrap's argument. */
  readonly mirror: string;
  /** One-line sources for the hosts: the release, its updates and its security fixes. */
  readonly sources: readonly string[];
  /** Host names that must be reachable for it. */
  readonly hosts: readonly string[];
  /** The machine's own HTTP proxy for packages, if it has one. */
  readonly proxy: string | undefined;
  /** apt settings of this machine that the hosts need too. */
  readonly settings: readonly string[];
}

interface Source {
  readonly uri: string;
  readonly suite: string;
  readonly component: string;
}

/** Reads the machine's apt configuration. Rejects when it names no source of the hosts' release. */
export async function readAptAccess(): Promise<AptAccess> {
  const sources = mirrorOverride === undefined ? await aptSources() : [overriding(mirrorOverride)];
  const first = sources.find(({ suite }) => suite === release);
  if (first === undefined) {
    throw new Error(
      `apt on this machine has no source of Debian ${release}, which the lab's hosts run. ` +
        'Name a mirror: MYX_LAB_MIRROR=http://.../debian',
    );
  }
  return {
    mirror: first.uri,
    sources: sources.map(({ uri, suite, component }) => `deb ${uri} ${suite} ${component}`),
    hosts: [...new Set(sources.map(({ uri }) => new URL(uri).hostname))],
    proxy: await aptProxy(),
    settings: await aptSettings(),
  };
}

async function aptSources(): Promise<readonly Source[]> {
  // apt itself resolves both source formats for us.
  const listing = await run([
    ...['apt-get', 'indextargets', '--format', '$(REPO_URI) $(RELEASE) $(COMPONENT)'],
    'Created-By: Packages',
  ]);
  const suites = [release, `${release}-updates`, `${release}-security`, `${release}/updates`];
  const lines = [...new Set(listing.stdout.split('\n'))];
  return lines
    .map((line) => line.split(' '))
    .map(([uri = '', suite = '', component = '']) => ({ uri, suite, component }))
    .filter(({ uri, suite }) => suites.includes(suite) && /^https?:/.test(uri));
}

function overriding(uri: string): Source {
  return { uri, suite: release, component: 'main' };
}

async function aptProxy(): Promise<string | undefined> {
  const { stdout } = await run(['apt-config', 'dump', 'Acquire::http::Proxy']);
  const configured = /^Acquire::http::Proxy "(.+)";$/m.exec(stdout)?.[1];
  const proxy = configured ?? process.env.http_proxy;
  return proxy === undefined || proxy === '' || proxy === 'DIRECT' ? undefined : proxy;
}

async function aptSettings(): Promise<readonly string[]> {
  const { stdout } = await run(['apt-config', 'dump']);
  return stdout.split('\n').filter((line) => /^Acquire::Check-(Date|Valid-Until) /.test(line));
}
