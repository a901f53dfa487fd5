"""Fork while threads are busy in the engine, from their first use of it on; every child must be able to use it."""

from __future__ import annotations

import builtins
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Generator
from contextlib import closing
from typing import Any, cast

from mizan_core.engine import ENGINE, Engine, pure
from mizan_core.errors import MWTError

KEY = "only-for-these-tests-0123456789ab"
CHILDREN = 20
CHILD_SECONDS = 60

# From 3.12 on CPython warns of what this program is about.
warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)

import_module = builtins.__import__


def use(engine: Engine) -> tuple[object, ...]:
    token = engine.create_mwt("7", "0" * 32, secret=KEY)
    claims = engine.MWTVerifier(KEY).decode(token)
    key = engine.CacheKeyer(KEY).derive("shop", {"owner": [1, "\u00e9", {}]})
    graph = engine.compile_graph({"types": {}, "functions": []})
    permissions = engine.compute_permission_key(True, False, {"a", "b"})
    text = engine.canonical_json({"price": 0.1, "stock": 2**70})
    return claims.sub, key, graph.describe(), permissions, text, refusal(engine)


def refusal(engine: Engine) -> str:
    try:
        engine.decode_mwt("", secret=KEY)
    except MWTError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def import_slowly(*arguments: Any, **options: Any) -> Any:
    """Let other threads run in the midst of an import, so that a fork meets what is being prepared at first use."""
    time.sleep(0.05)
    return import_module(*arguments, **options)


def keep_using(stop: threading.Event) -> None:
    while not stop.is_set():
        use(ENGINE)


def in_child(expected: object) -> int:
    """The exit code of a child that uses the engine; one that hangs is ended by its alarm."""
    child = os.fork()
    if child == 0:
        signal.alarm(CHILD_SECONDS)
        code = 1
        try:
            code = int(use(ENGINE) != expected)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def fork_while_busy(expected: object) -> Generator[int, None, None]:
    """The exit codes of children that are forked while other threads begin to use the engine, and go on."""
    stop = threading.Event()
    threads = [threading.Thread(target=keep_using, args=(stop,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(CHILDREN):
            time.sleep(0.01)
            yield in_child(expected)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def main() -> None:
    expected = use(cast(Engine, pure))
    before_use = in_child(expected)
    builtins.__import__ = import_slowly
    with closing(fork_while_busy(expected)) as codes:
        failure = before_use or next(filter(None, codes), 0)
    if failure:
        sys.exit(f"a child ended with {failure}" + (": it hung" if failure == -signal.SIGALRM else ""))


main()
