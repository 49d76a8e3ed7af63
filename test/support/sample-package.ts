import type { LabHost } from '../lab/index.ts';

/** Packs two versions of a package, installs the older one, and lets apt know of the newer one alone. */
const OFFER = `
set -eu
mkdir -p /root/packages /var/lib/apt/lists/partial
cd /root/packages
for version in 1.0 2.0; do
  mkdir -p content/DEBIAN
  cat >content/DEBIAN/control <<END
Package: myx-sample
Version: $version
Architecture: all
Maintainer: Tests <tests@example.org>
Description: stands for any package
END
  dpkg-deb --root-owner-group --build content "myx-sample_$version.deb"
done
{
  dpkg-deb --field myx-sample_2.0.deb
  echo 'Filename: ./myx-sample_2.0.deb'
  echo "Size: $(stat --format=%s myx-sample_2.0.deb)"
  echo "SHA256: $(sha256sum <myx-sample_2.0.deb | cut -d ' ' -f 1)"
} >Packages
dpkg --install myx-sample_1.0.deb
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/root/packages ./' >/etc/apt/sources.list
`;

/** Has version 1.0 of the package `myx-sample` on a host, whose only source of packages has version 2.0. */
export async function offerSampleUpgrade(host: LabHost): Promise<void> {
  await host.mustExec(['sh', '-c', OFFER]);
}

/** The version of the package on a host. */
export function sampleVersion(host: LabHost): Promise<string> {
  return host.mustExec(['dpkg-query', '--show', '--showformat=${Version}', 'myx-sample']);
}
