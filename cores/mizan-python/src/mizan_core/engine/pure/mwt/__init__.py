"""The Mizan Web Token (protocol.md section 4): a JWT (RFC 7519) signed with HS256, checked strictly and in order."""

from mizan_core.engine.pure.mwt.create import create_mwt
from mizan_core.engine.pure.mwt.permission_key import compute_permission_key
from mizan_core.engine.pure.mwt.verify import MWTVerifier, decode_mwt

__all__ = ("MWTVerifier", "compute_permission_key", "create_mwt", "decode_mwt")
