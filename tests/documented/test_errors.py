"""docs/errors.md: the declared error, as printed."""

from __future__ import annotations

from pathlib import Path

from tests.documented.applications import in_django, in_fastapi
from tests.documented.pages import answer, block

EXAMPLE = block("errors", "python", "register(buy)")
IN_DJANGO = EXAMPLE.replace(
    "from mizan_fastapi import ErrorCase, client, register",
    "from mizan.client import client\nfrom mizan.errors import ErrorCase\nfrom mizan.setup import register",
)
READ = """
@client(context="shop")
def shop(request) -> int:
    return 1
"""
PROGRAM = 'print(json.dumps([call("buy", sku="a", count=3), call("buy", sku="a", count=1)]))'


def test_the_declared_error(tmp_path: Path) -> None:
    refused, sold = in_fastapi(tmp_path, f"{EXAMPLE}{READ}register(shop)\n", PROGRAM)
    assert refused == [409, answer("errors", "OUT_OF_STOCK")]
    assert sold == [200, {"result": 1, "invalidate": ["shop"]}]


def test_the_declared_error_in_django(tmp_path: Path) -> None:
    refused, sold = in_django(tmp_path, f"{IN_DJANGO}{READ}", PROGRAM)
    assert refused == [409, answer("errors", "OUT_OF_STOCK")]
    assert sold == [200, {"result": 1, "invalidate": ["shop"]}]
