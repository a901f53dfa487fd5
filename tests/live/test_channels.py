"""Channels as they are declared: names, what is refused at the start, and what clients are told of them."""

from __future__ import annotations

import asyncio
import sys
import types
from typing import Any

import pytest
from pydantic import BaseModel

from mizan_core.ir import build_ir
from mizan_core.live import publishing
from mizan_core.live.channels import ReactChannel, channel_of
from mizan_core.registry import Registry, mizan_clients


class Model(BaseModel):
    text: str


class Open(ReactChannel):
    def authorize(self, params: Any) -> bool:
        return True


def channel(name: str = "SomeChannel", **members: Any) -> type[ReactChannel]:
    return type(name, (Open,), members)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ChatChannel", "chat"),
        ("OrderUpdatesChannel", "order_updates"),
        ("HTTPLogChannel", "http_log"),
        ("V2Channel", "v2"),
        ("Channel", "channel"),
        ("Lobby", "lobby"),
    ],
)
def test_a_channel_is_called_as_its_class(written: str, name: str) -> None:
    assert channel(written).name == name


def test_a_channel_may_say_its_name() -> None:
    named = type("SomeChannel", (Open,), {"name": "other"})
    assert channel_of(named).name == "other"


def receive(self: Any, params: Any, msg: Any) -> None: ...


async def group(self: Any, params: Any) -> str:
    return ""


def without_params(self: Any) -> bool:
    return True


@pytest.mark.parametrize(
    ("broken", "error", "message"),
    [
        (type("BadChannel", (ReactChannel,), {}), TypeError, "it does not say who may subscribe"),
        (
            type("BadChannel", (Open,), {"name": "no name"}),
            ValueError,
            "name = 'no name': 'no name' is not a channel name: letters",
        ),
        (channel("BadChannel", Params=int), TypeError, "Params must be a pydantic model"),
        (channel("BadChannel", DjangoMessage="text"), TypeError, "DjangoMessage must be a pydantic model"),
        (
            channel("BadChannel", DjangoMessage=Model, ServerMessage=type("Other", (BaseModel,), {})),
            ValueError,
            "are two names of one thing",
        ),
        (channel("BadChannel", ReactMessage=Model), TypeError, "no receive(self, params, msg)"),
        (channel("BadChannel", receive=receive), TypeError, "no ReactMessage that clients could send"),
        (channel("BadChannel", group=group), TypeError, "group must be a plain def"),
        (channel("BadChannel", authorize=without_params), TypeError, "authorize must take (self, params)"),
        (
            channel("BadChannel", ReactMessage=Model, receive=lambda self, msg: None),
            TypeError,
            "receive must take (self, params, msg)",
        ),
    ],
)
def test_what_is_wrong_with_a_class_stops_the_start(
    broken: type[ReactChannel], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as refusal:
        Registry().register(broken)
    assert "BadChannel" in str(refusal.value)
    assert message in str(refusal.value)


def test_two_channels_of_one_name_are_refused() -> None:
    registry = Registry()
    registry.register(channel("SomeChannel"))
    with pytest.raises(ValueError, match=r"the channel name 'some' is taken by .*SomeChannel"):
        registry.register(channel("SomeChannel"))


def test_registering_twice_is_registering_once() -> None:
    registry, some = Registry(), channel("SomeChannel")
    assert registry.register(registry.register(some)) is some
    assert registry.channels() == {"some": some}
    registry.clear()
    assert registry.channels() == {}


def test_those_of_a_module_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("some_app.clients")
    own = channel("OwnChannel", __module__=module.__name__)
    base = channel("_BaseChannel", __module__=module.__name__)
    vars(module).update(OwnChannel=own, Again=own, _BaseChannel=base, Other=channel("OtherChannel"), Model=Model)
    monkeypatch.setitem(sys.modules, "some_app", types.ModuleType("some_app"))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    registry = Registry()
    mizan_clients("some_app", registry)
    assert registry.channels() == {"own": own}


def test_clients_are_told_of_them() -> None:
    registry = Registry()
    members = {"ReactMessage": Model, "receive": receive, "presence": True, "__doc__": "Said to all."}
    registry.register(channel("SomeChannel", Params=Model, ServerMessage=Model, **members))
    document = build_ir(registry)
    assert document[document.index("channel") :] == (
        'channel "some" description="Said to all." presence=#true {\n'
        '    camel "some"\n'
        '    auth "custom"\n'
        '    params "SomeParams"\n'
        '    react-message "SomeReactMessage"\n'
        '    server-message "SomeServerMessage"\n'
        "}\n"
    )


def test_equal_params_are_one_room() -> None:
    class Params(BaseModel):
        room: str
        floor: int = 1

    some = channel_of(channel(Params=Params))
    assert some.topic(Params(room="a")) == some.topic(Params(floor=1, room="a"))
    assert some.topic(Params(room="a")) != some.topic(Params(room="a", floor=2))
    assert channel_of(channel("OtherChannel", Params=Params)).topic(Params(room="a")) != some.topic(Params(room="a"))


class Recorder:
    """A publisher."""

    def __init__(self, place: object) -> None:
        self.place: Any = place
        self.published: list[tuple[str, bytes]] = []

    def publish(self, topic: str, data: bytes) -> None:
        self.published.append((topic, data))

    async def apublish(self, topic: str, data: bytes) -> None:
        self.publish(topic, data)


def test_server_code_publishes_once_to_each_place() -> None:
    registry, other = Registry(), Registry()
    some = registry.register(channel("SomeChannel", Params=Model, DjangoMessage=Model))
    here, twin, there, elsewhere = Recorder("a"), Recorder("a"), Recorder("b"), Recorder("c")
    for publisher in (here, twin, there):
        publishing.serve(registry, publisher)
    publishing.serve(other, elsewhere)
    some.publish_sync({"text": "room"}, {"text": "ä"})
    asyncio.run(some.publish(Model(text="room"), Model(text="ä")))
    said = [('some:{"text":"room"}', '"data":{"text":"ä"}'.encode())] * 2
    assert [*here.published, *twin.published] == said
    assert (there.published, elsewhere.published) == (said, [])


def test_what_nobody_serves_cannot_be_published() -> None:
    some = Registry().register(channel("SomeChannel", DjangoMessage=Model))
    with pytest.raises(RuntimeError, match="SomeChannel: nothing serves this channel"):
        some.publish_sync(None, {"text": "hi"})


def test_a_publisher_that_is_gone_serves_nothing() -> None:
    registry = Registry()
    some = registry.register(channel("SomeChannel", DjangoMessage=Model))
    publishing.serve(registry, Recorder("a"))
    with pytest.raises(RuntimeError, match="nothing serves"):
        some.publish_sync(None, {"text": "hi"})


def test_a_channel_whose_server_says_nothing_publishes_nothing() -> None:
    with pytest.raises(TypeError, match="it has no DjangoMessage"):
        Registry().register(channel("SomeChannel")).publish_sync(None, {"text": "hi"})
