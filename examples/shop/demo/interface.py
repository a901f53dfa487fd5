"""The interface document: two frameworks print it, and it is the same to the byte."""

from __future__ import annotations

from examples.shop.demo.display import Display
from examples.shop.demo.expectations import expect
from examples.shop.demo.processes import run
from examples.shop.demo.servers import environment, interface_commands

_SECONDS = 60
_SHOWN = ('type "OrderLine"', 'function "place_order"', 'context "user"')
_PRIVATE = "take_from_stock"


def walk_through_interface(display: Display) -> None:
    """:raises Unexpected: when the documents differ, or lack what the shop declares."""
    documents = {}
    for framework, command in interface_commands().items():
        display.line(f"     {framework}: python {' '.join(command[1:])}")
        documents[framework] = run(f"{framework}'s interface document", command, environment(), _SECONDS)
    document = documents["FastAPI"].decode("utf-8")
    for name in _SHOWN:
        node = _node(document, name)
        expect(f"the interface document's {name}", bool(node), True)
        display.excerpt(node)
    display.line(f"       … {document.count(chr(10))} lines in all")
    expect("Django's interface document", documents["Django"].decode("utf-8"), document)
    display.agreed("both print the same bytes")
    expect(f"the interface document names {_PRIVATE}, which is private", _PRIVATE in document, False)
    display.agreed("what is private is not in it")


def _node(document: str, name: str) -> list[str]:
    """The lines of a top-level node; none when it is not there."""
    lines = document.splitlines()
    begin = next((number for number, line in enumerate(lines) if line.startswith(f"{name} ")), None)
    return [] if begin is None else lines[begin : lines.index("}", begin) + 1]
