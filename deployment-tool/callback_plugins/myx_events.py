"""Tells what a playbook does as a JSON text sequence (RFC 7464) on standard output.

Each record is the byte 0x1e, a JSON object, and a line feed; the objects are `AnsibleEvent` of the wire
contract (agent/protocol/src/ansible-event.ts). Works with ansible-core 2.12 and later.
"""

from __future__ import annotations

import atexit
import base64
import difflib
import json
import os
import re
import shlex
import sys
import threading
import time
from datetime import datetime, timezone
from urllib.parse import quote, quote_plus

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.callback import CallbackBase
from ansible.utils.vars import load_extra_vars

DOCUMENTATION = """
    name: myx_events
    type: stdout
    short_description: JSON text sequence of what happens
    description:
      - One record per play, task, result and recap, written at once.
      - Values of the variables that E(MYX_SECRET_VARS) names are masked in all output.
    requirements:
      - set as stdout
"""

MASK = "\u2022" * 4
TEXT_BYTES = 8 * 1024
DIFF_BYTES = 64 * 1024
# A shorter one says nothing, and masking it would make every other text unreadable.
SHORTEST_SECRET = 3
SHORTEST_SECRET_LINE = 8
# Instead of the label of an item that must not be shown.
HIDDEN = "(hidden)"
# Actions whose output is what people ran them for.
TALKING_ACTIONS = ("command", "shell", "raw", "script")
META_ACTIONS = ("meta", "ansible.builtin.meta", "ansible.legacy.meta")
# Keys of a result that say nothing to people who look at a variable.
PLUMBING = ("changed", "failed", "skipped", "invocation", "warnings", "deprecations", "exception")


class Masker:
    """Replaces secret values, also as they look when they were quoted or encoded."""

    def __init__(self, secrets):
        forms = set()
        for secret in secrets:
            for text in self._texts(secret):
                forms.update(self._forms(text))
        ordered = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def mask(self, text):
        return text if self._pattern is None else self._pattern.sub(MASK, text)

    def readable(self, value):
        """A value as text, masked before it is: quoting would hide a secret from the pattern."""
        if value is None:
            return ""
        if isinstance(value, str):
            return self.mask(value)
        return json.dumps(self._inside(value), indent=2, default=str, ensure_ascii=False)

    def _inside(self, value):
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, dict):
            return {self.mask(str(key)): self._inside(member) for key, member in value.items()}
        if isinstance(value, (list, tuple, set)):
            return [self._inside(member) for member in value]
        return value

    def _texts(self, value):
        """All texts in a value, and the lines of those that have several."""
        if isinstance(value, dict):
            for member in value.values():
                yield from self._texts(member)
        elif isinstance(value, (list, tuple, set)):
            for member in value:
                yield from self._texts(member)
        elif isinstance(value, bool) or value is None:
            return
        else:
            text = str(value)
            lines = text.splitlines()
            if len(text.strip()) >= SHORTEST_SECRET:
                yield text
                yield text.strip()
            if len(lines) > 1:
                yield from (line.strip() for line in lines if len(line.strip()) >= SHORTEST_SECRET_LINE)

    def _forms(self, text):
        data = text.encode("utf-8", "surrogatepass")
        yield text
        yield json.dumps(text)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield repr(text)[1:-1]
        # As Python, Jinja, JavaScript and forms write it in an address.
        for kept in ("", "/", "!'()*"):
            yield quote(data, safe=kept)
        yield quote_plus(data)
        yield shlex.quote(text).strip("'")
        if len(data) >= SHORTEST_SECRET_LINE:
            yield from self._base64_forms(data)

    def _base64_forms(self, data):
        """Alone, and in the midst of other bytes: the characters that these do not change."""
        yield base64.b64encode(data).decode("ascii")
        for before, changed in ((0, 0), (1, 2), (2, 3)):
            encoded = base64.b64encode(b"\0" * before + data).decode("ascii").rstrip("=")
            yield encoded[changed:] if (before + len(data)) % 3 == 0 else encoded[changed:-1]


