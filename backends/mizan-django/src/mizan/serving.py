"""What a Django process serves: the functions of the default registry, with the project's settings."""

from __future__ import annotations

import logging

from asgiref.sync import sync_to_async

from mizan.conf import load_settings
from mizan.transactions import when_committed
from mizan.users import current_user
from mizan_core.cache.backend import BackendUnavailable
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.live.serving import Serving
from mizan_core.registry import default_registry

_log = logging.getLogger("mizan.live")


class TransactionalServing(Serving):
    """Messages that are published inside a transaction leave when it commits."""

    def publish(self, topic: str, data: bytes) -> None:
        publish = super().publish

        def leave() -> None:
            try:
                publish(topic, data)
            except BackendUnavailable as error:  # what has been committed cannot be taken back
                _log.error("A message could not be published after the commit: %s", error)

        if not when_committed(leave):
            publish(topic, data)

    async def apublish(self, topic: str, data: bytes) -> None:
        # Only the thread that holds the connections knows of their transactions.
        await sync_to_async(self.publish)(topic, data)


dispatcher = Dispatcher(default_registry, load_settings, current_user)
serving = TransactionalServing(dispatcher)
