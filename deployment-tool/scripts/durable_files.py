"""Files that survive a crash: each is written whole and synced, or not at all."""

import hashlib
import json
import os
import stat


def is_in_place(entry, owner):
    path = entry["path"]
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        return False
    same = stat.S_ISREG(info.st_mode) and stat.S_IMODE(info.st_mode) == int(entry["mode"], 8)
    return same and (info.st_uid, info.st_gid) == owner and digest(path) == entry["sha256"]


def put(source, path, mode, owner):
    """Writes a file whole or not at all."""
    remove_file(temporary(path))
    copy_synced(source, temporary(path))
    os.chown(temporary(path), owner[0], owner[1])
    os.chmod(temporary(path), mode)
    os.replace(temporary(path), path)
    sync_directory(os.path.dirname(path))


def remove_directories(directories):
    """Removes those that are empty, deepest first."""
    for directory in sorted(directories, key=len, reverse=True):
        try:
            os.rmdir(directory)
        except OSError:
            pass


def remove_file(path):
    try:
        os.unlink(path)
        return True
    except (FileNotFoundError, NotADirectoryError):
        return False


def temporary(path):
    return path + ".myx-new"


def copy_synced(source, target):
    """Copies a file that only root may read, and answers its digest."""
    sha256 = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(source, "rb") as reader, os.fdopen(descriptor, "wb") as writer:
        for block in iter(lambda: reader.read(1 << 20), b""):
            sha256.update(block)
            writer.write(block)
        writer.flush()
        os.fsync(writer.fileno())
    return sha256.hexdigest()


def digest(path):
    sha256 = hashlib.sha256()
    try:
        with open(path, "rb") as reader:
            for block in iter(lambda: reader.read(1 << 20), b""):
                sha256.update(block)
    except FileNotFoundError:
        return None
    return sha256.hexdigest()


def read_json(path):
    try:
        with open(path, encoding="utf-8") as reader:
            return json.load(reader)
    except FileNotFoundError:
        return None


def write_json(path, value):
    new = path + ".new"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as writer:
        json.dump(value, writer, indent=1)
        writer.flush()
        os.fsync(writer.fileno())
    os.replace(new, path)
    sync_directory(os.path.dirname(path))


def sync_directory(path):
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
