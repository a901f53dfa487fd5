"""Telling an edge what has become stale: in the background, after the origin's own cache has been purged.

An edge is told after the mutation has been answered, or while it is: what it promises is bounded by the time to live
that it gives its entries (docs/edge.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from threading import Lock, Thread
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from mizan_core.after_fork import restart_after_fork
from mizan_core.engine.contract import Secret

_log = logging.getLogger("mizan.edge")
_TIMEOUT = 5
_PAUSES = (0.2, 1.0, 5.0)
"""Seconds before an edge that did not answer is asked again; after the last one its entries live out their time."""
_MOST = 1_000
"""Tags of one request."""

HEADER = "X-Mizan-Signature"


def sign(secret: Secret, method: str, path: str, body: bytes, now: int, nonce: str) -> str:
    """The value of ``HEADER``, ``t=<time>,n=<nonce>,s=<hex>``: an HMAC-SHA256 over all of this (docs/edge.md).

    :param now: seconds since 1970; an edge refuses what is too old.
    :param nonce: never the same twice; an edge refuses one that it has seen.
    """
    text = f"{method}\n{path}\n{hashlib.sha256(body).hexdigest()}\n{now}\n{nonce}"
    key = secret.encode() if isinstance(secret, str) else secret
    return f"t={now},n={nonce},s={hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}"


class EdgePurger:
    """Sends purges to one edge, in order, a thread at a time.

    :param url: where the edge takes purges.
    :param secret: what they are signed with.
    """

    def __init__(self, url: str, secret: Secret) -> None:
        self._url = url
        self._path = urlsplit(url).path or "/"
        self._secret = secret
        self.restart()
        restart_after_fork(self)

    def restart(self) -> None:
        """Begin with nothing to send."""
        self._waiting: dict[str, None] = {}
        self._lock = Lock()
        self._is_sending = False

    def purge(self, tags: Iterable[str]) -> None:
        """Have the edge drop what has one of *tags*; returns at once."""
        with self._lock:
            self._waiting.update(dict.fromkeys(tags))
            if self._waiting and not self._is_sending:
                # Where there are too many threads already, the next purge tries again.
                with suppress(RuntimeError):
                    # A process that ends, a command for example, ends after it.
                    Thread(target=self._send_all, name="mizan-edge").start()
                    self._is_sending = True

    def _send_all(self) -> None:
        while True:
            with self._lock:
                tags = list(self._waiting)[:_MOST]
                for tag in tags:
                    del self._waiting[tag]
                if not tags:
                    self._is_sending = False
                    return
            self._send(json.dumps({"tags": tags}).encode())

    def _send(self, body: bytes) -> None:
        problem: Exception | None = None
        for pause in (0.0, *_PAUSES):
            time.sleep(pause)
            signature = sign(self._secret, "POST", self._path, body, int(time.time()), secrets.token_hex(16))
            headers = {"Content-Type": "application/json", HEADER: signature}
            try:
                # The URL is the operator's own; its scheme is checked where settings are read.
                with urlopen(Request(self._url, body, headers), timeout=_TIMEOUT):  # noqa: S310
                    return
            except (URLError, OSError) as error:
                problem = error
        _log.error("The edge has not taken a purge (%s); what it holds stays until it expires", problem)
