"""Pictures of products: files in a folder, each by its product."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import UUID

from examples.shop.ports import shop
from mizan_core.errors import Invalid, NotFound

MOST = 2_000_000
"""Bytes of one picture."""
_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
"""By what a file begins with: what a client says of it is not to be believed."""
_LONGEST = max(map(len, _TYPES))
_PART = 65_536


class Readable(Protocol):
    """A file that somebody has sent, whatever framework has taken it."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, place: int, /) -> object: ...


class Picture(NamedTuple):
    media_type: str
    version: str
    """Another one for every other content."""


def put_up(folder: Path, product: UUID, picture: Readable) -> str:
    """Make it a product's picture, and give its type.

    :raises Invalid: for what is no picture.
    :raises NotFound: for a product that the shop does not have.
    """
    found = _look_at(picture)
    with shop.store.atomic():
        if shop.store.show_picture(product, found.version) is None:
            raise NotFound("There is no such product.")
        _save(folder, product, picture)
    return found.media_type


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


def _look_at(picture: Readable) -> Picture:
    media_type = _type_of(picture.read(_LONGEST))
    if media_type is None:
        raise Invalid(details={"image": ["A PNG, JPEG or GIF picture is needed."]})
    digest = blake2b(digest_size=8)
    for part in _parts(picture):
        digest.update(part)
    return Picture(media_type, digest.hexdigest())


def _save(folder: Path, product: UUID, picture: Readable) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{product}.new"
    with unfinished.open("wb") as file:
        file.writelines(_parts(picture))
    unfinished.replace(folder / str(product))


def _parts(picture: Readable) -> Iterator[bytes]:
    picture.seek(0)
    return iter(lambda: picture.read(_PART), b"")


def _type_of(beginning: bytes) -> str | None:
    return next((name for magic, name in _TYPES.items() if beginning.startswith(magic)), None)
