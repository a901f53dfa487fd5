"""The files that a function takes: where they may stand, and putting them there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mizan_core.client.signature import Parameter
from mizan_core.client.uploads import ANY_ITEM, Upload, UploadLimits
from mizan_core.errors import ValidationFailed

REQUIRED = "Field required: send it as a file, in multipart/form-data"
UNEXPECTED = "No file is expected here"
TWICE = "Given more than once"
_GAP = "Files are numbered from 0, without gaps"


class FilePlace(NamedTuple):
    """Where a file may stand; *pattern* has ``ANY_ITEM`` for the items of a list."""

    pattern: tuple[str, ...]
    limits: UploadLimits


class UploadPlaces:
    """Those of one function.

    :param nested: by parameter, the paths inside parameters that are no files themselves.
    """

    def __init__(
        self,
        uploads: Mapping[str, Upload],
        required: frozenset[str],
        nested: Mapping[str, Mapping[tuple[str, ...], UploadLimits]],
    ) -> None:
        self._uploads = uploads
        self._required = required
        direct = {((name, ANY_ITEM) if upload.is_list else (name,)): upload.limits for name, upload in uploads.items()}
        inside = {(name, *path): limits for name, paths in nested.items() for path, limits in paths.items()}
        self._places = [FilePlace(pattern, limits) for pattern, limits in (direct | inside).items()]
        self.parameters = frozenset(uploads)
        """The parameters that are files."""
        self.roots = frozenset(place.pattern[0] for place in self._places)
        """Those that files may stand in."""
        self.max_bytes = sum(place.limits.max_bytes * place.limits.max_files for place in self._places)
        """Of all the files of a call."""

    def find(self, path: str) -> FilePlace | None:
        """The place of a part named *path*: ``image``, ``docs.0``; None where no file is expected."""
        steps = tuple(path.split("."))
        return next((place for place in self._places if _fits(steps, place.pattern)), None)

    def place_of_list(self, name: str) -> str | None:
        """The path of *name*'s first file, where it is a list: a form names all of them by it."""
        upload = self._uploads.get(name)
        return f"{name}.0" if upload is not None and upload.is_list else None

    def check_without(self) -> None:
        """:raises ValidationFailed: for a call that brings no files at all and has to."""
        self._check_required({})

    def complete(self, validated: dict[str, Any], files: Mapping[str, Any]) -> dict[str, Any]:
        """*validated* with *files*, by path, in their places.

        :raises ValidationFailed: when one is missing, or stands where there is no place.
        """
        direct: dict[str, Any] = {}
        for path in sorted(files, key=_order):
            name, *steps = path.split(".")
            if name not in self._uploads:
                _insert(validated, path, files[path])
            elif steps:
                _append(direct.setdefault(name, []), path, int(steps[0]), files[path])
            else:
                direct[name] = files[path]
        self._check_required(direct)
        return validated | direct

    def _check_required(self, given: Mapping[str, Any]) -> None:
        missing = sorted(self._required - given.keys())
        if missing:
            raise ValidationFailed(details={name: [REQUIRED] for name in missing})


def upload_places(parameters: Iterable[Parameter]) -> UploadPlaces | None:
    """Those of a function; None where it takes no files.

    The class of a parameter may say itself that files stand in it: ``__mizan_uploads__`` gives their paths, by which
    they are put into the dicts and lists that the class validates to.
    """
    parameters = tuple(parameters)
    uploads = {each.name: each.upload for each in parameters if each.upload is not None}
    nested = {
        each.name: each.annotation.__mizan_uploads__()
        for each in parameters
        if hasattr(each.annotation, "__mizan_uploads__")
    }
    if not uploads and not any(nested.values()):
        return None
    required = frozenset(each.name for each in parameters if each.required and each.name in uploads)
    return UploadPlaces(uploads, required, nested)


def _fits(steps: Sequence[str], pattern: Sequence[str]) -> bool:
    return len(steps) == len(pattern) and all(
        _is_index(step) if wanted == ANY_ITEM else step == wanted for step, wanted in zip(steps, pattern, strict=True)
    )


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdecimal() and len(step) <= 4 and str(int(step)) == step


def _order(path: str) -> list[tuple[int, str]]:
    return [(int(step), "") if _is_index(step) else (0, step) for step in path.split(".")]


def _append(items: list[Any], path: str, index: int, file: Any) -> None:
    if index != len(items):
        raise ValidationFailed(details={path: [_GAP]})
    items.append(file)


def _insert(validated: dict[str, Any], path: str, file: Any) -> None:
    """Put *file* where a dict has nothing, or None, under the last step of *path*."""
    *steps, last = path.split(".")
    holder: Any = validated
    for step in steps:
        holder = _inside(holder, step)
    if not isinstance(holder, dict):
        raise ValidationFailed(details={path: [UNEXPECTED]})
    if holder.get(last) is not None:
        raise ValidationFailed(details={path: [TWICE]})
    holder[last] = file


def _inside(holder: Any, step: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(step)
    if isinstance(holder, list) and _is_index(step) and int(step) < len(holder):
        return holder[int(step)]
    return None
