"""What a session wants done: values, for whoever drives it to carry out in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias, final

from mizan_core.live.broker import Position
from mizan_core.live.frames import ClientMessage, Rpc, Subscribe, Watch


@final
class Send(NamedTuple):
    """Send a frame."""

    text: str


@final
class Close(NamedTuple):
    """End the connection. Nothing comes after it."""

    code: int
    reason: str


RequestFrame: TypeAlias = "Rpc | Watch | Subscribe | ClientMessage"


@final
class Start(NamedTuple):
    """Do what is asked, and tell ``finished``, ``watched``, ``subscribed`` or ``refused``."""

    request: RequestFrame


@final
class Stop(NamedTuple):
    """Watch no more under this id; a read that is under way is of no use."""

    id: int


@final
class Authenticate(NamedTuple):
    """Find out whom the token stands for, and tell ``authenticated`` or ``refused``, before anything else."""

    id: int
    token: str


@final
class Reauthorize(NamedTuple):
    """Ask once more whether somebody may have what is subscribed; tell ``drop`` where not.

    :param is_another: whether it is somebody else than before, to whom nothing is left that cannot be found out.
    """

    keys: Sequence[str]
    is_another: bool = False


@final
class Recover(NamedTuple):
    """Read the topic of a subscription, and tell ``recovered``."""

    key: str
    since: Position


@final
class Leave(NamedTuple):
    """Get nothing more for a subscription."""

    key: str


Effect: TypeAlias = "Send | Close | Start | Stop | Authenticate | Reauthorize | Recover | Leave"


class Bearer(NamedTuple):
    """Whom a token stands for.

    :param rights: what is compared to find out whether they have changed.
    :param seconds: how long it does so from now on.
    """

    token: str
    sub: str
    rights: object
    seconds: float
