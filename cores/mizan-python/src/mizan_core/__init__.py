"""The shared core of Mizan: the protocol without a framework and without I/O (docs/architecture.md)."""

__version__ = "0.1.0"
