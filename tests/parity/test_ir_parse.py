"""Reading interface documents back (protocol.md section 11), which the native engine alone does."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core.engine import Engine, pure
from tests.parity import documents, values
from tests.parity.differential import exact
from tests.parity.documents import Document, document, emitted, function
from tests.parity.shapes import alias, list_of, ref, struct
from tests.parity.test_ir_emit import EXAMPLE, with_default


class Native(Engine, Protocol):
    """What the native engine has beside the contract."""

    def parse_ir(self, text: Any) -> dict[str, Any]: ...


PLACE = re.compile(r"line ([1-9][0-9]*), column ([1-9][0-9]*): .+")


def assert_refused(native: Native, text: str) -> None:
    """A ``ValueError`` with the place, which is in the text."""
    with pytest.raises(ValueError, match=PLACE) as caught:
        native.parse_ir(text)
    assert type(caught.value) is ValueError
    found = PLACE.match(str(caught.value))
    assert found is not None
    lines = text.split("\n")
    line, column = int(found[1]), int(found[2])
    assert line <= len(lines)
    assert column <= len(lines[line - 1]) + 1


def assert_read_or_refused(native: Native, text: str) -> None:
    try:
        read = native.parse_ir(text)
    except ValueError:
        assert_refused(native, text)
    else:
        written = native.emit_ir(read)
        assert written == text or len(written) < len(text), "properties that are not known are not written again"
        assert native.parse_ir(written) == read


@given(source=documents.documents())
def test_what_is_written_is_read_back(native: Native, source: Document) -> None:
    text = pure.emit_ir(source)
    read = native.parse_ir(text)
    assert native.emit_ir(read) == pure.emit_ir(read) == text
    assert _sorted(read) == _sorted(emitted(source))


def test_the_example_of_the_protocol(native: Native) -> None:
    text = pure.emit_ir(EXAMPLE)
    assert _sorted(native.parse_ir(text)) == _sorted(emitted(EXAMPLE))
    assert native.parse_ir("ir version=2\n") == document(types={})


@given(value=documents.defaults())
def test_every_default(native: Native, value: Any) -> None:
    read = native.parse_ir(pure.emit_ir(with_default(value)))
    (field,) = read["types"][0]["body"]["fields"]
    assert exact(field["default"]) == exact(value)


@pytest.mark.parametrize("digits", values.DIGITS)
def test_integers_that_python_will_not_print(native: Native, digits: int) -> None:
    text = pure.emit_ir(with_default(values.long_integer(digits)))
    (field,) = native.parse_ir(text)["types"][0]["body"]["fields"]
    assert field["default"] == values.long_integer(digits)


@given(text=st.text() | st.text(st.sampled_from('{}"\\\n;= #/-*()typefunctionrequired=#true05.')))
def test_any_text(native: Native, text: str) -> None:
    assert_read_or_refused(native, text)


@given(text=values.anything().filter(lambda value: not isinstance(value, str)))
def test_what_is_no_text(native: Native, text: Any) -> None:
    with pytest.raises(TypeError):
        native.parse_ir(text)


def test_a_lone_surrogate(native: Native) -> None:
    with pytest.raises(ValueError, match=r"^text: .*surrogate"):
        native.parse_ir('type "\ud800"')


# Text that says the same, or nearly.

TEXT = pure.emit_ir(
    document(
        function("f", "T", auth="staff", affects=[{"context": "c", "function": "f"}]),
        types={
            "T": {
                "kind": "struct",
                "fields": [
                    {"name": "a", "required": True, "default": 1, "shape": list_of(ref("T"))},
                    {"name": "b", "required": False, "default": None, "shape": {"kind": "enum", "values": ["x", 2]}},
                ],
            }
        },
        contexts=[
            {
                "name": "c",
                "functions": ["f"],
                "params": [{"name": "p", "required": True, "shape": {"kind": "null"}, "shared_by": ["f"]}],
            }
        ],
    )
)

CHANGES = {
    "a v1 boolean": ("#true", "true"),
    "a v1 null": ("#null", "null"),
    "a v1 raw string": ('"http"', 'r"http"'),
    "a v1 raw string with signs": ('"http"', 'r#"http"#'),
    "a v2 raw string": ('"http"', '#"http"#'),
    "a multi-line string": ('"http"', '"""\nhttp\n"""'),
    "a bare word": ('"http"', "http"),
    "a quoted node": ("transport", '"transport"'),
    "a semicolon": ('camel "f"\n', 'camel "f";\n'),
    "two nodes in a line": ('camel "f"\n    ', 'camel "f"; '),
    "an annotated value": ('"http"', '(text)"http"'),
    "an annotated node": ("camel", "(text)camel"),
    "a line comment": ('camel "f"', 'camel "f" // the same'),
    "a block comment": ('camel "f"', 'camel /* the same */ "f"'),
    "a slashdash node": ('camel "f"', '/-camel "f"\n    camel "f"'),
    "a slashdash value": ('camel "f"', 'camel /-"g" "f"'),
    "a slashdash block": ("struct {", "struct /-{} {"),
    "a version mark": ("type", "/- kdl-version 2\ntype"),
    "a continued line": ('camel "f"', 'camel \\\n"f"'),
    "a byte order mark": ("type", "\ufefftype"),
    "carriage returns": ("\n", "\r\n"),
    "form feeds": ("\n", "\x0c"),
    "tabs": ("    ", "\t"),
    "two spaces": ("    ", "  "),
    "trailing spaces": ("{\n", "{ \n"),
    "a blank line": ("struct {", "struct {\n"),
    "a property twice": ("required=#true", "required=#true required=#true"),
    "a property twice, otherwise": ("required=#true", "required=#false required=#true"),
    "properties in another order": ("required=#true default=1", "default=1 required=#true"),
    "spaces around =": ("required=#true", "required = #true"),
    "a quoted property": ("required=", '"required"='),
    "a hexadecimal number": ("default=1", "default=0x1"),
    "an underscore in a number": ("default=1", "default=1_"),
    "a leading zero": ("default=1", "default=01"),
    "a plus sign": ("default=1", "default=+1"),
    "infinity": ("default=1", "default=#inf"),
    "not a number": ("default=1", "default=#nan"),
    "a float for an integer": ("default=1", "default=1.00"),
    "an exponent": ("default=1", "default=1e0"),
    "a large exponent": ("default=1", "default=1e400"),
    "an exponent beyond any machine": ("default=1", "default=1e99999999999999999999"),
    "an escaped letter": ('"http"', '"\\u{68}ttp"'),
    "an escaped solidus": ('"http"', '"ht\\/tp"'),
    "an escaped space": ('"http"', '"http\\s"'),
    "escaped white space": ('"http"', '"ht\\   tp"'),
    "a surrogate": ('"http"', '"\\u{d800}"'),
    "a code point too large": ('"http"', '"\\u{110000}"'),
    "a leading zero in an escape": ('"http"', '"\\u{01}"'),
    "an escape in capitals": ('"http"', '"\\u{200E}"'),
    "an unknown escape": ('"http"', '"\\q"'),
    "a raw control character": ('"http"', '"\x07"'),
    "a raw bidi character": ('"http"', '"\u202e"'),
    "an open string": ('"http"', '"http'),
    "an open block": ("struct {", "struct {{"),
    "a closed block": ("struct {", "struct {}"),
    "no name": ('type "T"', "type"),
    "two names": ('type "T"', 'type "T" "U"'),
    "a number as name": ('type "T"', "type 5"),
    "an unknown node": ('camel "f"', 'snake "f"'),
    "an unknown top node": ('context "c"', 'queue "c"'),
    "a property with a reserved name": ("nullable=#false", "nullable=#false null=#true"),
    "a missing property": (" nullable=#false", ""),
    "a text for a boolean": ("nullable=#false", 'nullable="#false"'),
    "a reference to nothing": ('ref "T"', 'ref "U"'),
    "an unknown auth word": ('auth "staff"', 'auth "me"'),
    "an unknown transport": ('"http"', '"pigeon"'),
    "an unknown function": ('function "f"\n', 'function "g"\n'),
    "a type twice": ('type "T" {', 'type "T" {\n    struct\n}\ntype "T" {'),
    "a type that nothing refers to": ('type "T" {', 'type "S" {\n    struct\n}\ntype "T" {'),
    "sections in another order": (
        TEXT,
        "ir version=2\n" + TEXT[TEXT.index("function") :] + TEXT[len("ir version=2\n") : TEXT.index("function")],
    ),
    "no version": ("ir version=2\n", ""),
    "a version without a number": ("ir version=2", "ir"),
    "a version in words": ("ir version=2", 'ir version="2"'),
    "an earlier version": ("ir version=2", "ir version=1"),
    "a later version": ("ir version=2", "ir version=3"),
    "two versions": ("ir version=2\n", "ir version=2\nir version=2\n"),
    "no newline at the end": (TEXT, TEXT[:-1]),
    "a newline more": (TEXT, TEXT + "\n"),
    "a comment behind": (TEXT, TEXT + "// the end\n"),
    "a NUL behind": (TEXT, TEXT + "\x00"),
}


@pytest.mark.parametrize(("old", "new"), CHANGES.values(), ids=CHANGES)
def test_one_spelling_only(native: Native, old: str, new: str) -> None:
    """A text is read when it is the one that would be written, and in no other spelling."""
    assert old in TEXT
    assert_refused(native, TEXT.replace(old, new, 1))
    assert_refused(native, TEXT.replace(old, new))


def test_unknown_properties_are_ignored(native: Native) -> None:
    """A later server may say more of what it says today; a reader of today has no use for it."""
    later = [
        line.removesuffix(" {") + ' later="{ \\"" than-2=1.5' + (" {" if line.endswith(" {") else "")
        for line in TEXT.splitlines()
        if line.strip() != "}"
    ]
    spoken = TEXT
    for line, said in zip((line for line in TEXT.splitlines() if line.strip() != "}"), later, strict=True):
        spoken = spoken.replace(f"{line}\n", f"{said}\n", 1)
    assert spoken != TEXT
    assert native.parse_ir(spoken) == native.parse_ir(TEXT)
    assert_refused(native, spoken.replace("later=", 'later="" "', 1))


def test_a_version_is_refused_before_what_it_may_bring(native: Native) -> None:
    with pytest.raises(ValueError, match=r"^line 1, column 4: this version of the IR is not known here, 2 is$"):
        native.parse_ir("ir version=3\nwhatever that may be\n")


def _mutations(text: str) -> Iterator[str]:
    for index, character in enumerate(text):
        yield text[:index] + text[index + 1 :]
        for other in ("", *'"\\{}=;#/-( \n\x00\u2028é0'):
            if other != character:
                yield text[:index] + other + text[index + (other != "") :]


def test_a_text_mutated_anywhere(native: Native) -> None:
    for text in _mutations(TEXT):
        assert_read_or_refused(native, text)


def test_a_text_cut_anywhere(native: Native) -> None:
    for length in range(len(TEXT)):
        assert_read_or_refused(native, TEXT[:length])
        assert_read_or_refused(native, TEXT[length:])


@given(source=documents.documents(), data=st.data())
def test_lines_in_another_order(native: Native, source: Document, data: st.DataObject) -> None:
    lines = pure.emit_ir(source).splitlines(keepends=True)
    assert_read_or_refused(native, "".join(data.draw(st.permutations(lines))))
    assert_read_or_refused(native, "".join(data.draw(st.lists(st.sampled_from(lines or [""]), max_size=12))))


LONG = (
    "a" * 100_000,
    "1" * 100_000,
    "1e" + "9" * 100_000,
    '"' + "a" * 100_000,
    'type "' + "\\u{41}" * 30_000 + '"',
    'type "' + "\\   " * 30_000 + '"',
    "type " + '"T" ' * 30_000,
    'type "T" ' + "a=1 " * 20_000,
    'type "T" ' + " " * 100_000,
    'type "T" ' + "\\ \n" * 30_000,
    'type "T";' * 20_000,
    '"""\n' * 30_000,
    '#"' * 30_000,
    "#" * 50_000 + '"',
    "(a)" * 30_000,
    "a{}" * 30_000,
    "\n" * 100_000,
    "\ufeff" * 50_000,
)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_long_text_is_refused_in_time(native: Native, text: str) -> None:
    assert_refused(native, text)


