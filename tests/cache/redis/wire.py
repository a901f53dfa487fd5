"""A proxy between clients and a server: counts round trips, keeps the names of commands, fails when told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from typing_extensions import Self

from tests.cache.redis.servers import HOST


class Wire:
    """What one or more clients have said to a server since the last ``clear``.

    :ivar round_trips: how often the clients spoke after the server had.
    :ivar commands: the first words of the commands, in order.
    """

    def __init__(self, port: int) -> None:
        self.round_trips = 0
        self.commands: list[str] = []
        self._target: int | None = port
        self._lock = threading.Lock()
        self._server_spoke = True
        self._sockets: list[socket.socket] = []
        self._cuts = 0
        self._listener = socket.create_server((HOST, 0))
        port_of_wire: int = self._listener.getsockname()[1]
        self.url = f"redis://{HOST}:{port_of_wire}/0"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def clear(self) -> None:
        with self._lock:
            self.round_trips, self.commands, self._server_spoke = 0, [], True

    def lead_to(self, port: int | None) -> None:
        """End all connections; those to come go to *port*, and when it is None they end at once."""
        self._target = port
        self.cut()

    def cut(self) -> None:
        """End all connections, also those that are being made."""
        with self._lock:
            self._cuts += 1
            sockets, self._sockets = self._sockets, []
        _end(*sockets)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            cuts, server = self._cuts, self._reach()
            if server is None or not self._keep(cuts, client, server):
                client.close()
                continue
            threading.Thread(target=self._pump, args=(client, server, self._note), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, self._note_answer), daemon=True).start()

    def _keep(self, cuts: int, client: socket.socket, server: socket.socket) -> bool:
        """Whether they still lead where they should: nothing has been cut since *cuts*."""
        with self._lock:
            if self._cuts == cuts:
                self._sockets += [client, server]
                return True
        server.close()
        return False

    def _reach(self) -> socket.socket | None:
        try:
            return None if self._target is None else socket.create_connection((HOST, self._target))
        except OSError:
            return None

    def _pump(self, source: socket.socket, target: socket.socket, note: Callable[[bytes], None]) -> None:
        try:
            while chunk := source.recv(1 << 20):
                note(chunk)
                target.sendall(chunk)
        except OSError:
            pass
        finally:
            # Closing alone would not wake the other direction.
            _end(source, target)
            source.close()

    def _note(self, chunk: bytes) -> None:
        with self._lock:
            self.round_trips += self._server_spoke
            self._server_spoke = False
            self.commands += _first_words(chunk)

    def _note_answer(self, _: bytes) -> None:
        with self._lock:
            self._server_spoke = True


def _end(*sockets: socket.socket) -> None:
    for end in sockets:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _first_words(chunk: bytes) -> list[str]:
    """The first word of each command: the text after ``*<words>`` and ``$<length>``."""
    lines = chunk.split(b"\r\n")
    return [
        lines[index + 2].decode("ascii") for index, line in enumerate(lines) if line[:1] == b"*" and line[1:].isdigit()
    ]
