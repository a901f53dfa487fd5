"""A PostgreSQL server of the soak's own, behind a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

_PATIENCE = 60.0
"""Seconds that a start or an end may take."""
_OPTIONS = ("fsync=off", "max_connections=300", "listen_addresses=", "jit=off")


def programs() -> Path | None:
    """The folder of the newest server that is installed, on PATH or where Debian puts it; None where there is none."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name), reverse=True)
    return next((place for place in [*places, *debian] if (place / "initdb").exists() and _has_server(place)), None)


@contextmanager
def running(place: Path) -> Iterator[str]:
    """The URL of a new and empty server, for as long as it runs.

    :param place: what ``programs`` has found.
    """
    # Not below a folder of ours: root's server belongs to another user. And a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="mizan-pg-"))
    try:
        owner = _owner(folder)
        data, log = folder / "data", folder / "log"
        initdb: list[str | Path] = [
            place / "initdb",
            "-D",
            data,
            "-U",
            "soak",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder, timeout=_PATIENCE, **owner)
        options = [word for option in _OPTIONS for word in ("-c", option)]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [place / "postgres", "-D", data, "-k", folder, *options],
                cwd=folder,
                stdout=output,
                stderr=output,
                **owner,
            )
        url = f"postgresql://soak@/postgres?host={folder}"
        try:
            _wait(url, server, log)
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(_PATIENCE)
    finally:
        shutil.rmtree(folder)


def _has_server(place: Path) -> bool:
    return (place / "postgres").exists()


def _owner(folder: Path) -> dict[str, Any]:
    """As whom the server runs, as arguments of ``Popen``: it refuses to be root."""
    if os.geteuid():
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL does not start:\n{log.read_text()}") from None
            time.sleep(0.05)
        else:
            return
