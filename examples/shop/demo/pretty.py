"""Exchanges, JSON and headers as people read them, with secrets cut short."""

from __future__ import annotations

import json
import re

from examples.shop.demo.browser import Exchange
from examples.shop.demo.expectations import ABSENT

_WIDTH = 100
_INDENT = "  "
_SECRET_MEMBERS = frozenset({"password", "token", "csrfToken"})
_SECRET_HEADERS = frozenset({"X-Mizan-Token", "X-CSRFToken"})
_COOKIE_HEADERS = frozenset({"Cookie", "Set-Cookie"})
_IDENTIFIER = re.compile(r"([0-9a-f]{4})[0-9a-f]{4}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COOKIE_VALUE = re.compile(r"((?:csrftoken|session\w*|\w+_session)=)([^;,]+)")


def pretty_json(value: object, indent: str = "") -> str:
    """Objects and lists on one line where they fit, else one line a member."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= _WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    deeper = indent + _INDENT
    if isinstance(value, dict):
        members = [f"{json.dumps(key)}: {pretty_json(member, deeper)}" for key, member in value.items()]
        opening, closing = "{}"
    else:
        members = [pretty_json(item, deeper) for item in value]
        opening, closing = "[]"
    inner = ",\n".join(deeper + member for member in members)
    return f"{opening}\n{inner}\n{indent}{closing}"


def request_of(exchange: Exchange) -> str:
    """What was asked for, in a word: a function's name, or a path below Mizan's."""
    body = exchange.request_body
    function = body.get("fn") if isinstance(body, dict) else None
    path = exchange.target.partition("?")[0].removeprefix("/api/mizan")
    return f"{exchange.method} {_shortened(path) if function is None else function}"


def news_of(exchange: Exchange) -> str:
    """What the answer says beside its body: where it comes from, what is wrong, what is stale."""
    code = exchange.at("error", "code")
    stale = _shortened(exchange.headers.get("X-Mizan-Invalidate", ""))
    parts = [
        exchange.headers.get("X-Mizan-Cache", ""),
        "" if code is ABSENT else str(code),
        stale and f"stale: {stale}",
    ]
    return ", ".join(filter(None, parts))


def _shortened(text: str) -> str:
    """With identifiers cut short."""
    return _IDENTIFIER.sub(r"\1…", text)


def without_secrets(value: object) -> object:
    """*value* with passwords and tokens cut short."""
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    if isinstance(value, dict):
        return {
            key: cut_short(member) if key in _SECRET_MEMBERS and isinstance(member, str) else without_secrets(member)
            for key, member in value.items()
        }
    return value


def shown_header(name: str, value: str) -> str:
    """A header's value, safe to show."""
    if name in _SECRET_HEADERS:
        return cut_short(value)
    if name in _COOKIE_HEADERS:
        return _COOKIE_VALUE.sub(lambda match: match[1] + cut_short(match[2]), value)
    return value


def cut_short(secret: str) -> str:
    """Enough to tell two apart where they are long, nothing of a short one."""
    return f"{secret[:6]}… ({len(secret)} characters)" if len(secret) >= 32 else "…"
