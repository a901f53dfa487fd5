"""Python's regular expressions as ECMAScript's (mizan_core.forms.patterns)."""

from __future__ import annotations

import re

import pytest

from mizan_core.forms.patterns import ecmascript


@pytest.mark.parametrize(
    ("pattern", "translated"),
    [
        (r"^[-a-zA-Z0-9_]+\Z", r"^[\-a-zA-Z0-9_]+$"),
        (r"^[a-z]{2,4}$", r"^[a-z]{2,4}\n?$"),
        (r"\A(?:ab|c)+", r"^(?:ab|c)+"),
        (r"a|b", r"a|b"),
        (r"a.b", r"a[^\n]b"),
        (r"a/b\-c", r"a\/b-c"),
        (r"[a-z-]", r"[a-z\-]"),
        (r"[^-]", r"[^\-]"),
        (r"x\$", r"x\$"),
        (r"x\\$", r"x\\" + r"\n?$"),
        (r"^\+?[0-9 ()-]{6,20}$", r"^\+?[0-9 ()\-]{6,20}\n?$"),
        (r"a+?b*?", r"a+?b*?"),
    ],
)
def test_translated(pattern: str, translated: str) -> None:
    assert ecmascript(re.compile(pattern)) == translated


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            r"^\d+$",
            r"\w",
            r"\s",
            r"\bword",
            r"é",
            r"[é]",
            r"(?=a)",
            r"(?P<a>b)",
            r"(a)\1",
            r"(?i:a)",
            r"a{,3}",
            r"{",
            r"]",
        ),
        *(r"^a|b$", r"a^b", r"a$b", r"[\d]", r"[]a]", r"\x41", r"\n", r"[\n]"),
        *([r"a++", r"(?>a)"] if hasattr(re, "NOFLAG") else []),
    ],
)
def test_left_to_the_server(pattern: str) -> None:
    assert ecmascript(re.compile(pattern)) is None


@pytest.mark.parametrize("flag", [re.IGNORECASE, re.MULTILINE, re.DOTALL, re.VERBOSE])
def test_flags_are_left_to_the_server(flag: re.RegexFlag) -> None:
    assert ecmascript(re.compile("a", flag)) is None
