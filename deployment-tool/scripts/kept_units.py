"""How systemd's units were before a change, and how they become so again."""

import subprocess

from refusal import Refusal


def restore_unit(was):
    name = was["unit"]
    now = unit_state(name)
    done = []
    if not was["exists"] and not now["exists"]:
        return done
    if was["enabled"] != now["enabled"] and now["exists"]:
        systemctl("enable" if was["enabled"] else "disable", name)
        done.append("enabled" if was["enabled"] else "disabled")
    if was["active"] and not now["active"]:
        systemctl("reset-failed", name)
        failure = systemctl("restart", name)
        if failure:
            raise Refusal("%s does not start again: %s" % (name, failure))
        done.append("restarted")
    if not was["active"] and now["state"] != "inactive":
        systemctl("stop", name)
        systemctl("reset-failed", name)
        done.append("stopped")
    return done


def unit_state(unit):
    shown = subprocess.run(
        ["systemctl", "show", "--property=LoadState,ActiveState,UnitFileState", unit],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
        check=False,
    ).stdout
    facts = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    state = facts.get("ActiveState", "inactive")
    return {
        "unit": unit,
        "exists": facts.get("LoadState", "not-found") not in ("not-found", "masked"),
        "state": state,
        "active": state in ("active", "activating", "reloading"),
        "enabled": facts.get("UnitFileState", "").startswith("enabled"),
    }


def systemctl(*arguments):
    """Runs systemctl; answers what it said when it failed."""
    ended = subprocess.run(
        ["systemctl"] + list(arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        check=False,
    )
    return ended.stdout.strip() or "no reason given" if ended.returncode else None
