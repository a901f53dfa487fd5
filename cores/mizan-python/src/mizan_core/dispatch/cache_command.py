"""``stats`` and ``purge`` for an operator: what both adapters' commands do (docs/caching.md)."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from typing import Any

from mizan_core.cache.backend import BackendUnavailable, CacheBackend
from mizan_core.cache.opening import MEMORY, scheme_of, without_credentials
from mizan_core.cache.store import Store
from mizan_core.cache.versions import EPOCH
from mizan_core.dispatch.interface import Interface
from mizan_core.engine import current
from mizan_core.errors import MizanError
from mizan_core.immediate import complete_now
from mizan_core.settings import Settings

_UNKNOWN = "the store does not answer: whether the purge took effect is unknown"


class CommandRefused(MizanError):
    """Why a command has done nothing, or not all; its exit status is 1.

    :param told: what there is to tell nevertheless.
    """

    def __init__(self, message: str, told: str = "") -> None:
        self.told = told
        super().__init__(message)


def add_arguments(parser: ArgumentParser) -> None:
    """The command line: ``stats``, or ``purge`` and what."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="{stats,purge}")
    actions.add_parser("stats", help="say what the cache is made of and whether it answers")
    purge = actions.add_parser("purge", help="make cached bundles stale, in all server processes")
    purge.add_argument("context", nargs="?", help="name of the context")
    purge.add_argument("params", nargs="*", metavar="name=value", help="only the bundles of these parameters")
    purge.add_argument("--all", action="store_true", dest="everything", help="the bundles of all contexts")


def run(interface: Interface, options: Mapping[str, Any]) -> str:
    """Do what the command line says, and give what there is to tell.

    :raises CommandRefused: for a command that cannot be carried out.
    """
    if options["action"] == "stats":
        return _stats(interface)
    store = _shared_store(interface)
    if options["everything"]:
        return _purge_everything(store.backend, options["context"])
    if options["context"] is None:
        raise CommandRefused("say which context to purge, or --all")
    return _purge(interface, store, options["context"], options["params"])


def _stats(interface: Interface) -> str:
    settings, problem = interface.settings, None
    lines = {"engine": current().name, "store": without_credentials(settings.store_url)}
    if interface.caching is None:
        lines["state"] = "off: MIZAN_CACHE_SECRET is not set"
    elif _is_memory(settings):
        lines["state"] = "in each server process, where this one cannot look"
        lines["room"] = f"{settings.cache_max_bytes} bytes in each process"
    else:
        problem = _problem(interface.caching.store.backend)
        lines["state"] = "answers" if problem is None else f"does not answer: {problem}"
        lines["prefix"] = settings.cache_prefix
        lines["timeout"] = f"{settings.cache_timeout_ms} ms"
        lines["pool size"] = str(settings.cache_pool_size)
    told = "\n".join(f"{name:<10} {value}" for name, value in lines.items())
    if problem is not None:
        raise CommandRefused("the store does not answer", told)
    return told


def _problem(backend: CacheBackend) -> BackendUnavailable | None:
    """What keeps the store from being used."""
    try:
        backend.read([EPOCH])
    except BackendUnavailable as error:
        return error
    return None


def _shared_store(interface: Interface) -> Store:
    """The store, if it is one that other processes use too."""
    if interface.caching is None:
        raise CommandRefused("there is no cache: MIZAN_CACHE_SECRET is not set")
    if _is_memory(interface.settings):
        raise CommandRefused(
            "memory:// is the memory of the server process, and only that process can purge it: "
            "call purge() in it, or restart it"
        )
    return interface.caching.store


def _purge_everything(backend: CacheBackend, context: str | None) -> str:
    if context is not None:
        raise CommandRefused("--all takes no context")
    try:
        backend.delete([EPOCH])
    except BackendUnavailable:
        raise CommandRefused(_UNKNOWN) from None
    return "The bundles of all contexts are stale."


def _purge(interface: Interface, store: Store, context: str, pairs: Iterable[str]) -> str:
    params = dict(_pair(text) for text in pairs)
    try:
        purge = interface.named_purge(context, params)
    except ValueError as error:
        raise CommandRefused(str(error)) from None
    if purge is not None and not complete_now(store.try_purge(store.in_thread, purge.tags)):
        raise CommandRefused(_UNKNOWN)
    named = "".join(f" {name}={value}" for name, value in params.items())
    return f"The bundles of {context}{named} are stale."


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandRefused(f"{text!r} is no parameter: write name=value")
    return name, value


def _is_memory(settings: Settings) -> bool:
    return scheme_of(settings.store_url) == MEMORY
