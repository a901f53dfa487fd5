"""A file of any size, sent to each server: how far memory grows. ``python -m tests.conformance.large_upload``"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.conformance.target import Target, facades, running

_BOUNDARY = "a-boundary-of-the-large-file"
_PIECE = b"a" * 1_048_576
_HEADERS = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}", "X-Mizan-Call": "1"}
_START = (
    f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="data"; filename="large"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
).encode()
_END = f"\r\n--{_BOUNDARY}--\r\n".encode()
MOST = 64 * 1_048_576
"""Bytes that a server may need more than before."""


def growth(target: Target, function: str, size: int) -> int:
    """By how many bytes the server's memory was larger than before, at most, while it took a file."""
    before = _reset_peak(target)
    length = len(_START) + size + len(_END)
    response = target.http().post(
        f"/api/mizan/call/{function}/",
        content=_body(size),
        headers={**_HEADERS, "Content-Length": str(length)},
        timeout=None,
    )
    assert response.json() == {"result": size}, response.text
    return _memory(target, "VmHWM") - before


def _body(size: int) -> Iterator[bytes]:
    yield _START
    for start in range(0, size, len(_PIECE)):
        yield _PIECE[: size - start]
    yield _END


def _reset_peak(target: Target) -> int:
    Path(f"/proc/{target.process.pid}/clear_refs").write_text("5")
    return _memory(target, "VmRSS")


def _memory(target: Target, name: str) -> int:
    lines = Path(f"/proc/{target.process.pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(f"{name}:")]
    return int(line.split()[1]) * 1_024


def main() -> int:
    """Try every server; 1 when one needs too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1_024)
    size = parser.parse_args().megabytes * 1_048_576
    needed = {}
    for facade in facades(no_native=False):
        with tempfile.TemporaryDirectory() as folder, running(facade, Path(folder)) as target:
            needed[facade] = growth(target, "upload_huge", size)
        sys.stdout.write(f"{facade}: {size:,} bytes, {needed[facade]:,} more in memory\n")
    return int(any(each > MOST for each in needed.values()))


if __name__ == "__main__":
    sys.exit(main())
