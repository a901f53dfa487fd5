"""``python -m tests.cache.soak.directed FRONT FAULT FOLDER``: plays the directed schedule in this process, with its
fault, until something shows; prints what it has seen as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.cache.soak import schedule
from tests.cache.soak.checker import check
from tests.cache.soak.errors import unforeseen_errors
from tests.cache.soak.faults import FAULTS, HARMLESS
from tests.cache.soak.history import Writer
from tests.cache.soak.players import Player
from tests.cache.soak.stage import Stage

FRONTS = ("fastapi", "django-wsgi", "django-asgi")


def main(front: str, fault: str, folder: str) -> None:
    """Play on one of ``FRONTS``; *fault* is empty for the build as it is."""
    errors = unforeseen_errors()
    application = _application(front)
    if fault:
        (FAULTS | HARMLESS)[fault].install()
    history = Path(folder, "directed.history")
    player = Player("directed", Writer(history))
    with Stage(application, player, is_asgi=front != "django-wsgi", clients_may_leave=front == "fastapi") as stage:
        for _ in schedule.play(stage):
            player.flush()
            if fault and check([history]).wrong:
                break
    player.close()
    if not fault:
        errors.check()
    verdict = check([history])
    said = {"operations": verdict.operations, "wrong": verdict.wrong, "hit_share": verdict.hit_share}
    print(json.dumps({**said, "examples": verdict.examples}))  # noqa: T201 - what it has been started for


def _application(front: str) -> Any:
    if front == "fastapi":
        from tests.cache.soak.fastapi_app import app

        return app
    from tests.cache.soak import django_app

    return django_app.wsgi if front == "django-wsgi" else django_app.asgi


if __name__ == "__main__":
    main(*sys.argv[1:])
