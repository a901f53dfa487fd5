"""Answering a call or a fetch, without I/O, whatever carries it."""
