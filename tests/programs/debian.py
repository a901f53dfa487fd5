"""Programs out of Debian's packages, downloaded and checked by apt and unpacked beside the system's own files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.programs.errors import NotFetched, run
from tests.programs.placing import place


class _Package(NamedTuple):
    """Where a program is.

    :param names: the packages that it is made of; what they depend on is taken from the system where that has it.
    :param path: the program's, in an unpacked package.
    """

    names: tuple[str, ...]
    path: str


_PACKAGES = {
    # The one has a link to what is in the other.
    "redis-server": _Package(("redis-server", "redis-tools"), "usr/bin/redis-server"),
    # Not Debian's script of that name, which looks for the program where it would have been installed.
    "valgrind": _Package(("valgrind",), "usr/bin/valgrind.bin"),
    "wrk": _Package(("wrk",), "usr/bin/wrk"),
    "chromium-headless-shell": _Package(("chromium-headless-shell",), "usr/lib/chromium/chromium-headless-shell"),
}
_OF_THE_SYSTEM = ("libc6", "libc-bin", "libc6-dbg")
"""The C library is the one that runs: another one beside it starts nothing."""

# Lists of one's own, which need no root, and none of the system's hooks after an update.
_SETTINGS = """
Dir::State::lists "{folder}/lists";
Dir::Cache "{folder}/cache";
APT::Sandbox::User "";
Acquire::Retries "3";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


def fetch(program: str, folder: Path) -> None:
    """Put *program* into *folder*, with the libraries that the system lacks.

    :raises NotFetched: where there is no apt, or it cannot be reached, or has no such package.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise NotFetched("apt-get or dpkg-deb is missing: only systems like Debian have them")
    unpacked = folder.parent / "debian" / program
    wanted = _PACKAGES[program]
    with tempfile.TemporaryDirectory() as downloads:
        _download(wanted.names, Path(downloads))
        shutil.rmtree(unpacked, ignore_errors=True)
        unpacked.mkdir(parents=True)
        for package in sorted(Path(downloads).glob("*.deb")):
            run(["dpkg-deb", "--extract", str(package), str(unpacked)])
    place(unpacked / wanted.path, folder / program, _variables(unpacked))


def _download(names: tuple[str, ...], folder: Path) -> None:
    """The packages and what the system lacks of their needs, by the system's lists, else by lists of today."""
    try:
        _download_with(["apt-get"], names, folder)
    except NotFetched:
        _with_own_lists(lambda apt: _download_with(apt, names, folder))


def _with_own_lists(work: Callable[[list[str]], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for part in ("lists/partial", "cache/archives/partial"):
            Path(folder, part).mkdir(parents=True)
        settings = Path(folder, "apt.conf")
        settings.write_text(_SETTINGS.format(folder=folder), "utf-8")
        apt = ["apt-get", "--config-file", str(settings)]
        run([*apt, "update", "--quiet"])
        work(apt)


def _download_with(apt: list[str], names: tuple[str, ...], folder: Path) -> None:
    plan = run([*apt, "install", "--simulate", "--reinstall", "--no-install-recommends", *names])
    run([*apt, "download", "--quiet", *packages(plan)], folder)


def packages(plan: str) -> list[str]:
    """What ``apt-get install --simulate`` would install, without what belongs to the system."""
    lines = (line.split() for line in plan.splitlines())
    names = (words[1] for words in lines if words[:1] == ["Inst"])
    return [name for name in names if name.partition(":")[0] not in _OF_THE_SYSTEM]


def _variables(unpacked: Path) -> dict[str, str]:
    """What leads a program to what was unpacked with it."""
    libraries = sorted({str(library.parent) for library in unpacked.glob("**/lib/**/lib*.so*")})
    tools = [str(folder.parent) for folder in unpacked.glob("usr/lib*/**/valgrind/default.supp")]
    return {
        **({"LD_LIBRARY_PATH": ":".join(libraries)} if libraries else {}),
        **({"VALGRIND_LIB": tools[0]} if tools else {}),
    }
