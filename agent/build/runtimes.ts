import type { AgentArch } from '@myx/protocol';

/** A runtime as the npm registry carries it, pinned by content. */
export interface PinnedRuntime {
  readonly package: string;
  readonly version: string;
  /** Subresource integrity of the package, as the registry states it. */
  readonly integrity: string;
  /** SHA-256 of the executable in it. */
  readonly sha256: string;
}

/**
 * The runtimes that agents are shipped with. A new version passes the agent's whole test suite and the
 * memory measurements first.
 */
export const RUNTIMES: Readonly<Record<AgentArch, PinnedRuntime>> = {
  x64: {
    package: '@oven/bun-linux-x64',
    version: '1.4.5',
    integrity:
      'sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==',
    sha256: 'f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083',
  },
  arm64: {
    package: '@oven/bun-linux-aarch64',
    version: '1.4.5',
    integrity:
      'sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==',
    sha256: '04778f1f42399a69d086853e9c7af4acf574b2f21a43d0dc673853d8b84a2923',
  },
};