DEEP = """
import sys, mizan_native
opening, closing, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
try:
    mizan_native.parse_ir(opening * count + closing * count)
except ValueError as error:
    assert str(error).startswith("line "), error
else:
    raise SystemExit("the text was accepted")
"""


@pytest.mark.parametrize("count", [65, 1_000, 30_000])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("a{", "}"),
        ("a {\n", "}\n"),
        ("list {\n", "}\n"),
        ("/-", ""),
        ("/-{", "}"),
        ("/*", "*/"),
        ("(", ")"),
        ('"', ""),
        ("\\", ""),
    ],
)
def test_deep_text_ends_no_process(native: Native, opening: str, closing: str, count: int) -> None:
    """In a process of its own, which a stack that overflows would end."""
    command = [sys.executable, "-c", DEEP, opening, closing, str(count)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)
    assert ran.returncode == 0, ran.stderr[-2_000:]


def test_an_alias_that_leads_back_to_itself(native: Native) -> None:
    text = pure.emit_ir(document(function("f", "A"), types={"A": alias(ref("B")), "B": alias(list_of(ref("A")))}))
    assert native.emit_ir(native.parse_ir(text)) == text
    endless = text.replace('        list {\n            ref "A"\n        }\n', '        ref "A"\n')
    with pytest.raises(ValueError, match=r"^line 2, column 1: the alias leads back to itself$"):
        native.parse_ir(endless)


def test_depth_limit(native: Native) -> None:
    """What can be written can be read, at the deepest too."""
    deepest = next(levels for levels in range(64, 0, -1) if _can_be_written(levels))
    text = pure.emit_ir(_nested(deepest))
    assert native.emit_ir(native.parse_ir(text)) == text
    inner = 'primitive "integer"'
    place = next(line for line in text.splitlines() if inner in line)
    indent = place[: -len(inner)]
    assert_refused(native, text.replace(place, f"{indent}list {{\n    {indent}{inner}\n{indent}}}"))


def _nested(levels: int) -> Document:
    shape = values.nested(levels, list_of, {"kind": "primitive", "name": "integer"})
    return document(function("f", "T"), types={"T": struct(x=shape)})


def _can_be_written(levels: int) -> bool:
    try:
        pure.emit_ir(_nested(levels))
    except ValueError:
        return False
    return True


def _sorted(part: Any) -> object:
    """A form that tells types apart and leaves the order of members open."""
    if isinstance(part, dict):
        return {name: _sorted(item) for name, item in part.items()}
    if isinstance(part, list):
        return [_sorted(item) for item in part]
    return exact(part)
