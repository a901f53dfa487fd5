"""The documents about what is registered, each with its command."""

from __future__ import annotations

from mizan_core.exports.command import document_command
from mizan_core.exports.manifest import manifest_text
from mizan_core.exports.openapi import openapi_text
from mizan_core.ir import build_ir

INTERFACE = document_command("the interface document (KDL)", build_ir)
MANIFEST = document_command("the edge manifest (JSON)", manifest_text)
OPENAPI = document_command("the OpenAPI description (3.1)", openapi_text)
