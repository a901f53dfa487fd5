"""Reading a multipart body as it comes in, within limits that hold while it is being read (protocol.md section 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from mizan_core.errors import BadRequest, PayloadTooLarge, ValidationFailed
from mizan_core.interface.uploads import TWICE, UNEXPECTED, FilePlace, UploadPlaces

MULTIPART = "multipart/form-data"
ARGUMENTS = "args"
MAX_FIELDS = 1_000
MAX_HEADER = 4_096
"""Bytes of the header lines of one part."""
_MAX_BOUNDARY = 256
_BETWEEN = 65_536
"""Bytes that may stand between the parts, and around them."""


class Sink(Protocol):
    """Where a file is written to as it comes in: on disk when it is large. It is deleted when it is closed."""

    def write(self, data: bytes) -> None:
        """Add *data*."""

    def file(self) -> Any:
        """The framework's file, at its beginning. What has been written is in it."""

    def close(self) -> None:
        """Delete it. Closing it again does nothing."""


class FileHead(NamedTuple):
    """What a client says of a file. None of it is to be believed."""

    path: str
    filename: str
    content_type: str


OpenSink = Callable[[FileHead], Sink]


class MultipartReader:
    """Takes a body in pieces. Whatever ends its use, ``close`` has to follow.

    :param places: where files may stand; None for a request that takes none.
    :param max_bytes: of everything that is no file: arguments, fields, the parts' headers.
    :param open_sink: makes what a file is written to.
    :param is_form: whether it is a form, whose fields are texts, and which names all files of a list by the list; not a
        call, whose first part are the arguments.
    :raises BadRequest: for a content type without a boundary.
    """

    def __init__(
        self, content_type: str, places: UploadPlaces | None, max_bytes: int, open_sink: OpenSink, *, is_form: bool
    ) -> None:
        self.arguments: bytes | None = None
        """The part ``args``."""
        self.texts: dict[str, list[str]] = {}
        """The fields of a form."""
        self._places = places
        self._left = max_bytes
        self._most = longest(max_bytes, places)
        self._received = 0
        self._open_sink = open_sink
        self._is_form = is_form
        self._sinks: dict[str, Sink] = {}
        self._counts: dict[tuple[str, ...], int] = {}
        self._part: _Part | None = None
        self._header = b""
        self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._parser = MultipartParser(_boundary(content_type), _callbacks(self))
        self._has_ended = False

    @property
    def limit(self) -> int:
        """The longest body that may be right."""
        return self._most

    def feed(self, data: bytes) -> None:
        """Take a piece.

        :raises PayloadTooLarge: as soon as something is longer than it may be.
        :raises ValidationFailed: for a part that is not expected, or comes twice.
        :raises BadRequest: for what is no multipart body.
        """
        self._received += len(data)
        if self._received > self._most:
            raise PayloadTooLarge
        try:
            self._parser.write(data)
        except FormParserError:
            raise BadRequest("The body is not multipart/form-data.") from None

    def end(self) -> None:
        """The body is over.

        :raises BadRequest: when it is not whole.
        """
        if not self._has_ended:
            raise BadRequest("The body was cut off.")

    def files(self) -> dict[str, Any]:
        """The framework's files, by their paths."""
        return {path: sink.file() for path, sink in self._sinks.items()}

    def close(self) -> None:
        """Delete the files."""
        for sink in self._sinks.values():
            sink.close()
        # What refers back to this would leave a whole request to the garbage collector.
        self._parser.callbacks = {}
        self._part = None

    # The parser's events.

    def on_part_begin(self) -> None:
        self._headers = {}

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self._take_header(end - start)

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._take_header(end - start)

    def on_header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def on_headers_finished(self) -> None:
        kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise BadRequest("A part has no name.")
        name = _text(options[b"name"])
        if b"filename" not in options:
            self._part = self._field(name)
        else:
            filename, content_type = _text(options[b"filename"]), self._headers.get(b"content-type", b"")
            self._part = self._file(name, filename, content_type.decode("latin-1"))

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        assert self._part is not None  # noqa: S101 - headers come first
        self._part.take(data[start:end])

    def on_part_end(self) -> None:
        assert self._part is not None  # noqa: S101 - headers come first
        self._part.finish()
        self._part = None

    def on_end(self) -> None:
        self._has_ended = True

    # Parts.

    def take(self, number: int) -> None:
        """Count bytes that are no file's."""
        self._left -= number
        if self._left < 0:
            raise PayloadTooLarge

    def keep_arguments(self, data: bytes) -> None:
        self.arguments = data

    def keep_text(self, name: str, data: bytes) -> None:
        try:
            self.texts.setdefault(name, []).append(data.decode("utf-8"))
        except UnicodeDecodeError:
            raise BadRequest("A form is UTF-8.") from None
        if sum(map(len, self.texts.values())) > MAX_FIELDS:
            raise BadRequest(f"A form has {MAX_FIELDS} fields at most.")

    def _take_header(self, number: int) -> None:
        self.take(number)
        if len(self._header) + len(self._value) > MAX_HEADER:
            raise BadRequest("The header of a part is too long.")

    def _field(self, name: str) -> _Part:
        if self._is_form:
            return _Text(self, lambda data: self.keep_text(name, data))
        if name != ARGUMENTS or self.arguments is not None or self._sinks:
            problem = "It stands before all files, once" if name == ARGUMENTS else UNEXPECTED
            raise ValidationFailed(details={name: [problem]})
        return _Text(self, self.keep_arguments)

    def _file(self, name: str, filename: str, content_type: str) -> _Part:
        if self._is_form and not filename:
            return _Empty()  # so browsers send a field in which nobody has chosen a file
        path = self._path(name)
        place = None if self._places is None else self._places.find(path)
        if place is None:
            raise ValidationFailed(details={name: [UNEXPECTED]})
        if path in self._sinks:
            raise ValidationFailed(details={name: [TWICE]})
        self._count(place, name)
        self._sinks[path] = sink = self._open_sink(FileHead(path, filename, content_type))
        return _File(sink, path, place.limits.max_bytes)

    def _path(self, name: str) -> str:
        """Where the file stands; the next place in a list whose files all have its name."""
        if not self._is_form or self._places is None or self._places.place_of_list(name) is None:
            return name
        return f"{name}.{sum(path.startswith(f'{name}.') for path in self._sinks)}"

    def _count(self, place: FilePlace, name: str) -> None:
        self._counts[place.pattern] = number = self._counts.get(place.pattern, 0) + 1
        if number > place.limits.max_files:
            raise ValidationFailed(details={name: [f"At most {place.limits.max_files:,} files are taken here"]})


