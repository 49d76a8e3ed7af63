#!/bin/sh
# keep-host.sh CGROUP... -- systemd-nspawn ARGUMENT...
# Boots a lab host, and boots it again when it asked for a reboot: systemd-nspawn then ends with 133.
while :; do
  /bin/sh "${0%/*}/in-cgroup.sh" "$@"
  code=$?
  [ "$code" -eq 133 ] || exit "$code"
done
