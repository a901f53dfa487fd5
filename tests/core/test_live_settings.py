"""``MIZAN_LIVE``, as environments and projects write it."""

from __future__ import annotations

from typing import Any

import pytest

from mizan_core.call.dispatcher import Dispatcher
from mizan_core.client import client
from mizan_core.errors import ConfigurationError
from mizan_core.interface.endpoint import HTTP, SOCKET
from mizan_core.live_settings import LiveSettings, read_live
from mizan_core.registry import Registry
from mizan_core.settings import Settings


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (None, LiveSettings()),
        ("on", LiveSettings()),
        (True, LiveSettings()),
        ("off", LiveSettings(enabled=False)),
        (False, LiveSettings(enabled=False)),
        ({}, LiveSettings()),
        ({"running": 8}, LiveSettings(running=8)),
        ('{"running": 8, "enabled": false}', LiveSettings(running=8, enabled=False)),
        (
            {"origins": ["https://a.example", "https://*.b.example"]},
            LiveSettings(origins=("https://a.example", "https://*.b.example")),
        ),
        ({"functions": "websocket"}, LiveSettings(functions="websocket")),
    ],
)
def test_what_it_says(written: Any, meant: LiveSettings) -> None:
    assert read_live(written) == meant
    assert Settings(live=written).live_settings == meant


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("yes", "on, off or limits by name are needed"),
        ("[1]", "on, off or limits by name are needed"),
        (5, "on, off or limits by name are needed"),
        ({"runing": 8}, "there is no limit 'runing'; there are enabled, functions, running"),
        ({"running": 0}, "running: an integer of 1 or more is needed"),
        ({"running": True}, "running: an integer of 1 or more is needed"),
        ({"running": "8"}, "running: an integer of 1 or more is needed"),
        ({"enabled": "no"}, "enabled: true or false is needed"),
        ({"functions": "some"}, "functions: one of all, websocket is needed"),
        ({"origins": "https://a.example"}, "origins: a list of origins is needed"),
        ({"origins": ["a.example"]}, "origins: a list of origins is needed"),
        ({"origins": ["https://a.example/"]}, "origins: a list of origins is needed"),
    ],
)
def test_what_cannot_be_meant_stops_the_start(written: Any, problem: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        Settings.read({"MIZAN_LIVE": written}.get)
    assert f"MIZAN_LIVE: {problem}" in str(refusal.value)


@client
def plain(request: object) -> None: ...


@client(websocket=True)
def both(request: object) -> None: ...


@client(websocket=True, http=False)
def socket_only(request: object) -> None: ...


@client(private=True)
def hidden(request: object) -> None: ...


@pytest.mark.parametrize(
    ("functions", "barred"),
    [
        ("all", {"plain": set(), "both": set(), "socket_only": {HTTP}, "hidden": {HTTP, SOCKET}}),
        ("websocket", {"plain": {SOCKET}, "both": set(), "socket_only": {HTTP}, "hidden": {HTTP, SOCKET}}),
    ],
)
def test_which_functions_a_socket_may_call(functions: str, barred: dict[str, set[str]]) -> None:
    registry = Registry()
    for function in (plain, both, socket_only, hidden):
        registry.register(function)
    interface = Dispatcher(registry, lambda: Settings(live={"functions": functions}), lambda _: None).interface()
    assert {name: set(interface.endpoint(name).barred) for name in barred} == barred
