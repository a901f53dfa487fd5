r"""Python's regular expressions as ECMAScript's, where both certainly mean the same.

What is taken: ASCII letters, digits and punctuation, sets and ranges of them, the dot, groups, alternatives,
repetitions, ``^`` or ``\A`` at the start, ``$`` or ``\Z`` at the end. What depends on Unicode's tables, on case, or on
what has been matched before is left to the server.
"""

from __future__ import annotations

import re

_PUNCTUATION = r"""A-Za-z0-9 _@#%&,:;<>=!~'"`"""
_ITEM = rf"(?:[{_PUNCTUATION}/.*+?$(){{}}|]|\\[\\\]\[^.*+?$(){{}}|/-])"
_TOKENS = re.compile(
    rf"""(?P<literal>[{_PUNCTUATION}-]|\\[.^$*+?()\[\]{{}}|/\\])"""
    r"""|(?P<minus>\\-)|(?P<slash>/)|(?P<dot>\.)"""
    rf"""|(?P<set>\[\^?-?(?:{_ITEM}(?:-[A-Za-z0-9])?)*-?\])"""
    r"""|(?P<open>\((?:\?:|(?!\?)))|(?P<close>\))|(?P<or>\|)"""
    r"""|(?P<repeat>(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})\??)"""
)
_TRANSLATED = {"minus": "-", "slash": r"\/", "dot": r"[^\n]"}
_REPEATABLE = frozenset({"literal", "minus", "slash", "dot", "set", "close"})
_STARTS = ("^", r"\A")
_ENDS = ((r"\Z", "$"), ("$", r"\n?$"))
"""Python's ``$`` also stands before a line feed that ends the text."""


def ecmascript(pattern: re.Pattern[str]) -> str | None:
    """A pattern for the flag ``u`` that finds something exactly where *pattern* does; None if that is not certain."""
    if pattern.flags & ~(re.UNICODE | re.ASCII):
        return None
    body, start = _without_start(pattern.pattern)
    body, end = _without_end(body)
    translated = _translate(body, may_part=not (start or end))
    return None if translated is None else start + translated + end


def _without_start(text: str) -> tuple[str, str]:
    anchor = next((anchor for anchor in _STARTS if text.startswith(anchor)), "")
    return text.removeprefix(anchor), "^" if anchor else ""


def _without_end(text: str) -> tuple[str, str]:
    for anchor, own in _ENDS:
        body = text.removesuffix(anchor)
        escapes = len(body) - len(body.rstrip("\\"))
        if body != text and escapes % 2 == 0:
            return body, own
    return text, ""


def _translate(text: str, *, may_part: bool) -> str | None:
    """:param may_part: whether alternatives may stand outside of groups, where no anchor belongs to one of them."""
    parts: list[str] = []
    position = depth = 0
    before: str | None = None
    while position < len(text):
        token = _TOKENS.match(text, position)
        kind = token.lastgroup if token is not None else None
        if token is None or kind is None or (kind == "repeat" and before not in _REPEATABLE):
            return None
        depth += (kind == "open") - (kind == "close")
        if depth < 0 or (kind == "or" and depth == 0 and not may_part):
            return None
        parts.append(_set(token[0]) if kind == "set" else _TRANSLATED.get(kind, token[0]))
        position, before = token.end(), kind
    return "".join(parts) if depth == 0 else None


def _set(text: str) -> str:
    """A set whose minuses are ranges or escaped."""
    negation = "^" if text.startswith("[^") else ""
    items = text[1 + len(negation) : -1]
    if items.startswith("-"):
        items = "\\" + items
    if items.endswith("-") and not items.endswith("\\-"):
        items = items[:-1] + r"\-"
    return f"[{negation}{items}]"
