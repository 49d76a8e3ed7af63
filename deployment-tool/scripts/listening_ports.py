"""Which process listens on which port of this server."""

import os

LISTEN_STATES = {"tcp": "0A", "udp": "07"}


def listening(protocol, port):
    """The inodes of the sockets that listen on a port."""
    for family in ("", "6"):
        try:
            with open("/proc/net/%s%s" % (protocol, family), encoding="ascii") as reader:
                lines = reader.readlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if int(fields[1].rsplit(":", 1)[1], 16) == port and fields[3] == LISTEN_STATES[protocol]:
                yield fields[9]


def holder_of(inode):
    """Process id and name of who has a socket."""
    wanted = "socket:[%s]" % inode
    for entry in os.listdir("/proc"):
        if entry.isdigit() and wanted in descriptors(entry):
            try:
                with open("/proc/%s/comm" % entry, encoding="utf-8", errors="replace") as reader:
                    return int(entry), reader.read().strip()
            except OSError:
                continue
    return None


def descriptors(process):
    """What a process has open. Descriptors come and go while one looks."""
    directory = "/proc/%s/fd" % process
    try:
        names = os.listdir(directory)
    except OSError:
        return
    for name in names:
        try:
            yield os.readlink("%s/%s" % (directory, name))
        except OSError:
            continue
