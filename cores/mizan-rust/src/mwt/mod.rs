//! The Mizan Web Token (docs/protocol.md section 4): a JWT (RFC 7519) signed with HS256 alone,
//! checked strictly and in order.

mod base64url;
mod claims;
mod create;
mod header;
mod hs256;
mod permission_key;
mod provider;
mod secret;
mod strict_json;
mod verify;

pub use claims::Claims;
pub use create::{MAX_TTL, NewToken, create};
pub use hs256::{Hs256, TAG_LENGTH};
pub use permission_key::{PERMISSION_KEY_LENGTH, permission_key};
pub use provider::HS256_ONLY;
pub use secret::{KeyRing, Keys, MIN_SECRET_BYTES, signing_key};
pub use verify::{MAX_TOKEN_LENGTH, Verifier};
