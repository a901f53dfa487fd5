"""The shop's generated client is the one that the generator writes today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.forking import client

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ("--config", "examples/shop/web/mizan.toml", "--check")


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "examples.shop.django_project.manage", "mizan_generate"),
        ("-m", "mizan_fastapi.generate", "examples.shop.fastapi_app"),
    ],
    ids=["django", "fastapi"],
)
def test_the_committed_client_is_current(command: tuple[str, ...]) -> None:
    done = client.run(ROOT, *command, *OPTIONS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), (
        "make generate writes examples/shop/web/src/mizan anew\n" + done.stdout + done.stderr
    )
