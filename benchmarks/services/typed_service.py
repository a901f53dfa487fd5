"""What the clients of benchmarks/typed_clients.py ask: the interface that they are made for, but smaller."""

from benchmarks.services.typed_interface import GROUP, application

app = application(3 * GROUP)
