"""Inputs of the self-test and what each must give; those of keys and tokens are the specification's own vectors."""

from __future__ import annotations

from typing import Any

from mizan_core.types import MWTClaims

KEY = "mizan-vector-secret-0123456789ab"
"""A published test value that protects nothing."""

CANONICAL_VALUE: dict[str, Any] = {"b": [1, 1e-07, None, True, 2**80], "a": "é\u2603😀\n"}
CANONICAL_BYTES = b'{"a":"\\u00e9\\u2603\\ud83d\\ude00\\n","b":[1,1e-07,null,true,1208925819614629174706176]}'

CACHE_ENTRY: dict[str, Any] = {"context": "user", "params": {"user_id": "5"}, "user_id": "42", "rev": 3}
CACHE_KEY = "ctx:user:d9dd834acb93020ab1d674fbfb1c6ef854a9955cbdf4d2cfecf412b7edbe90df"

PARAMS: dict[str, Any] = {"ids": [1, 2, "3", None, False], "range": {"to": 9, "from": 1}}
PARAMS_KEY = "ctx:search:e9b9b977d0ce02acec2e4f35629480afb580b43dcfd71a3296a4be5c47d3c391"

SCOPES = [["user_id"], ["user_id", "page"]]
TAGS = ["tag:user", "tag:user:28f64000fcae7165cece8373e7934bd0", "tag:user:cde3a6ae1055c8b9e00c8f9c39261674"]
PURGED_TAGS = ["tag:user:5a35c222a8be9c2a047b9efa9b513217", "tag:user:e1fe57c0496d8df54dadba23a487a91a"]

VERSIONS = [b"version1", b"\x00\xff\x00\xff\x00\xff\x00\xff"]
SEALED_BODY = b'{"user_profile":null}'
SEALED = (
    b"\x02"
    + bytes.fromhex("6e5e0bab09dc4fce829971b5f2091868d27a1d182b679bf8a526526dcb483b87")
    + b"\x02\x08version1\x08\x00\xff\x00\xff\x00\xff\x00\xff"
    + SEALED_BODY
)

NOW = 1760000000
CLAIMS = MWTClaims(
    sub="42",
    pkey="9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f",
    iat=NOW,
    nbf=NOW,
    exp=NOW + 300,
    staff=True,
    superuser=False,
    aud="https://shop.example",
)
TOKEN = (
    "eyJhbGciOiJIUzI1NiIsImtpZCI6InYxIiwidHlwIjoiSldUIn0."
    "eyJhdWQiOiJodHRwczovL3Nob3AuZXhhbXBsZSIsImV4cCI6MTc2MDAwMDMwMCwiaWF0IjoxNzYwMDAwMDAwLCJuYmYiOjE3NjAwMDAwMDAs"
    "InBrZXkiOiI5ZjlmOWY5ZjlmOWY5ZjlmOWY5ZjlmOWY5ZjlmOWY5ZiIsInN0YWZmIjp0cnVlLCJzdWIiOiI0MiIsInN1cGVyIjpmYWxzZX0."
    "9McDme5GfAE6uX6OvIL3Uh_1eSk8Lze6Htnc5vQxr10"
)

PERMISSIONS = ("shop.add_order", "shop.add_order", "auth.view_user")
PERMISSION_KEY = "77a2632b60db97dcc05051a7f2a04ebf"

_INTEGER = {"kind": "primitive", "name": "integer"}
_STRING = {"kind": "primitive", "name": "string"}
_PROFILE = {"kind": "ref", "name": "Profile"}
_PROFILE_BODY = {
    "kind": "struct",
    "fields": [
        {"name": "user_id", "required": True, "shape": _INTEGER},
        {"name": "note", "required": False, "default": None, "shape": {"kind": "optional", "item": _STRING}},
    ],
}
_USER_ID = {"name": "user_id", "shape": _INTEGER, "required": True, "identity": "int"}

