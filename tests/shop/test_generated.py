"""The generated clients of the shop's pages are those that the generator writes today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.forking import client

ROOT = Path(__file__).resolve().parents[2]


PAGES = ("shop/client", "react-router", "next")
"""Which one server is enough for: both have one interface."""

COMMANDS = {
    "django": ("-m", "examples.shop.django_project.manage", "mizan_generate"),
    "fastapi": ("-m", "mizan_fastapi.generate", "examples.shop.fastapi_app"),
}


@pytest.mark.parametrize(
    ("server", "page"),
    [
        *((server, f"shop/{page}") for server in COMMANDS for page in ("web", "vue", "svelte")),
        *(("django", page) for page in PAGES),
    ],
)
def test_the_committed_client_is_current(server: str, page: str) -> None:
    done = client.run(ROOT, *COMMANDS[server], "--config", f"examples/{page}/mizan.toml", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), (
        "make generate writes the shop's clients anew\n" + done.stdout + done.stderr
    )
