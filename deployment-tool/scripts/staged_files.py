"""The files of a version that wait on this server to be put in place, and to whom they will belong."""

import grp
import os
import pwd

from durable_files import digest, read_json
from refusal import Refusal


def staged_files(directory):
    """What shall be where, with its digests compared."""
    files = read_json(os.path.join(directory, "files.json"))
    if files is None:
        raise Refusal("%s holds no staged deployment" % directory)
    for entry in files:
        name, path = entry["name"], entry["path"]
        if os.path.basename(name) != name or name in ("", ".", ".."):
            raise Refusal("the staged name %r is not a plain name" % name)
        if not os.path.isabs(path) or os.path.normpath(path) != path or path == "/":
            raise Refusal("the path %r is not absolute and plain" % path)
        source = os.path.join(directory, name)
        if os.path.islink(source) or digest(source) != entry["sha256"]:
            raise Refusal("the staged file for %s was damaged" % path)
    return files


def user_id(name):
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise Refusal("there is no user %s to own the file" % name)


def group_id(name):
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise Refusal("there is no group %s to own the file" % name)
