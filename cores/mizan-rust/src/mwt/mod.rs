//! The Mizan Web Token (docs/protocol.md section 4): a JWT (RFC 7519) signed with HS256 alone,
//! checked strictly and in order.
//!
//! `jsonwebtoken` signs and verifies, with this crate's HMAC as its provider ([`Key`]); it keys the
//! HMAC anew for every token. What it has no rule for, one text for each token and each claim of its
//! exact type, is checked here.

mod base64url;
mod claims;
mod create;
mod header;
mod key;
mod permission_key;
mod provider;
mod secret;
mod strict_json;
mod verify;

pub use claims::Claims;
pub use create::{MAX_TTL, NewToken, create};
pub use key::Key;
pub use permission_key::{PERMISSION_KEY_LENGTH, permission_key};
pub use secret::{KeyRing, Keys, MIN_SECRET_BYTES, signing_key};
pub use verify::{MAX_TOKEN_LENGTH, Verifier};
