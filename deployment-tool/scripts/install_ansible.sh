#!/bin/sh
# Installs ansible-core from the packages of the distribution. Safe to repeat, and to end at any point.
#
# Exit status: 0 it is there; else nothing of it may be relied on, and the last line on standard error says why:
#   10  this distribution is not known here      13  the distribution's Ansible or Python is too old, or missing
#   11  not run as root                          14  another package manager does not come to an end
#   12  packages cannot be fetched               15  the package manager refuses or fails
set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C.UTF-8
DEBIAN_FRONTEND=noninteractive
NEEDRESTART_SUSPEND=1
export PATH LC_ALL DEBIAN_FRONTEND NEEDRESTART_SUSPEND

minimum_ansible=2.12
minimum_python=3.8
os_release=${MYX_OS_RELEASE:-/etc/os-release}
lock_seconds=${MYX_LOCK_SECONDS:-600}

say() {
  printf '%s\n' "$*"
}

fail() {
  status=$1
  shift
  printf 'Ansible cannot be installed: %s\n' "$*" >&2
  exit "$status"
}

# Whether dotted version $1 is at least $2, by its first two numbers.
at_least() {
  [ -n "$1" ] || return 1
  have_major=${1%%.*}
  have_rest=${1#*.}
  want_major=${2%%.*}
  want_rest=${2#*.}
  have_minor=${have_rest%%[!0-9]*}
  want_minor=${want_rest%%[!0-9]*}
  [ "$have_major" -gt "$want_major" ] ||
    { [ "$have_major" -eq "$want_major" ] && [ "${have_minor:-0}" -ge "${want_minor:-0}" ]; }
}

# Version of the Ansible that is installed and runs; empty when there is none.
ansible_version() {
  command -v ansible-playbook >/dev/null 2>&1 || return 0
  # It would leave directories in the home of root, and read a configuration there.
  : >"$work/ansible.cfg"
  ANSIBLE_CONFIG="$work/ansible.cfg" ANSIBLE_HOME="$work" ANSIBLE_LOCAL_TEMP="$work" \
    ansible-playbook --version 2>/dev/null |
    sed -n '1s/^[^0-9]*\([0-9][0-9]*\.[0-9][0-9.]*\).*/\1/p'
}

# The distribution's name for people.
distribution() {
  name=$(sed -n 's/^PRETTY_NAME=//p' "$os_release" 2>/dev/null | tr -d "\"'")
  say "${name:-this system}"
}

distribution_ids() {
  sed -n 's/^ID=//p;s/^ID_LIKE=//p' "$os_release" 2>/dev/null | tr -d "\"'" | tr '\n' ' '
}

# Runs a package manager and tells what it says. Waits while another one is at work.
run_packages() {
  waited=0
  while :; do
    "$@" </dev/null 2>"$work/errors"
    status=$?
    cat "$work/errors" >&2
    [ "$status" -ne 0 ] || return 0
    if grep -q 'dpkg was interrupted' "$work/errors" && [ ! -e "$work/mended" ]; then
      say 'An earlier installation was interrupted; finishing it first.'
      : >"$work/mended"
      dpkg --configure -a </dev/null
      continue
    fi
    grep -Eq 'Could not get lock|Unable to (acquire|lock)|is another process using it' "$work/errors" || return "$status"
    [ "$waited" -lt "$lock_seconds" ] ||
      fail 14 "another package manager has been at work for more than $lock_seconds seconds"
    [ "$waited" -gt 0 ] || say 'Another package manager is at work; waiting for it.'
    sleep 5
    waited=$((waited + 5))
  done
}

# Why the package manager failed, by what it said.
fail_as_said() {
  if grep -Eqi 'failed to fetch|unable to fetch|could not resolve|failed to download|cannot download|curl error|errors during downloading|cannot prepare internal mirrorlist|no more mirrors' "$work/errors"; then
    fail 12 'its packages cannot be fetched; is there a network, a name server and a package mirror?'
  fi
  if grep -Eqi 'no match for argument|unable to find a match|has no installation candidate|unable to locate package' "$work/errors"; then
    fail 13 "$(distribution) offers no package ansible-core"
  fi
  if grep -Eqi 'packages need to be removed|no space left|not enough free space|at least .* more space needed' "$work/errors"; then
    fail 15 "the package manager refuses: $(grep -Ei 'removed|space' "$work/errors" | head -n 1)"
  fi
  fail 15 "the package manager failed: $(grep . "$work/errors" | tail -n 1)"
}

# Version of a Debian package that would be installed; empty when there is none.
apt_candidate() {
  apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9][0-9]*:\)\{0,1\}\([0-9][^ ]*\)$/\2/p'
}

install_with_apt() {
  say 'Reading the package lists ...'
  # One broken source of several need not matter; with a mere warning for it, apt calls that a success.
  run_packages apt-get -q -o Acquire::Retries=2 update
  candidate=$(apt_candidate ansible-core)
  if [ -z "$candidate" ] && grep -Eq '^[WE]: ' "$work/errors"; then
    fail 12 'the package lists cannot be read; is there a network, a name server and a package mirror?'
  fi
  at_least "$candidate" "$minimum_ansible" ||
    fail 13 "$(distribution) offers ${candidate:-no} ansible-core; at least $minimum_ansible is needed"
  at_least "$(apt_candidate python3)" "$minimum_python" ||
    fail 13 "$(distribution) offers Python $(apt_candidate python3); at least $minimum_python is needed"
  say "Installing ansible-core $candidate ..."
  run_packages apt-get -q -y --no-install-recommends --no-remove -o Dpkg::Use-Pty=0 -o Acquire::Retries=2 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
    install ansible-core python3 python3-apt || fail_as_said
}

install_with_dnf() {
  command -v dnf >/dev/null 2>&1 || fail 10 "$(distribution) has no dnf"
  say 'Installing ansible-core ...'
  run_packages dnf -y --setopt=install_weak_deps=False install ansible-core || fail_as_said
}

[ "$(id -u)" -eq 0 ] || fail 11 'only root can install packages'
work=$(mktemp -d) || fail 15 'there is no room for a temporary file'
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP

version=$(ansible_version)
if at_least "$version" "$minimum_ansible"; then
  say "ansible-core $version is installed."
  exit 0
fi
[ -z "$version" ] || say "Ansible $version is installed; at least $minimum_ansible is needed."

case " $(distribution_ids)" in
  *' debian '* | *' ubuntu '*) install_with_apt ;;
  *' rhel '* | *' fedora '* | *' centos '* | *' amzn '*) install_with_dnf ;;
  *) fail 10 "$(distribution) is not known here; install ansible-core $minimum_ansible or later by hand" ;;
esac

version=$(ansible_version)
[ -n "$version" ] || fail 15 'its package is installed, but ansible-playbook does not run'
at_least "$version" "$minimum_ansible" ||
  fail 13 "$(distribution) offers Ansible $version; at least $minimum_ansible is needed"
say "ansible-core $version is installed."
