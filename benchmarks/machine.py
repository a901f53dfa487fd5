"""The machine and the versions that figures were measured with."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.programs import finding

_PACKAGES = (
    "pydantic",
    "PyJWT",
    "fastapi",
    "starlette",
    "uvicorn",
    "granian",
    "Django",
    "django-ninja",
    "djangorestframework",
    "djangorestframework-simplejwt",
    "cashews",
    "channels",
    "channels-redis",
    "redis",
)


def describe() -> list[tuple[str, str]]:
    """Names and values, in the order in which they are reported."""
    return [
        ("Processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("System", f"{platform.system()} {platform.machine()}"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("Rust", _output("rustc", "--version").removeprefix("rustc ").partition(" (")[0]),
        ("mizan-native", f"{version('mizan-native')}, built with the release profile"),
        *((package, found) for package in _PACKAGES if (found := _version(package)) is not None),
        *((tool, found) for tool, found in _tools() if found),
    ]


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _tools() -> list[tuple[str, str]]:
    words = _output(finding.find("redis-server") or "redis-server", "--version").split()
    return [("Redis server", next((word.removeprefix("v=") for word in words if word.startswith("v=")), ""))]


def _output(*command: str) -> str:
    """What a program prints; nothing where there is none."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout.strip()
    except FileNotFoundError:
        return ""
