"""Pictures of products: files in a folder, each by its product."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfileobj
from typing import Protocol
from uuid import UUID

from mizan_core.errors import NotFound, ValidationFailed

MOST = 2_000_000
"""Bytes of one picture."""
_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
"""By what a file begins with: what a client says of it is not to be believed."""
_LONGEST = max(map(len, _TYPES))


class Readable(Protocol):
    """A file that somebody has sent, whatever framework has taken it."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, place: int, /) -> object: ...


def keep(folder: Path, product: UUID, picture: Readable) -> str:
    """Save a product's picture, and give its type.

    :raises ValidationFailed: for what is no picture.
    """
    found = _type_of(picture.read(_LONGEST))
    if found is None:
        raise ValidationFailed(details={"image": ["A PNG, JPEG or GIF picture is needed."]})
    picture.seek(0)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{product}.new"
    with unfinished.open("wb") as file:
        copyfileobj(picture, file)
    unfinished.replace(folder / str(product))
    return found


def find(folder: Path, product: UUID) -> tuple[Path, str]:
    """The file of a product's picture, and its type.

    :raises NotFound: where there is none.
    """
    path = folder / str(product)
    try:
        with path.open("rb") as file:
            found = _type_of(file.read(_LONGEST))
    except OSError:
        found = None
    if found is None:
        raise NotFound("There is no picture of it.")
    return path, found


def _type_of(beginning: bytes) -> str | None:
    return next((name for magic, name in _TYPES.items() if beginning.startswith(magic)), None)
