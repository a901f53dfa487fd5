"""Registering what a module declares."""

from __future__ import annotations

from importlib import import_module

from mizan_core.client.function import ClientFunction
from mizan_core.registry import Registry, default_registry, refuse_wrapped


def mizan_clients(package: str, registry: Registry | None = None) -> None:
    """Import ``<package>.clients`` and register the ``@client`` functions that it declares.

    A function that the module has registered itself, under whatever name, is left as it is.

    :param package: dotted name, for example of a Django app.
    :raises ModuleNotFoundError: when there is no such module.
    """
    registry = registry or default_registry
    module = import_module(f"{package}.clients")
    registered = set(registry.get_all_functions().values())
    for value in list(vars(module).values()):
        refuse_wrapped(value)
        if isinstance(value, ClientFunction) and value.__module__ == module.__name__ and value not in registered:
            registry.register(value)
