"""Whether the sites of the Caddy on this server answer."""

import http.client
import socket
import ssl

TIMEOUT = 5.0
# What a proxy answers when what is behind it does not.
UPSTREAM_FAILURES = (502, 503, 504)


def judge(check, notes, problems):
    try:
        status = status_of(check)
    except ssl.SSLError as failure:
        if check["tls"] == "automatic":
            notes.append("%s has no certificate yet" % check["url"])
        else:
            problems.append("%s: TLS fails: %s" % (check["url"], failure.reason or failure))
        return
    except (OSError, http.client.HTTPException) as failure:
        problems.append("%s does not answer: %s" % (check["url"], failure or type(failure).__name__))
        return
    if check.get("status") is not None:
        if status != check["status"]:
            problems.append("%s answers with status %d instead of %d" % (check["url"], status, check["status"]))
    elif status >= 500:
        if check["proxied"] and status in UPSTREAM_FAILURES:
            notes.append("%s answers with status %d: what is behind it does not answer" % (check["url"], status))
        else:
            problems.append("%s answers with status %d" % (check["url"], status))


def status_of(check):
    """Asks a site on this server under its own name. Whose certificate it is, the manager looks at."""
    host, port = check["host"] or "127.0.0.1", check["port"]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    connection.connect()
    try:
        if check["scheme"] == "https":
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            name = None if is_address(host) else host
            connection.sock = context.wrap_socket(connection.sock, server_hostname=name)
        usual = 443 if check["scheme"] == "https" else 80
        shown = "[%s]" % host if ":" in host else host
        header = shown if port == usual else "%s:%d" % (shown, port)
        connection.request("GET", check["path"], headers={"Host": header, "Connection": "close", "User-Agent": "MyX"})
        return connection.getresponse().status
    finally:
        connection.close()


def is_address(host):
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
            return True
        except OSError:
            continue
    return False
