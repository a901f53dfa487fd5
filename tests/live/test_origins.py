"""Which pages may open a socket."""

from __future__ import annotations

import pytest

from mizan_core.origins import Verdict, is_pattern, judge

OWN = "https://shop.example"


@pytest.mark.parametrize(
    ("origin", "own", "verdict"),
    [
        (None, OWN, Verdict.ABSENT),
        ("https://shop.example", OWN, Verdict.OWN),
        ("https://shop.example", "https://shop.example:443", Verdict.OWN),
        ("HTTPS://Shop.Example", OWN, Verdict.OWN),
        ("http://shop.example", OWN, Verdict.FOREIGN),
        ("https://shop.example:8443", OWN, Verdict.FOREIGN),
        ("https://shop.example.evil.example", OWN, Verdict.FOREIGN),
        ("https://evil-shop.example", OWN, Verdict.FOREIGN),
        ("https://shop.example@evil.example", OWN, Verdict.FOREIGN),
        ("https://user@shop.example", OWN, Verdict.FOREIGN),
        ("https://shop.example/", OWN, Verdict.FOREIGN),
        ("https://shop.example,https://shop.example", OWN, Verdict.FOREIGN),
        ("null", OWN, Verdict.FOREIGN),
        ("", OWN, Verdict.FOREIGN),
        ("", "", Verdict.FOREIGN),
        ("https://", "https://", Verdict.FOREIGN),
        ("https://[::1]:8000", "https://[::1]:8000", Verdict.OWN),
        ("https://[::1", OWN, Verdict.FOREIGN),
        ("https://shop.example:x", OWN, Verdict.FOREIGN),
    ],
)
def test_of_the_request_itself(origin: str | None, own: str, verdict: Verdict) -> None:
    assert judge(origin, own) is verdict


@pytest.mark.parametrize(
    ("origin", "pattern", "verdict"),
    [
        ("https://www.example", "https://www.example", Verdict.OWN),
        ("https://a.www.example", "https://www.example", Verdict.FOREIGN),
        ("https://a.www.example", "https://*.www.example", Verdict.OWN),
        ("https://b.a.www.example", "https://*.www.example", Verdict.OWN),
        ("https://www.example", "https://*.www.example", Verdict.OWN),
        ("https://evilwww.example", "https://*.www.example", Verdict.FOREIGN),
        ("http://a.www.example", "https://*.www.example", Verdict.FOREIGN),
        ("https://a.www.example:8443", "https://*.www.example", Verdict.FOREIGN),
        ("https://evil.example", "*", Verdict.FOREIGN),
        ("https://evil.example", "https://*", Verdict.FOREIGN),
    ],
)
def test_of_trusted_ones(origin: str, pattern: str, verdict: Verdict) -> None:
    assert judge(origin, OWN, [pattern]) is verdict


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://a.example", True),
        ("https://*.a.example", True),
        ("http://localhost:5173", True),
        ("*", False),
        ("a.example", False),
        ("https://a.example/", False),
        (7, False),
    ],
)
def test_patterns(text: object, is_one: bool) -> None:
    assert is_pattern(text) is is_one
