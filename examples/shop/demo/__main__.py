"""``python -m examples.shop.demo``: start the shop in FastAPI and in Django, and walk through both as a client."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack

from examples.shop.demo.display import Display
from examples.shop.demo.expectations import Unexpected, expect
from examples.shop.demo.interface import walk_through_interface
from examples.shop.demo.interrupts import Interrupts
from examples.shop.demo.live import watch_each_other
from examples.shop.demo.processes import ProcessFailed
from examples.shop.demo.servers import DJANGO_ASGI, DJANGO_WSGI, FASTAPI, RunningShop, open_shops
from examples.shop.demo.walk import walk_through

OK, FAILED, INTERRUPTED = 0, 1, 130


def main(arguments: list[str] | None = None) -> int:
    """Exit codes: 0 all is as it must be; 1 an expectation failed, or a server; 2 usage; 130 interrupted."""
    options = _parser().parse_args(arguments)
    display = Display(sys.stdout, verbose=options.verbose, echo_servers=options.serve)
    interrupts = Interrupts()
    servers = (FASTAPI, DJANGO_ASGI if options.asgi else DJANGO_WSGI)
    try:
        with interrupts, ExitStack() as stack:
            return _run(options, display, open_shops(servers, stack, interrupts, display))
    except (Unexpected, ProcessFailed) as error:
        display.failure(str(error))
        return FAILED
    except BrokenPipeError:
        # Whoever read along has gone; Python's own last flush must not fail on it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        display.line("Interrupted; everything is stopped.")
        return OK if options.serve else INTERRUPTED


def _run(options: argparse.Namespace, display: Display, shops: list[RunningShop]) -> int:
    for shop in shops:
        _check_engine(shop, options.expect_engine)
    if options.serve:
        _serve(display, shops)
    for shop in shops:
        _walk(shop, display)
    display.chapter("The interface that clients are generated from")
    walk_through_interface(display)
    engines = ", ".join(_engines(shops))
    display.chapter(f"Everything was as it must be: {display.agreements} checks; engine: {engines}")
    return OK


def _walk(shop: RunningShop, display: Display) -> None:
    display.chapter(shop.title)
    try:
        walk_through(shop, display)
        if shop.has_sockets:
            watch_each_other(shop, display)
    except Unexpected as error:
        raise Unexpected(f"{error}\n\n{shop.process.last_words()}") from None


def _serve(display: Display, shops: list[RunningShop]) -> None:
    """Until a server ends (``ProcessFailed``) or someone presses Ctrl-C."""
    display.chapter("Serving until Ctrl-C")
    for shop in shops:
        display.line(f"{shop.title}\n    {shop.url}/ (the page)\n    {shop.url}/api/mizan/ctx/catalogue/?query=tea")
        display.line(f"    {shop.database} (the database)")
    display.line(f"Log in as ada, bea or grace (staff), password {shops[0].password}")
    while True:
        for shop in shops:
            shop.process.check_alive(within=0.5)


def _check_engine(shop: RunningShop, expected: str | None) -> None:
    if expected is not None:
        expect(f"{shop.name}: the engine it reports", shop.engine, expected)


def _engines(shops: list[RunningShop]) -> list[str]:
    return sorted({shop.engine for shop in shops})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m examples.shop.demo",
        description="Start the tea shop in FastAPI (uvicorn) and in Django (runserver), both on free ports, walk "
        "through them as a client would and check every answer. Exit code 0: everything was as it must be.",
    )
    parser.add_argument("--verbose", action="store_true", help="show every exchange in full, and every check")
    parser.add_argument("--serve", action="store_true", help="no walk: keep both running and print their URLs")
    parser.add_argument(
        "--asgi", action="store_true", help="serve Django with uvicorn (ASGI) too, not runserver (WSGI)"
    )
    parser.add_argument(
        "--expect-engine", choices=("native", "pure"), help="fail unless both servers report this engine"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
