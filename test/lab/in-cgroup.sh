#!/bin/sh
# in-cgroup.sh CGROUP... -- PROGRAM ARGUMENT...
# Moves itself into the given cgroups and becomes PROGRAM: whatever that starts can be found and
# ended later, and nothing else can be.
while [ "$1" != -- ]; do
  echo $$ >"$1/cgroup.procs" || exit 125
  shift
done
shift
exec "$@"
