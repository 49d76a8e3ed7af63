/**
 * The scripts that look at and change the deployment tool on a server, as root. All are constant and take
 * positional parameters and standard input; nothing is ever put into their text. They need nothing but a
 * shell, GNU coreutils, findutils, tar and util-linux, since Python may not be there yet.
 */

/**
 * Prints what lies in a directory: `directory`. Entries `type mode owner:group path`, then `@`, then
 * `sha256  ./path` of every file, each ended by NUL. Nothing when the directory is not one.
 */
export const LIST_TREE = `
set -eu
if [ -L "$1" ] || ! [ -d "$1" ]; then exit 0; fi
cd "$1"
find . -printf '%y %m %U:%G %P\\0'
printf '@\\0'
find . -type f -exec sha256sum -z -- {} +
`;

/**
 * Makes a directory exactly what standard input lists, with the files of an archive: `directory`,
 * `archive`, `most files`, `most bytes`. Standard input has a line `+ mode sha256 path` for every file
 * of the archive, in its order, and `= mode sha256 path` for every other file that stays.
 *
 * Nothing is unpacked before every entry of the archive was looked at: regular files alone, each of them
 * listed, plain relative names, none twice, bounded in number and size. Files appear one by one, whole and
 * verified; what is not listed is removed. Killed anywhere, it can be run again.
 */
export const UPDATE_TREE = `
set -eu
umask 022
export LC_ALL=C
known="" root="$1" archive="$2" files="$3" bytes="$4"
uploads="\${archive%/*}" staging="$root.staging" list="$archive.list"
refuse() { echo "refused: $1" >&2; exit 3; }
exec 9<"$uploads"
flock -w 120 9 || refuse "another sync is at work"
trap 'rm -rf -- "$staging"; rm -f -- "$list" "$archive"' EXIT
rm -rf -- "$staging"
find "$uploads" -mindepth 1 -mmin +60 -delete
cat >"$list"

tar --list --verbose --numeric-owner --full-time --quoting-style=escape --file "$archive" |
  awk -v most_files="$files" -v most_bytes="$bytes" -v list="$list" '
    function refuse(why) { print "refused: " why >"/dev/stderr"; bad = 1; exit 3 }
    BEGIN { while ((getline line <list) > 0) if (split(line, part, " ") == 4 && part[1] == "+") wanted[++want] = part[4] }
    {
      if (substr($1, 1, 1) != "-") refuse("an entry is no regular file: " $0)
      if (NF != 6) refuse("an entry has a strange name: " $0)
      if ($6 !~ /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/) refuse("an entry has a strange name: " $6)
      if ($6 in seen) refuse("an entry is there twice: " $6)
      seen[$6] = 1
      if ($6 != wanted[NR]) refuse("an entry is not on the list: " $6)
      total += $3
      if (NR > most_files + 0 || total > most_bytes + 0) refuse("the archive is too large")
    }
    END { if (!bad && NR != want + 0) refuse("the archive has not all that is on the list"); if (bad) exit 3 }
  ' || exit 3

mkdir -m 0700 -- "$staging"
tar --extract --file "$archive" --directory "$staging" --no-same-owner --keep-old-files
while read -r kind mode sha path; do
  if [ "$kind" = + ]; then
    printf '%s  %s\\n' "$sha" "$staging/$path" | sha256sum --check --status || refuse "a file is damaged: $path"
    chown 0:0 -- "$staging/$path"
    chmod "$mode" -- "$staging/$path"
  fi
done <"$list"

if [ -L "$root" ] || { [ -e "$root" ] && ! [ -d "$root" ]; }; then rm -f -- "$root"; fi
mkdir -p -- "$root"
set -- "$root" -mindepth 1 -depth
while read -r kind mode sha path; do
  set -- "$@" ! -path "$root/$path"
  parent="$path"
  while [ "\${parent%/*}" != "$parent" ]; do
    parent="\${parent%/*}"
    if [ -L "$root/$parent" ] || { [ -e "$root/$parent" ] && ! [ -d "$root/$parent" ]; }; then rm -f -- "$root/$parent"; fi
    case "$known" in *"|$parent|"*) ;; *) known="$known|$parent|"; set -- "$@" ! -path "$root/$parent" ;; esac
  done
done <"$list"
find "$@" -delete

while read -r kind mode sha path; do
  if [ -d "$root/$path" ] && ! [ -L "$root/$path" ]; then rm -rf -- "$root/$path"; fi
  if [ "$kind" = + ]; then
    case "$path" in */*) mkdir -p -- "$root/\${path%/*}" ;; esac
    mv -fT -- "$staging/$path" "$root/$path"
  elif [ -f "$root/$path" ] && ! [ -L "$root/$path" ]; then
    chown 0:0 -- "$root/$path"
    chmod "$mode" -- "$root/$path"
  fi
done <"$list"
find "$root" -type d -exec chown 0:0 {} + -exec chmod 0755 {} +
if command -v restorecon >/dev/null 2>&1; then restorecon -R "$root" 2>/dev/null || true; fi
`;
