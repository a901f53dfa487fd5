"""A passkey made of software: what a browser answers to ``navigator.credentials``, for one site."""

from __future__ import annotations

import json
from hashlib import sha256
from os import urandom
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

_PRESENT_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Passkey:
    """Its user always says yes.

    :param site: the host that it is for.
    """

    def __init__(self, site: str) -> None:
        self._site = site
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = urandom(16)
        self._owner = ""
        self._uses = 0

    def create(self, options: Any) -> dict[str, Any]:
        """The credential for creation options."""
        asked = options["publicKey"]
        self._owner = asked["user"]["id"]
        public = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(bytes(16), self._id, public)
        flags = _PRESENT_AND_VERIFIED | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(self._site_hash(), flags, self._uses, bytes(credential))
        attested = AttestationObject.create("none", data, {})
        said = {"attestationObject": websafe_encode(bytes(attested))}
        return self._credential("webauthn.create", asked, said, {"credProps": {"rk": True}})

    def get(self, options: Any) -> dict[str, Any]:
        """The credential for request options."""
        asked = options["publicKey"]
        self._uses += 1
        data = AuthenticatorData.create(self._site_hash(), _PRESENT_AND_VERIFIED, self._uses)
        signed = bytes(data) + sha256(self._client_data("webauthn.get", asked)).digest()
        said = {
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(self._key.sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": self._owner,
        }
        return self._credential("webauthn.get", asked, said, {})

    def _credential(self, kind: str, asked: Any, said: dict[str, str], extensions: Any) -> dict[str, Any]:
        own = websafe_encode(self._id)
        response = {**said, "clientDataJSON": websafe_encode(self._client_data(kind, asked))}
        return {
            "type": "public-key",
            "id": own,
            "rawId": own,
            "response": response,
            "clientExtensionResults": extensions,
        }

    def _client_data(self, kind: str, asked: Any) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": asked["challenge"], "origin": f"https://{self._site}", "crossOrigin": False}
        ).encode()

    def _site_hash(self) -> bytes:
        return sha256(self._site.encode()).digest()
