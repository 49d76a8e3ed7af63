/**
 * Looks at a host and changes nothing. Prints sections that start with a line `@@ <name>`. Constant: it
 * takes the agent's unit, configuration and program as parameters.
 */
export const PREFLIGHT_SCRIPT = `
section() { printf '\\n@@ %s\\n' "$1"; }
section kernel; uname -s; uname -r; uname -m
section os_release; cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release 2>/dev/null
section libc; getconf GNU_LIBC_VERSION 2>/dev/null || ldd --version 2>&1 | head -n 1
section musl; ls -d /lib/ld-musl-* 2>/dev/null
section init; cat /proc/1/comm 2>/dev/null
section systemd; if [ -d /run/systemd/system ]; then systemctl --version 2>/dev/null | head -n 1; fi
section places; for place in "$3" /etc /var/lib; do readlink -f "$place" || printf '%s\\n' "$place"; done
section space; for place in /opt /var/lib; do [ -d "$place" ] || place=/; df -Pk "$place" | tail -n 1; done
section mounts; cat /proc/mounts
section clock; date +%s
section machine_id; cat /etc/machine-id 2>/dev/null
section tools; for tool in xz gzip sha256sum systemctl journalctl; do
  if command -v "$tool" >/dev/null 2>&1; then printf '%s\\n' "$tool"; fi
done
section listening; grep -h ' 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null
section agent; [ -e "$1" ] && echo unit; [ -e "$2" ] && echo configuration; [ -e "$3" ] && echo program
section agent_state; systemctl is-active "\${1##*/}" 2>/dev/null
section user; id -u
exit 0
`;
