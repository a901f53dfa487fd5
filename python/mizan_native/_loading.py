"""What is wrong when the extension does not load, and what mends it."""

from __future__ import annotations

import importlib.machinery
import platform
import sys
import sysconfig
from pathlib import Path

from mizan_core.errors import EngineUnavailable

_EXTENSION = "mizan_native._native"


def explain(error: ImportError) -> ImportError:
    """The exception to raise instead of *error*, or *error* itself where nothing better can be said.

    ``EngineUnavailable`` means that the installation is sound and this interpreter cannot use it. Everything else is a
    broken installation, which must not look like an absent one.
    """
    if "subinterpreter" in str(error):
        return EngineUnavailable(
            f"mizan-native cannot be used in this interpreter ({error}); run the application in the process's main "
            "interpreter (under mod_wsgi: WSGIApplicationGroup %{GLOBAL}), or set MIZAN_ENGINE=pure"
        )
    if isinstance(error, ModuleNotFoundError) and error.name == _EXTENSION:
        return _explain_missing(error)
    return error


def _explain_missing(error: ModuleNotFoundError) -> ImportError:
    found = ", ".join(_extension_files()) or "none"
    files = f"expected {_expected_files()} for {_interpreter()} on {_machine()}, found {found}"
    if not _is_default_cpython():
        return EngineUnavailable(
            f"mizan-native is not built for this interpreter: {files}; build it from source "
            "(pip install --no-binary mizan-native mizan-native), or set MIZAN_ENGINE=pure"
        )
    return ModuleNotFoundError(
        f"mizan-native is installed without its extension module: {files}; reinstall it on the machine it runs on, "
        "or uninstall it to run on the pure Python engine",
        name=error.name,
        path=error.path,
    )


def _is_default_cpython() -> bool:
    """Whether this is the interpreter that the wheels are built for: CPython with its global lock."""
    return sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")


def _extension_files() -> list[str]:
    return sorted(path.name for path in Path(__file__).parent.glob("_native.*") if path.suffix != ".pyi")


def _expected_files() -> str:
    return " or ".join(f"_native{suffix}" for suffix in importlib.machinery.EXTENSION_SUFFIXES)


def _interpreter() -> str:
    threading = "free-threaded " if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
    return f"{threading}{platform.python_implementation()} {platform.python_version()}"


def _machine() -> str:
    return f"{sys.platform} {platform.machine()}"
