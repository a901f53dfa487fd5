"""The same page with each typed client, as a project of its own that TypeScript checks and esbuild bundles.

What is written by hand stands in ``benchmarks/web/peers``: ``page.tsx`` is written for many groups of functions, and so
is ``group.ts``, the server that tRPC and oRPC infer their types from; ``$N`` is the number.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.services.typed_interface import GROUP, interface_document, openapi_document

WEB = Path(__file__).parents[1] / "web"
_PROGRAMS = WEB / "node_modules" / ".bin"
TSC = os.fspath(WEB / "node_modules" / "typescript-7" / "bin" / "tsc")
FUNCTIONS = 1_000
COMPONENTS = 100
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Peer:
    """A typed client."""

    name: str
    label: str
    """What it is used with."""
    folder: str
    reads: str | None = None
    """What it generates code from: the file, given beside the configuration."""
    generate: tuple[str, ...] = ()
    """The program that generates, and its arguments."""
    infers: bool = False
    """Its types are inferred from the server's source."""


MIZAN = Peer(
    "Mizan",
    "mizan-react",
    "mizan",
    "interface.kdl",
    ("mizan-generate", "interface.kdl", "--target", "react", "--output", "client"),
)
PEERS = (
    Peer("tRPC", "tRPC with zod and TanStack Query", "trpc", infers=True),
    Peer("oRPC", "oRPC with zod and TanStack Query", "orpc", infers=True),
    Peer("hey-api", "hey-api with TanStack Query", "hey-api", "openapi.json", ("openapi-ts", "--silent")),
    Peer("orval", "orval with TanStack Query", "orval", "openapi.json", ("orval",)),
    Peer(
        "openapi-fetch",
        "openapi-fetch with React Query",
        "openapi-fetch",
        "openapi.json",
        ("openapi-typescript", "openapi.json", "--output", "client/schema.d.ts"),
    ),
)


def missing() -> str | None:
    """What this machine lacks, or None."""
    if shutil.which("node") is None:
        return "there is no node"
    if not (WEB / "node_modules").exists():
        return "the peers are not installed: make bench does so"
    return None


@cache
def project(peer: Peer) -> Path:
    """The folder of its project, written and generated."""
    folder = _folder(peer)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sources = WEB / "peers"
    for source in (*sources.glob("*.*"), *(sources / peer.folder).iterdir()):
        _write(source, folder)
    if peer.infers:
        _write_router(peer, folder)
    if peer.reads is not None:
        (folder / peer.reads).write_text(_document(peer.reads))
        generate(peer)
    return folder


def generate(peer: Peer) -> float:
    """Have its client generated anew; the seconds of processor time that took."""
    folder = _folder(peer)
    shutil.rmtree(folder / "client", ignore_errors=True)
    return cpu_seconds([*_program(peer.generate[0]), *peer.generate[1:]], folder)


def cpu_seconds(command: list[str], folder: Path) -> float:
    """Run a command; the processor time that it has taken, in all of its threads and processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command, folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(command: list[str], folder: Path) -> str:
    """What a command prints. A failure is told with what it said."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} in {folder} failed:\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return done.stdout


def script(name: str, *arguments: str) -> Any:
    """What a script of ``benchmarks/web`` answers."""
    return json.loads(run(["node", str(WEB / name), *arguments], WEB))


def _folder(peer: Peer) -> Path:
    """Below the packages that it imports: ours are the workspace's."""
    return (WEB.parent if peer is MIZAN else WEB) / "build" / peer.folder


def _program(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "mizan_native", "generate") if name == "mizan-generate" else (f"{_PROGRAMS / name}",)


@cache
def _document(name: str) -> str:
    if name == "openapi.json":
        return json.dumps(openapi_document(FUNCTIONS))
    return interface_document(FUNCTIONS)


def _write(source: Path, folder: Path) -> None:
    repetitions = {"page.tsx": COMPONENTS, "group.ts": FUNCTIONS // GROUP}.get(source.name)
    text = source.read_text()
    if repetitions is None:
        (folder / source.name).write_text(text)
        return
    for number in range(repetitions):
        (folder / f"{source.stem}{number}{source.suffix}").write_text(text.replace("$N", str(number)))


def _write_router(peer: Peer, folder: Path) -> None:
    """The router of all groups."""
    numbers = range(FUNCTIONS // GROUP)
    imports = [f'import {{ shop{number} }} from "./group{number}";' for number in numbers]
    members = ", ".join(f"shop{number}" for number in numbers)
    if peer.folder == "trpc":
        imports.append('import { router } from "./trpc";')
        made = f"export const appRouter = router({{ {members} }});\nexport type AppRouter = typeof appRouter;"
    else:
        made = f"export const router = {{ {members} }};\nexport type AppRouter = typeof router;"
    (folder / "router.ts").write_text("\n".join([*imports, made, ""]))
