"""The engine in use, picked once at import.

``MIZAN_ENGINE`` in the environment decides: ``auto`` (the default; native where it can be used, else pure), ``pure``,
or ``native`` (fails loudly when it cannot be used). The rest of the core calls ``ENGINE`` and never asks which one it
is.
"""

from __future__ import annotations

import importlib
import os
import warnings
from dataclasses import dataclass
from typing import Literal, cast

from mizan_core.engine import pure
from mizan_core.engine.contract import CONTRACT_VERSION, Engine
from mizan_core.errors import ConfigurationError, EngineUnavailable

__all__ = ("CONTRACT_VERSION", "ENGINE", "Choice", "Engine", "current")

VARIABLE = "MIZAN_ENGINE"
_NATIVE = "mizan_native"
_MODES = ("auto", "native", "pure")


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine in use and why."""

    name: Literal["native", "pure"]
    reason: str
    engine: Engine


def current() -> Choice:
    """The engine that this process uses, and why."""
    return _CHOICE


def _choose(mode: str) -> Choice:
    if mode not in _MODES:
        hint = "" if mode else ": it is set and empty, unset it or choose one"
        raise ConfigurationError(f"{VARIABLE} must be one of {', '.join(_MODES)}, not {mode!r}{hint}")
    if mode == "pure":
        return Choice("pure", f"{VARIABLE}=pure asks for it", cast(Engine, pure))
    try:
        return Choice(
            "native", "mizan-native is installed" if mode == "auto" else f"{VARIABLE}=native asks for it", _load()
        )
    except ModuleNotFoundError as error:
        if error.name != _NATIVE:
            raise
        if mode == "native":
            raise ModuleNotFoundError(
                f"{VARIABLE}=native, but there is no module {_NATIVE}: install mizan-native, or unset the variable",
                name=_NATIVE,
            ) from error
        return Choice("pure", "mizan-native is not installed", cast(Engine, pure))
    except EngineUnavailable as error:
        if mode == "native":
            raise
        warnings.warn(f"Mizan runs on its pure Python engine: {error}", RuntimeWarning, stacklevel=2)
        return Choice("pure", str(error), cast(Engine, pure))


def _load() -> Engine:
    native = importlib.import_module(_NATIVE)
    version = getattr(native, "CONTRACT_VERSION", None)
    if version != CONTRACT_VERSION:
        raise EngineUnavailable(
            f"mizan-native {getattr(native, '__version__', '(unknown version)')} speaks engine contract {version}, "
            f"mizan-core speaks {CONTRACT_VERSION}; install the versions of one release"
        )
    return cast(Engine, native)


_CHOICE = _choose(os.environ.get(VARIABLE, "auto"))
ENGINE: Engine = _CHOICE.engine
