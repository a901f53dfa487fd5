"""A call as a client sends it: the body of ``POST call/`` (protocol.md section 9)."""

from __future__ import annotations

from mizan_core.engine.pure.checks import bytes_argument, optional_text_argument
from mizan_core.errors import BadRequest
from mizan_core.nesting import MAX_DEPTH, is_deeper

_MEMBERS = {"fn", "args", "shown"}
_LONG = 64
"""A text of so many bytes counts as one more value."""
_INFINITE = b"Infinity"
"""What a float beyond all floats, as 1e999 is read, is written as."""
_HUGE = b"0" * 309
"""So many digits may be an integer that no float can be."""
_ZEROS = bytes(ord("0") if chr(byte).isdecimal() else 0 for byte in range(256))
"""Makes one digit of all."""


def begin_call(body: bytes, named: str | None = None) -> tuple[str, bytes, bool, int, bytes | None]:
    """What a client asks for. Of members that come twice the last one counts.

    :param named: the function that the URL names; the body may then leave it out.
    :return: the function; the JSON text of the arguments, an object; whether it is plain: each name comes once, and no
        number may be beyond all floats; how many values there are inside the body, at most, where a long one counts as
        several; the JSON text of what the client shows, None where it does not say.
    :raises BadRequest: saying what is wrong, without repeating the body.
    """
    # What pydantic validates is read with pydantic's reader. It is absent where the engine may be loaded all the same:
    # in a subinterpreter.
    from pydantic_core import from_json, to_json

    data, name = bytes_argument(body, "body"), optional_text_argument(named, "named")
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError:
        raise BadRequest("The body is not valid JSON.") from None
    containers = data.count(b"[") + data.count(b"{")
    if containers > MAX_DEPTH and is_deeper(value, MAX_DEPTH):
        raise BadRequest(f"The body is nested deeper than {MAX_DEPTH} levels.")
    if type(value) is not dict:
        raise BadRequest('The body must be a JSON object: {"fn": name, "args": {...}}.')
    if not value.keys() <= _MEMBERS:
        raise BadRequest('The body has an unknown member; "fn", "args" and "shown" are known.')
    function, arguments = value.get("fn", name), value.get("args", {})
    if type(function) is not str:
        raise BadRequest('"fn" must be there and name a function.')
    if name is not None and function != name:
        raise BadRequest('"fn" is another function than the one that the URL names.')
    if type(arguments) is not dict:
        raise BadRequest('"args" must be an object.')
    text = to_json(arguments)
    shown = to_json(value["shown"]) if "shown" in value else None
    values = containers + data.count(b",") + len(data) // _LONG
    return function, text, not _may_be_infinite(text), values, shown


def _may_be_infinite(text: bytes) -> bool:
    return _INFINITE in text or (len(text) >= len(_HUGE) and _HUGE in text.translate(_ZEROS))
