/**
 * The scripts an installation runs on a server, as root. All are constant and take positional
 * parameters; nothing is ever put into their text. All can be run again.
 */

/** Makes the directories of the agent's program and removes uploads that were cut short: `program`. */
export const MAKE_PROGRAM_DIRECTORIES = `
set -eu
mkdir -p "$1/store" "$1/releases"
chmod 755 "$1" "$1/store" "$1/releases"
rm -f "$1"/store/.upload-* "$1"/store/*.part
`;

/** Removes what uploads that were cut short left in the home of the login. Not as root. */
export const CLEAR_UPLOADS = `
rm -rf -- "$HOME"/.myx-upload.* "\${TMPDIR:-/tmp}"/.myx-upload.* 2>/dev/null
exit 0
`;

/**
 * Writes standard input to a file, whole or not at all: `file`, `mode`. The name beside it is always the
 * same, so that a write that was cut short is overwritten by the next, or removed with the file.
 */
export const WRITE_FILE = `
set -eu
umask 077
cat >"$1.new"
chown 0:0 "$1.new"
chmod "$2" "$1.new"
mv -f "$1.new" "$1"
`;

/** Makes directories that only root may enter. */
export const MAKE_PRIVATE_DIRECTORIES = `
set -eu
umask 077
mkdir -p "$@"
chmod 700 "$@"
`;

/** Prints `mode:owner` of a file, such as `600:0`. */
export const FILE_MODE = `
stat -c '%a:%u' "$1" 2>/dev/null || true
`;

/** Prints the SHA-256 sums of those of the given files that exist, as sha256sum(1) does. */
export const DIGESTS = `
for file in "$@"; do if [ -f "$file" ]; then sha256sum -- "$file"; fi; done
`;

/**
 * Puts an uploaded file into the store: `uploaded`, `packing` (xz, gzip or none), `destination`,
 * `sha256`, `mode`. The destination appears whole and verified, or not at all.
 */
export const STORE_FILE = `
set -eu
part="$3.part"
trap 'rm -f "$part" "$1"' EXIT
case "$2" in
  xz) xz -dc "$1" >"$part" ;;
  gzip) gzip -dc "$1" >"$part" ;;
  none) mv "$1" "$part" ;;
esac
sum=$(sha256sum "$part")
if [ "\${sum%% *}" != "$4" ]; then echo "the file was damaged on the way" >&2; exit 1; fi
chown 0:0 "$part"
chmod "$5" "$part"
sync "$part"
mv -f "$part" "$3"
`;

/** Makes a release of two files of the store the current one: `program`, `name`, `runtime`, `bundle`. */
export const ACTIVATE_RELEASE = `
set -eu
mkdir -p "$1/releases/$2"
chmod 755 "$1/releases/$2"
ln -sfn "../../store/$3" "$1/releases/$2/runtime"
ln -sfn "../../store/$4" "$1/releases/$2/agent.cjs"
ln -sfn "releases/$2" "$1/current.new"
mv -fT "$1/current.new" "$1/current"
if command -v restorecon >/dev/null 2>&1; then restorecon -R "$1" 2>/dev/null || true; fi
`;

/** Prints the name of the current release, if there is one: `program`. */
export const CURRENT_RELEASE = `
if [ -x "$1/current/runtime" ] && [ -r "$1/current/agent.cjs" ]; then readlink "$1/current"; fi
`;

/** Removes releases and stored files that the current release does not use: `program`. */
export const PRUNE_PROGRAM = `
set -eu
current=$(basename "$(readlink "$1/current")")
runtime=$(basename "$(readlink "$1/current/runtime")")
bundle=$(basename "$(readlink "$1/current/agent.cjs")")
for release in "$1"/releases/*; do
  if [ -d "$release" ] && [ "\${release##*/}" != "$current" ]; then rm -rf "$release"; echo "$release"; fi
done
for file in "$1"/store/*; do
  case "\${file##*/}" in
    "$runtime"|"$bundle"|"*") ;;
    *) rm -f "$file"; echo "$file" ;;
  esac
done
`;

/** Prints `enabled`, `active` for the unit named by the parameter, as far as they hold. */
export const SERVICE_STATE = `
systemctl is-enabled --quiet "$1" 2>/dev/null && echo enabled
systemctl is-active --quiet "$1" 2>/dev/null && echo active
exit 0
`;

/** Makes systemd read the unit anew, enables it, and starts it anew. */
export const START_SERVICE = `
set -eu
systemctl daemon-reload
systemctl enable --quiet "$1" 2>/dev/null || systemctl enable "$1"
systemctl reset-failed "$1" 2>/dev/null || true
systemctl restart "$1"
`;

/** Stops and removes a service: `unit`, `unit file`. Prints what it removed. */
export const REMOVE_SERVICE = `
set -eu
remove_unit() {
  if [ -e "$2" ]; then rm -f "$2"; echo "$2"; fi
  rm -f "$2.new" "/etc/systemd/system/multi-user.target.wants/$1"
}
if ! [ -d /run/systemd/system ]; then remove_unit "$@"; exit 0; fi
systemctl disable --now "$1" >/dev/null 2>&1 || systemctl stop "$1" >/dev/null 2>&1 || true
if systemctl is-active --quiet "$1"; then echo "$1 does not stop" >&2; exit 1; fi
remove_unit "$@"
systemctl daemon-reload
systemctl reset-failed "$1" 2>/dev/null || true
`;

/** Removes the given files and directories. Prints those that were there. */
export const REMOVE_PATHS = `
set -eu
for path in "$@"; do
  if [ -e "$path" ] || [ -L "$path" ]; then rm -rf -- "$path"; echo "$path"; fi
done
`;

/** Names of the units of commands that run now. */
export const RUNNING_COMMANDS = `
systemctl list-units --plain --no-legend --no-pager --state=active,activating,deactivating 'myx-command-*.service' 2>/dev/null | cut -d ' ' -f 1
exit 0
`;

/** Stops the units of all commands. */
export const STOP_COMMANDS = `
set -eu
systemctl stop 'myx-command-*.service'
systemctl reset-failed 'myx-command-*.service' 2>/dev/null || true
`;

/** Prints what of an agent is still there: `unit`, then paths. */
export const REMAINS = `
unit="$1"; shift
if [ -d /run/systemd/system ]; then
  systemctl is-active --quiet "$unit" && echo "$unit is active"
  state=$(systemctl show --property=LoadState --value "$unit" 2>/dev/null)
  case "$state" in loaded|masked) echo "$unit is known to systemd" ;; esac
fi
for path in "$@" "$1.new"; do if [ -e "$path" ] || [ -L "$path" ]; then echo "$path"; fi; done
exit 0
`;

/** What a service that does not answer says of itself: `unit`. Prints sections like the preflight. */
export const DESCRIBE_SERVICE = `
section() { printf '\\n@@ %s\\n' "$1"; }
section state; systemctl show --property=ActiveState --property=SubState --property=Result --property=NRestarts "$1" 2>/dev/null
section listening; grep -h ' 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null
section journal; journalctl --unit "$1" --lines 15 --no-pager --output cat 2>/dev/null
exit 0
`;
