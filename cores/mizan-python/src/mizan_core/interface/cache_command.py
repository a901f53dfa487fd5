"""``stats`` and ``purge`` for an operator: what both adapters' commands do (docs/caching.md)."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mizan_core.cache.backend import BackendUnavailable, CacheBackend
from mizan_core.cache.opening import without_credentials
from mizan_core.cache.store import Store
from mizan_core.cache.versions import EPOCH
from mizan_core.commands import CommandRefused, Write
from mizan_core.coroutines import complete_now
from mizan_core.engine import current
from mizan_core.interface.interface import Interface

DESCRIPTION = "Say what the cache is made of and whether it answers, or make cached bundles stale."
_UNKNOWN = "the store does not answer: whether the purge took effect is unknown"


def add_arguments(parser: ArgumentParser) -> None:
    """The command line: ``stats``, or ``purge`` and what."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="{stats,purge}")
    actions.add_parser("stats", help="say what the cache is made of and whether it answers")
    purge = actions.add_parser("purge", help="make cached bundles stale, in all server processes")
    purge.add_argument("context", nargs="?", help="name of the context")
    purge.add_argument("params", nargs="*", metavar="name=value", help="only the bundles of these parameters")
    purge.add_argument("--all", action="store_true", dest="everything", help="the bundles of all contexts")


def run(interfaces: Sequence[Interface], options: Mapping[str, Any], write: Write) -> None:
    """Do what the command line says.

    :param interfaces: all that the process would serve, one at least.
    :raises CommandRefused: for a command that cannot be carried out.
    """
    if options["action"] == "stats":
        _stats(interfaces, write)
    elif options["everything"]:
        write(_purge_everything(interfaces, options["context"]))
    elif options["context"] is not None:
        write(_purge(interfaces, options["context"], options["params"]))
    else:
        _shared(interfaces)
        raise CommandRefused("say which context to purge, or --all")


def _stats(interfaces: Iterable[Interface], write: Write) -> None:
    """What there is to tell of each, once where two have the same."""
    outcomes = [_state(interface) for interface in interfaces]
    write("\n\n".join(dict.fromkeys(told for told, _ in outcomes)) + "\n")
    if not all(answers for _, answers in outcomes):
        raise CommandRefused("the store does not answer")


def _state(interface: Interface) -> tuple[str, bool]:
    """What there is to tell, and whether all is well."""
    settings, problem = interface.settings, None
    lines = {"engine": current().name, "contexts": ", ".join(sorted(interface.contexts())) or "none"}
    lines["store"] = without_credentials(settings.store_url)
    if interface.caching is None:
        lines["state"] = "off: MIZAN_CACHE_SECRET is not set"
    elif settings.shared_store is None:
        lines["state"] = "in each server process, where this one cannot look"
        lines["room"] = f"{settings.cache_max_bytes} bytes in each process"
    else:
        problem = _problem(interface.caching.store.backend)
        lines["state"] = "answers" if problem is None else f"does not answer: {problem}"
        lines["prefix"] = settings.cache_prefix
        lines["timeout"] = f"{settings.cache_timeout_ms} ms"
        lines["pool size"] = str(settings.cache_pool_size)
    return "\n".join(f"{name:<10} {value}" for name, value in lines.items()), problem is None


def _problem(backend: CacheBackend) -> BackendUnavailable | None:
    """What keeps the store from being used."""
    try:
        backend.read([EPOCH])
    except BackendUnavailable as error:
        return error
    return None


def _shared(interfaces: Iterable[Interface]) -> list[tuple[Interface, Store]]:
    """Those whose store other processes use too."""
    cached = [(interface, interface.caching.store) for interface in interfaces if interface.caching is not None]
    if not cached:
        raise CommandRefused("there is no cache: MIZAN_CACHE_SECRET is not set")
    shared = [(interface, store) for interface, store in cached if interface.settings.shared_store is not None]
    if not shared:
        raise CommandRefused(
            "memory:// is the memory of the server process, and only that process can purge it: "
            "call purge() in it, or restart it"
        )
    return shared


def _purge_everything(interfaces: Iterable[Interface], context: str | None) -> str:
    shared = _shared(interfaces)
    if context is not None:
        raise CommandRefused("--all takes no context")
    backends = {interface.settings.shared_store: store.backend for interface, store in shared}
    outcomes = [_drop_epoch(backend) for backend in backends.values()]
    if not all(outcomes):
        raise CommandRefused(_UNKNOWN)
    return "The bundles of all contexts are stale.\n"


def _drop_epoch(backend: CacheBackend) -> bool:
    """Gives whether it has been done."""
    try:
        backend.delete([EPOCH])
    except BackendUnavailable:
        return False
    return True


def _purge(interfaces: Iterable[Interface], context: str, pairs: Iterable[str]) -> str:
    interfaces = list(interfaces)
    holding = [interface for interface in interfaces if context in interface.contexts()]
    shared = _shared(holding or interfaces)
    if not holding:
        known = sorted({name for interface in interfaces for name in interface.contexts()})
        raise CommandRefused(f"no context is named {context!r}; there are: {', '.join(known) or 'none'}")
    params = dict(_pair(text) for text in pairs)
    try:
        purges = [interface.named_purge(context, params) for interface, _ in shared]
    except ValueError as error:
        raise CommandRefused(str(error)) from None
    outcomes = [complete_now(each.store.try_purge(each.store.in_thread, each.tags)) for each in purges if each]
    if not all(outcomes):
        raise CommandRefused(_UNKNOWN)
    named = "".join(f" {name}={value}" for name, value in params.items())
    return f"The bundles of {context}{named} are stale.\n"


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandRefused(f"{text!r} is no parameter: write name=value")
    return name, value