class _Part(Protocol):
    def take(self, data: bytes) -> None: ...

    def finish(self) -> None: ...


class _Empty:
    """A part that nobody wants."""

    def take(self, data: bytes) -> None:
        if data:
            raise BadRequest("A file has no name.")

    def finish(self) -> None:
        pass


class _Text:
    """A part that is kept in memory."""

    def __init__(self, reader: MultipartReader, keep: Callable[[bytes], None]) -> None:
        self._reader = reader
        self._keep = keep
        self._pieces: list[bytes] = []

    def take(self, data: bytes) -> None:
        self._reader.take(len(data))
        self._pieces.append(data)

    def finish(self) -> None:
        self._keep(b"".join(self._pieces))


class _File:
    """A part that is written away."""

    def __init__(self, sink: Sink, path: str, limit: int) -> None:
        self._sink = sink
        self._path = path
        self._limit = limit
        self._left = limit

    def take(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise PayloadTooLarge(f"The file {self._path} is larger than {self._limit:,} bytes.")
        self._sink.write(data)

    def finish(self) -> None:
        pass


def longest(max_bytes: int, places: UploadPlaces | None) -> int:
    """The longest body that may be right.

    :param max_bytes: of everything that is no file.
    """
    return max_bytes + _BETWEEN + (0 if places is None else places.max_bytes)


def _boundary(content_type: str) -> bytes:
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= _MAX_BOUNDARY:
        raise BadRequest("The Content-Type of a multipart body names its boundary.")
    return boundary


def _callbacks(reader: MultipartReader) -> Any:
    return {name: getattr(reader, name) for name in dir(reader) if name.startswith("on_")}


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The name of a part is UTF-8.") from None
