//! The Mizan Web Token (docs/protocol.md section 4): a JWT (RFC 7519) signed with HS256 alone,
//! checked strictly and in order.
//!
//! Tokens of `jsonwebtoken` are read, and it reads ours (tests/jsonwebtoken), but it signs and
//! verifies none here: version 11 keys its HMAC anew for every token, and takes it from a provider
//! that one library of a process may install for all. Measured with that HMAC: its check of a
//! signature takes 1.7 times a prepared key's (350 ns and 205 ns), its whole `decode` more than
//! 1.5 times [`Verifier::decode`], without the strictness of the page (`cargo bench --bench tokens`).

mod base64url;
mod claims;
mod create;
mod header;
mod permission_key;
mod secret;
mod strict_json;
mod verify;

pub use claims::Claims;
pub use create::{MAX_TTL, NewToken, create};
pub use permission_key::{PERMISSION_KEY_LENGTH, permission_key};
pub use secret::{KeyRing, Keys, MIN_SECRET_BYTES, signing_key};
pub use verify::{MAX_TOKEN_LENGTH, Verifier};
