"""Fork while threads are busy in the engine; every child must be able to use it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from typing import cast

from mizan_core.engine import ENGINE, Engine, pure

KEY = "only-for-these-tests-0123456789ab"
CHILDREN = 10
CHILD_SECONDS = 10

# From 3.12 on CPython warns of what this program is about.
warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)


def use(engine: Engine) -> tuple[object, ...]:
    token = engine.create_mwt("7", "0" * 32, secret=KEY)
    claims = engine.MWTVerifier(KEY).decode(token)
    key = engine.CacheKeyer(KEY).derive("shop", {"owner": [1, "\u00e9", {}]})
    graph = engine.compile_graph({"types": {}, "functions": []})
    return claims.sub, key, graph.describe(), engine.canonical_json({"price": 0.1})


EXPECTED = use(cast(Engine, pure))


def keep_using(stop: threading.Event) -> None:
    while not stop.is_set():
        use(ENGINE)


def in_child() -> int:
    """The exit code of a child that uses the engine; one that hangs is ended by its alarm."""
    child = os.fork()
    if child == 0:
        signal.alarm(CHILD_SECONDS)
        code = 1
        try:
            code = int(use(ENGINE) != EXPECTED)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    codes = [in_child()]  # before the parent has used it
    stop = threading.Event()
    threads = [threading.Thread(target=keep_using, args=(stop,), daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    codes += [in_child() for _ in range(CHILDREN)]
    stop.set()
    for thread in threads:
        thread.join()
    sys.exit(f"exit codes of the children: {codes}" if any(codes) else None)


main()
