"""What was there before a change: copies of files, where links led, and what was not there at all."""

import os
import stat

from durable_files import copy_synced, is_in_place, put, remove_file, sync_directory, temporary
from refusal import Refusal


def keep(directory, paths, absent=()):
    """Copies what is at the paths; answers what was where. What is `absent` shall be gone, whatever is there."""
    os.makedirs(directory, mode=0o700)
    kept = []
    for number, path in enumerate(paths):
        entry = {"path": path, "name": str(number)}
        kept.append(entry)
        try:
            info = None if path in absent else os.lstat(path)
        except FileNotFoundError:
            info = None
        if info is None:
            entry["type"] = "absent"
            continue
        entry.update(mode=stat.S_IMODE(info.st_mode), uid=info.st_uid, gid=info.st_gid)
        if stat.S_ISLNK(info.st_mode):
            entry.update(type="link", target=os.readlink(path))
        elif stat.S_ISREG(info.st_mode):
            entry["type"] = "file"
            entry["sha256"] = copy_synced(path, os.path.join(directory, str(number)))
        else:
            raise Refusal("%s is neither a file nor a link: it cannot be kept" % path)
    sync_directory(directory)
    return kept


def is_as_kept(entry):
    path = entry["path"]
    if entry["type"] == "absent":
        return not os.path.lexists(path)
    if entry["type"] == "link":
        return os.path.islink(path) and os.readlink(path) == entry["target"]
    return is_in_place(dict(entry, mode="%o" % entry["mode"]), (entry["uid"], entry["gid"]))


def put_back(directory, entry):
    path = entry["path"]
    if entry["type"] == "absent":
        remove_file(path)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if entry["type"] == "link":
        os.symlink(entry["target"], temporary(path))
        os.replace(temporary(path), path)
        sync_directory(os.path.dirname(path))
        return
    put(os.path.join(directory, entry["name"]), path, entry["mode"], (entry["uid"], entry["gid"]))