SPECIFICATION: dict[str, Any] = {
    "types": {"Profile": _PROFILE_BODY},
    "functions": [
        {
            "name": "user_profile",
            "context": "user",
            "params": [_USER_ID],
            "output": _PROFILE,
            "affects": [],
            "merge": [],
            "auto_scope": True,
            "private": False,
            "auth": None,
        },
        {
            "name": "update_profile",
            "context": None,
            "params": [_USER_ID, {"name": "note", "shape": _STRING, "required": False, "identity": "str"}],
            "output": _PROFILE,
            "affects": [{"name": "user"}, {"context": "audit"}],
            "merge": [{"function": "user_profile"}],
            "auto_scope": True,
            "private": False,
            "auth": None,
        },
    ],
}
DESCRIPTION: dict[str, Any] = {
    "functions": {
        "update_profile": {
            "context": None,
            "private": False,
            "auth": None,
            "affects": [
                {"context": "user", "function": None, "scope": ["user_id"]},
                {"context": "audit", "function": None, "scope": []},
            ],
            "merge": [{"context": "user", "slot": "user_profile", "scope": ["user_id"], "mode": "replace"}],
            "purges": [{"context": "user", "narrowing": ["user_id"]}, {"context": "audit", "narrowing": []}],
        },
        "user_profile": {
            "context": "user",
            "private": False,
            "auth": None,
            "affects": [],
            "merge": [],
            "purges": [],
        },
    },
    "contexts": {"user": {"functions": ["user_profile"], "params": ["user_id"], "scopes": [["user_id"]]}},
}

FUNCTION = "update_profile"
ARGUMENTS: dict[str, Any] = {"user_id": 5, "note": "é"}
RESULT: dict[str, Any] = {"user_id": 5, "note": "é"}
RESULT_JSON = '{"user_id":5,"note":"é"}'.encode()
ENTRIES: list[Any] = [{"context": "user", "params": {"user_id": 5}}, "audit"]
HEADER = "user;user_id=5, audit"
STALE: list[Any] = [*ENTRIES, {"context": "user", "function": "user_profile", "params": {"user_id": 5}}]
MERGES: list[Any] = [{"context": "user", "slot": "user_profile", "value": RESULT, "params": {"user_id": 5}}]
BODY = (
    b'{"result":' + RESULT_JSON + b',"invalidate":[{"context":"user","params":{"user_id":5}},"audit"],'
    b'"merge":[{"context":"user","params":{"user_id":5},"slot":"user_profile","value":' + RESULT_JSON + b"}]}"
)

ESCAPED_ENTRIES: list[Any] = [{"context": "user", "params": {"name": "a b;c,d=e%é~!'()*"}}]
ESCAPED_HEADER = "user;name=a%20b%3Bc%2Cd%3De%25%C3%A9~%21%27%28%29%2A"

BUNDLE_PARTS = [("user_profile", b"[1]"), ("user_orders", b"null")]
BUNDLE = b'{"user_orders":null,"user_profile":[1]}'

DOCUMENT: dict[str, Any] = {
    "types": [
        {"name": "Profile", "body": _PROFILE_BODY},
        {"name": "Unused", "body": {"kind": "alias", "shape": _STRING}},
    ],
    "functions": [
        {
            "name": "user_profile",
            "description": "Who somebody is.",
            "idempotent": False,
            "camel": "userProfile",
            "transport": "http",
            "auth": "required",
            "context": "user",
            "cache": {"ttl": 60, "shared": False},
            "affects": [],
            "merge": [],
            "input": None,
            "output": "Profile",
            "nullable": True,
        }
    ],
    "contexts": [
        {
            "name": "user",
            "functions": ["user_profile"],
            "params": [{"name": "user_id", "required": True, "shape": _INTEGER, "shared_by": ["user_profile"]}],
        }
    ],
}
IR = """\
ir version=2
type "Profile" {
    struct {
        field "user_id" required=#true {
            primitive "integer"
        }
        field "note" required=#false default=#null {
            optional {
                primitive "string"
            }
        }
    }
}
function "user_profile" description="Who somebody is." {
    camel "userProfile"
    transport "http"
    auth "required"
    context "user"
    cache ttl=60 shared=#false
    output "Profile" nullable=#true
}
context "user" {
    function "user_profile"
    param "user_id" required=#true {
        shape {
            primitive "integer"
        }
        shared-by "user_profile"
    }
}
"""
