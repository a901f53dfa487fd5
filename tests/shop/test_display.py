"""What the demo shows can be shown: secrets are cut short, and only a terminal gets colours."""

from __future__ import annotations

import io
import re

import pytest

from examples.shop.demo.browser import Exchange
from examples.shop.demo.display import Display
from examples.shop.demo.pretty import pretty_json, shown_header

SECRET = "s3cr3t-" + 40 * "x"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("member", ["token", "csrfToken", "password"])
def test_secrets_are_cut_short(member: str) -> None:
    shown = show(io.StringIO(), {"result": [{member: SECRET}]})
    assert SECRET not in shown
    assert "s3cr3t… (47 characters)" in shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("X-Mizan-Token", SECRET, "s3cr3t… (47 characters)"),
        ("X-CSRFToken", "short", "…"),
        ("Cookie", f"csrftoken={SECRET}; theme=dark", "csrftoken=s3cr3t… (47 characters); theme=dark"),
        ("Cookie", f"a=b; sessionid={SECRET}", "a=b; sessionid=s3cr3t… (47 characters)"),
        ("Set-Cookie", f"shop_session={SECRET}; HttpOnly", "shop_session=s3cr3t… (47 characters); HttpOnly"),
        ("X-Mizan-Invalidate", "user;user_id=5", "user;user_id=5"),
    ],
)
def test_headers_are_shown_without_secrets(name: str, value: str, shown: str) -> None:
    assert shown_header(name, value) == shown


def test_only_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" in show(Terminal(), {})
    assert "\x1b" not in show(io.StringIO(), {})
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in show(Terminal(), {})


def test_a_summary_is_a_line_that_says_what_was_asked_and_what_is_stale() -> None:
    shown = show(io.StringIO(), {"fn": "rename", "args": {"token": SECRET}}, verbose=False)
    assert shown.count("\n") == 1
    assert re.search(r"^  1  A title +POST rename +200  MISS, stale: user;user_id=a6ac…$", shown)


def test_a_summary_names_the_error() -> None:
    assert "NOT_FOUND" in show(io.StringIO(), {"error": {"code": "NOT_FOUND"}}, verbose=False)


def test_long_json_is_broken_into_lines() -> None:
    value = {"short": [1, 2], "long": [{"name": "n" * 60}, {"name": "m" * 60}], "empty": {}}
    assert pretty_json(value) == "\n".join(
        [
            "{",
            '  "short": [1, 2],',
            '  "long": [',
            f'    {{"name": "{"n" * 60}"}},',
            f'    {{"name": "{"m" * 60}"}}',
            "  ],",
            '  "empty": {}',
            "}",
        ]
    )


def show(stream: io.StringIO, body: object, *, verbose: bool = True) -> str:
    exchange = Exchange(
        method="POST",
        target="/api/mizan/call/",
        request_headers={"X-Mizan-Token": SECRET},
        request_body=body,
        status=200,
        headers={"X-Mizan-Cache": "MISS", "X-Mizan-Invalidate": "user;user_id=a6ac9760-01d7-56c6-8270-fb845bb82777"},
        body=body,
    )
    Display(stream, verbose=verbose, echo_servers=False).exchange("A title", "FastAPI · native", exchange)
    assert SECRET not in stream.getvalue()
    return stream.getvalue()