class Guard:
    """Stands for a standard stream: masks what is written and tells whole lines as messages."""

    def __init__(self, stream, masker, tell, passes_on):
        self._stream = stream
        self._masker = masker
        self._tell = tell
        self._passes_on = passes_on
        self._pending = ""
        self._lock = threading.RLock()
        os.register_at_fork(after_in_child=self._renew_lock)

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def write(self, text):
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        with self._lock:
            self._pending += text
            end = self._pending.rfind("\n") + 1
            whole, self._pending = self._pending[:end], self._pending[end:]
            self._deliver(whole)
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        self._stream.flush()

    def finish(self):
        with self._lock:
            whole, self._pending = self._pending, ""
            self._deliver(whole)

    def isatty(self):
        return False

    def _deliver(self, text):
        if not text:
            return
        if self._passes_on:
            self._stream.write(self._masker.mask(text))
            self._stream.flush()
        if text.strip():
            self._tell(text.strip())

    def _renew_lock(self):
        self._lock = threading.RLock()


class CallbackModule(CallbackBase):
    """The callback that ansible.cfg names."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "myx_events"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._masker = Masker(load_secrets())
        self._output = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
        self._lock = threading.RLock()
        os.register_at_fork(after_in_child=self._renew_lock)
        self._play = ""
        self._tasks = {}
        self._begun = {}
        self._told = set()
        sys.stdout.flush()
        sys.stderr.flush()
        for name, passes_on in (("stdout", False), ("stderr", True)):
            guard = Guard(getattr(sys, name), self._masker, self._tell_text, passes_on)
            setattr(sys, name, guard)
            atexit.register(guard.finish)

    # What happens, in the order of a playbook.

    def v2_playbook_on_start(self, playbook):
        name = getattr(playbook, "_file_name", None) or ""
        inside = os.path.relpath(name)
        self._emit("playbook_started", playbook=name if inside.startswith("..") else inside)

    def v2_playbook_on_play_start(self, play):
        self._play = str(play.get_name()).strip()
        self._emit("play_started", play=self._play)

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._start_task(task)

    def v2_playbook_on_handler_task_start(self, task):
        self._start_task(task)

    def v2_playbook_on_cleanup_task_start(self, task):
        self._start_task(task)

    def v2_runner_on_start(self, host, task):
        self._begun[(host.get_name(), task._uuid)] = time.monotonic()

    def v2_runner_on_ok(self, result):
        self._tell_result(result, self._success_of(result))

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._tell_result(result, "failed", ignored=bool(ignore_errors))

    def v2_runner_on_skipped(self, result):
        self._tell_result(result, "skipped")

    def v2_runner_on_unreachable(self, result):
        ignored = getattr(task_of(result), "ignore_unreachable", False)
        self._tell_result(result, "unreachable", ignored=ignored is True)

    def v2_runner_item_on_ok(self, result):
        self._tell_result(result, self._success_of(result), is_item=True)

    def v2_runner_item_on_failed(self, result):
        ignored = getattr(task_of(result), "ignore_errors", False)
        self._tell_result(result, "failed", ignored=ignored is True, is_item=True)

    def v2_runner_item_on_skipped(self, result):
        self._tell_result(result, "skipped", is_item=True)

    def v2_runner_retry(self, result):
        attempt = values_of(result).get("attempts", 1)
        task = self._describe(task_of(result))["task"]
        text = "%s: attempt %s did not succeed, trying again" % (task, attempt)
        self._emit("message", level="info", text=text)

    def v2_playbook_on_include(self, included_file):
        task = included_file._task
        for host in included_file._hosts:
            # Most versions tell a result of their own.
            if (host.get_name(), task._uuid) not in self._begun:
                continue
            self._emit(
                "task_result",
                **self._describe(task),
                host=host.get_name(),
                item=None,
                status="ok",
                ignored=False,
                duration_ms=self._duration(host.get_name(), task, forget=True),
                message="included %s" % os.path.basename(str(included_file._filename)),
                diff=None,
            )

    def v2_playbook_on_no_hosts_matched(self):
        self._emit("message", level="warning", text="No host of the inventory is in this play")

    def v2_playbook_on_no_hosts_remaining(self):
        self._emit("message", level="error", text="No host is left to go on with")

    def v2_playbook_on_stats(self, stats):
        hosts = []
        for host in sorted(stats.processed):
            counts = stats.summarize(host)
            hosts.append(
                {
                    "host": host,
                    "ok": counts["ok"],
                    "changed": counts["changed"],
                    "failed": counts["failures"],
                    "unreachable": counts["unreachable"],
                    "skipped": counts["skipped"],
                    "rescued": counts["rescued"],
                    "ignored": counts["ignored"],
                }
            )
        self._emit("recap", hosts=hosts)

    # How it is told.

    def _start_task(self, task):
        # "meta" has no result, and with the free strategy a task starts once per host.
        if task.action in META_ACTIONS or task._uuid in self._tasks:
            return
        role = getattr(task, "_role", None)
        self._tasks[task._uuid] = {
            "task_id": str(task._uuid),
            "task": str(task.name or task.action).strip(),
            "role": None if role is None else str(role.get_name()),
            "play": self._play,
            "action": str(task.action),
        }
        self._emit("task_started", **self._tasks[task._uuid])

    def _describe(self, task):
        # A task that nobody announced, such as one that is included, is announced now.
        if task._uuid not in self._tasks:
            self._start_task(task)
        return self._tasks.get(task._uuid) or {
            "task_id": str(task._uuid),
            "task": str(task.name or task.action).strip(),
            "role": None,
            "play": self._play,
            "action": str(task.action),
        }

    def _success_of(self, result):
        return "changed" if values_of(result).get("changed") else "ok"

    def _tell_result(self, result, status, ignored=False, is_item=False):
        task = task_of(result)
        if task.action in META_ACTIONS:
            return
        values = values_of(result)
        host = host_of(result).get_name()
        is_hidden = bool(values.get("_ansible_no_log")) or "censored" in values
        self._emit(
            "task_result",
            **self._describe(task),
            host=host,
            item=self._label(values, is_hidden) if is_item else None,
            status=status,
            ignored=ignored,
            duration_ms=self._duration(host, task, forget=not is_item),
            message=None if is_hidden else self._message_of(values, status, str(task.action)),
            diff=None if is_hidden else self._diff_of(values, place_of(result)),
        )
        for text in values.get("warnings") or ():
            self._tell_once("warning", str(text))

    def _label(self, values, is_hidden):
        return HIDDEN if is_hidden else self._masker.readable(self._get_item_label(values))

    def _message_of(self, values, status, action):
        """What a result tells people; None when it tells nothing."""
        readable = self._masker.readable
        name = action.rsplit(".", 1)[-1]
        if status == "skipped":
            reason = values.get("skip_reason") or values.get("skipped_reason") or values.get("msg")
            parts = (reason, values.get("false_condition"))
            return ": ".join(readable(part) for part in parts if part) or None
        parts = []
        if "msg" in values:
            parts.append(readable(values["msg"]))
        elif name == "debug":
            shown = {key: member for key, member in values.items() if is_content(key)}
            parts.append(readable(shown))
        if status in ("failed", "unreachable"):
            keys = ("reason", "module_stderr", "module_stdout", "stderr", "stdout")
        elif "results" in values:
            # The items tell; Ansible says no more than that all of them are through.
            return None
        else:
            keys = ("stdout", "stderr") if name in TALKING_ACTIONS else ()
        for key in keys:
            text = readable(values.get(key)).strip()
            if text and not any(text in part for part in parts):
                parts.append(text)
        return "\n".join(part for part in parts if part.strip()) or None

    def _diff_of(self, values, place):
        """Unified diffs of what a result changed; None without any. Those of a loop are in its items."""
        diffs = values.get("diff")
        if not diffs or "results" in values:
            return None
        texts = [
            self._one_diff(diff, place)
            for diff in (diffs if isinstance(diffs, list) else [diffs])
            if diff
        ]
        return "".join(texts).strip("\n") or None

    def _one_diff(self, diff, place):
        readable = self._masker.readable
        if not isinstance(diff, dict):
            return readable(diff) + "\n"
        if "prepared" in diff:
            return readable(diff["prepared"]) + "\n"
        for key in ("src_binary", "dst_binary", "src_larger", "dst_larger"):
            if key in diff:
                return "not shown: %s\n" % ("too large" if key.endswith("larger") else "binary")
        before, after = (with_line_end(readable(diff.get(key))) for key in ("before", "after"))
        lines = difflib.unified_diff(
            before.splitlines(True),
            after.splitlines(True),
            # A header may name a temporary file of Ansible; the result knows the real one.
            fromfile="before: %s" % (place or diff.get("before_header") or ""),
            tofile="after: %s" % (place or diff.get("after_header") or ""),
        )
        return "".join(with_line_end(line) for line in lines)

    def _duration(self, host, task, forget):
        """Since the task, or its last item, began on that host."""
        now = time.monotonic()
        begun = self._begun.pop((host, task._uuid), now)
        if not forget:
            self._begun[(host, task._uuid)] = now
        return int((now - begun) * 1000)

    def _tell_text(self, text):
        """What Ansible writes for people, whatever part of it writes."""
        level = "info"
        if re.match(r"\[(DEPRECATION )?WARNING", text):
            level = "warning"
        elif re.match(r"(\[ERROR\]|ERROR!|fatal:)", text):
            level = "error"
        self._emit("message", level=level, text=text)

    def _tell_once(self, level, text):
        if text in self._told:
            return
        self._told.add(text)
        self._emit("message", level=level, text=text)

    def _emit(self, event, **fields):
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        record = {"event": event, "at": now.replace("+00:00", "Z")}
        record.update((name, self._clean(value, name)) for name, value in fields.items())
        # ASCII: a lone surrogate, from bytes that were no UTF-8, has no encoding of its own.
        body = json.dumps(record, separators=(",", ":"), default=str)
        data = b"\x1e" + body.encode("ascii") + b"\n"
        with self._lock:
            while data:
                data = data[self._output.write(data) :]

    def _clean(self, value, name):
        if isinstance(value, str):
            # Masked first: a secret that is cut is no longer recognised.
            limit = DIFF_BYTES if name == "diff" else TEXT_BYTES
            text = value.encode("utf-8", "replace").decode("utf-8")
            return cut(self._masker.mask(text), limit)
        if isinstance(value, dict):
            return {key: self._clean(member, key) for key, member in value.items()}
        if isinstance(value, list):
            return [self._clean(member, name) for member in value]
        return value

    def _renew_lock(self):
        self._lock = threading.RLock()


def load_secrets():
    """Values of the secret variables. Fails rather than run without knowing what to mask."""
    names = json.loads(os.environ.get("MYX_SECRET_VARS", "[]"))
    if not isinstance(names, list):
        raise AnsibleError("MYX_SECRET_VARS is not a list of names")
    variables = load_extra_vars(DataLoader()) if names else {}
    return [variables[name] for name in names if name in variables]


def host_of(result):
    return result.host if hasattr(result, "host") else result._host


def task_of(result):
    return result.task if hasattr(result, "task") else result._task


def values_of(result):
    values = result.result if hasattr(result, "result") else result._result
    return values if isinstance(values, dict) else {}


def place_of(result):
    """The file that a task is about; None when it is about something else."""
    fields = getattr(result, "task_fields", None) or getattr(result, "_task_fields", None) or {}
    arguments = fields.get("args")
    for source in (values_of(result), arguments if isinstance(arguments, dict) else {}):
        place = source.get("dest") or source.get("path")
        if isinstance(place, str):
            return place
    return None


def is_content(key):
    return key not in PLUMBING and not key.startswith("_ansible")


def with_line_end(text):
    return text if not text or text.endswith("\n") else text + "\n"


def cut(text, limit):
    """Keeps head and tail: what went wrong is more often said last."""
    data = text.encode("utf-8")
    if len(data) <= limit:
        return text
    note = "\n[... %d bytes left out ...]\n"
    room = limit - len(note) - 20
    tail = room // 2
    head = room - tail
    left_out = len(data) - head - tail
    parts = (data[:head], (note % left_out).encode(), data[-tail:])
    return b"".join(parts).decode("utf-8", "ignore")
