/** What the check for conflicts needs to know of a site. */
interface Place {
  readonly hosts: readonly string[];
  readonly port: number | null;
  readonly tls: { readonly mode: string };
}

/** Where two sites cannot live together. */
export interface SiteConflict {
  /** Index of the later one. */
  readonly site: number;
  readonly field: 'hosts' | 'port';
  readonly message: string;
}

/** The port that a site listens on. */
export function portOf(site: Pick<Place, 'port' | 'tls'>): number {
  return site.port ?? (site.tls.mode === 'off' ? 80 : 443);
}

/** Sites that claim the same name on the same port, or one port with and without TLS. */
export function siteConflicts(sites: readonly Place[]): readonly SiteConflict[] {
  const names = new Map<string, number>();
  const encrypted = new Map<number, boolean>();
  const conflicts: SiteConflict[] = [];
  for (const [index, site] of sites.entries()) {
    const port = portOf(site);
    const tls = site.tls.mode !== 'off';
    if (tls && port === 80) {
      conflicts.push({ site: index, field: 'port', message: 'Port 80 is for plain HTTP.' });
    }
    if ((encrypted.get(port) ?? tls) !== tls) {
      const message = `Port ${port} cannot be with TLS for one site and without for another.`;
      conflicts.push({ site: index, field: 'port', message });
    }
    encrypted.set(port, encrypted.get(port) ?? tls);
    for (const host of site.hosts.length === 0 ? ['*'] : site.hosts) {
      const place = `${host} ${port}`;
      if (names.has(place)) {
        const name = host === '*' ? 'every name' : host;
        const message = `Another site has ${name} on port ${port} already.`;
        conflicts.push({ site: index, field: 'hosts', message });
      }
      names.set(place, index);
    }
  }
  return conflicts;
}
