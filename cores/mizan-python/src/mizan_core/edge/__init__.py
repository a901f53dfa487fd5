"""Caches in front of the server: who may keep what (the manifest is ``mizan_core.exports.manifest``), and purging them.

See ``docs/edge.md``.
"""
