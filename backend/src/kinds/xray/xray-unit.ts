import type { XrayConfig } from './xray-config.schema.js';
import { XRAY_API_SOCKET } from './render-xray-config.js';

/** The unit that runs Xray. */
export const XRAY_UNIT = 'myx-xray.service';

/** Where things are on a server. */
export const XRAY_PATHS = {
  root: '/opt/myx-xray',
  current: '/opt/myx-xray/current',
  counters: '/opt/myx-xray/traffic-counters',
  config: '/etc/myx-xray/config.json',
  configDirectory: '/etc/myx-xray',
  canary: '/etc/myx-xray/canary.json',
  unit: `/etc/systemd/system/${XRAY_UNIT}`,
  state: '/var/lib/myx-xray',
  savedCounters: '/var/lib/myx-xray/counters',
} as const;

/** The account that Xray runs as; also the name of its group. */
export const XRAY_ACCOUNT = 'myx-xray';

/** Where a release is on a server. */
export function releaseDirectory(version: string): string {
  return `${XRAY_PATHS.root}/releases/${version}`;
}

/**
 * The unit of a configuration. It names the release by its version: so that config and version are
 * switched, kept and restored together.
 */
export function renderXrayUnit(config: Pick<XrayConfig, 'version' | 'runtime' | 'memory_max_mb'>) {
  const service = config.runtime === 'docker' ? inContainer(config) : asService(config);
  return `${[...HEAD, ...service, ...ENDING, ...INSTALL].join('\n')}\n`;
}

const HEAD = [
  '[Unit]',
  'Description=Xray, deployed by MyX',
  'Documentation=https://xtls.github.io',
  'Wants=network-online.target',
  'After=network-online.target nss-lookup.target',
  'StartLimitIntervalSec=300',
  'StartLimitBurst=20',
  '',
  '[Service]',
];

/** 23 is a configuration that Xray refuses: starting it again cannot help. */
const ENDING = [
  'Restart=on-failure',
  'RestartSec=2',
  'RestartPreventExitStatus=23',
  'TimeoutStopSec=15',
  'StateDirectory=myx-xray',
  'StateDirectoryMode=0750',
  'LimitNOFILE=1048576',
  'UMask=0027',
];

const INSTALL = ['', '[Install]', 'WantedBy=multi-user.target'];

function asService({
  version,
  memory_max_mb: memory,
}: Pick<XrayConfig, 'version' | 'memory_max_mb'>) {
  const release = releaseDirectory(version);
  return [
    `User=${XRAY_ACCOUNT}`,
    `Group=${XRAY_ACCOUNT}`,
    `Environment=XRAY_LOCATION_ASSET=${release}`,
    `ExecStart=${release}/xray run -config ${XRAY_PATHS.config}`,
    `ExecStop=-${XRAY_PATHS.counters} save`,
    'KillMode=mixed',
    'RuntimeDirectory=myx-xray',
    'RuntimeDirectoryMode=0750',
    `MemoryMax=${memory}M`,
    'TasksMax=4096',
    'CapabilityBoundingSet=CAP_NET_BIND_SERVICE',
    'AmbientCapabilities=CAP_NET_BIND_SERVICE',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'ProtectControlGroups=yes',
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'MemoryDenyWriteExecute=yes',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    'SystemCallErrorNumber=EPERM',
  ];
}

/**
 * The same release in a container that holds nothing else. The image is made on the server from the
 * verified release: no registry is asked. Root inside has no power but to take low ports: a container's
 * other users cannot be given even that one.
 */
function inContainer({
  version,
  memory_max_mb: memory,
}: Pick<XrayConfig, 'version' | 'memory_max_mb'>) {
  return [
    'ExecStartPre=-/usr/bin/docker rm --force myx-xray',
    'RuntimeDirectory=myx-xray',
    'RuntimeDirectoryMode=0750',
    [
      'ExecStart=/usr/bin/docker run --rm --name myx-xray --network host --read-only',
      '--cap-drop ALL --cap-add NET_BIND_SERVICE --security-opt no-new-privileges',
      `--memory ${memory}m --pids-limit 4096 --ulimit nofile=1048576:1048576 --log-driver none`,
      `--env XRAY_LOCATION_ASSET=/release --entrypoint /release/xray`,
      `--volume ${XRAY_PATHS.configDirectory}:${XRAY_PATHS.configDirectory}:ro`,
      '--volume /run/myx-xray:/run/myx-xray',
      `myx-xray:${version} run -config ${XRAY_PATHS.config}`,
    ].join(' '),
    `# The release that the image was made from: ${releaseDirectory(version)}/`,
    `ExecStop=-${XRAY_PATHS.counters} save`,
    'ExecStop=-/usr/bin/docker stop --time 10 myx-xray',
  ];
}

/**
 * The program that reads the traffic counters: `show` prints what was kept and what runs, `save` keeps
 * what runs, just before it stops. Counters belong to one start of the service, which systemd's invocation
 * id names; boot id and start time would not do, because a sandboxed process of a server that is itself
 * a container reads another boot id than one outside.
 */
export function renderCounterScript(): string {
  return `#!/bin/sh
# Traffic counters of this server's Xray, for MyX. Made by MyX; changes are lost.
#   traffic-counters save   keep the counters of the service that is about to stop (called by its unit)
#   traffic-counters show   print the kept ones and those of the service that runs
set -eu
saved=${XRAY_PATHS.savedCounters}

query() {
  ${XRAY_PATHS.current}/xray api statsquery -server=unix:${XRAY_API_SOCKET} -timeout 10 -pattern 'user>>>'
}

running() {
  systemctl show --property=InvocationID --value ${XRAY_UNIT}
}

save() {
  mkdir -p -m 0750 "$saved"
  query > "$saved/.new"
  mv "$saved/.new" "$saved/$INVOCATION_ID"
  # shellcheck disable=SC2012  # the names are hexadecimal
  ls -t "$saved" | tail -n +17 | while read -r old; do rm -f "$saved/$old"; done
}

show() {
  for file in "$saved"/*; do
    [ -f "$file" ] || continue
    echo "epoch $(basename "$file")"
    cat "$file"
  done
  systemctl is-active --quiet ${XRAY_UNIT} || return 0
  epoch="$(running)"
  counters="$(query)"
  # When it was restarted meanwhile nobody knows whose counters these are: the next reading has them.
  [ "$(running)" = "$epoch" ] || return 0
  echo "epoch $epoch"
  echo "$counters"
}

case "\${1:-}" in
  save) save ;;
  show) show ;;
  *) echo 'usage: traffic-counters show | save' >&2; exit 64 ;;
esac
`;
}
