//! A key that tokens are signed and verified with.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};

use crate::error::{Error, Result};

use super::provider;

/// An HS256 key; made by [`signing_key`](super::signing_key).
#[derive(Clone, Debug)]
pub struct Key {
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl Key {
    pub(super) fn new(secret: &[u8]) -> Self {
        provider::install();
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
        }
    }

    /// The signature of a message, in base64url.
    pub(super) fn sign(&self, message: &str) -> Result<String> {
        crypto::sign(message.as_bytes(), &self.signing, Algorithm::HS256)
            .map_err(|_| Error::CannotSign)
    }

    /// Whether `signature`, in base64url, is the message's; compared in constant time.
    pub(super) fn verifies(&self, message: &str, signature: &str) -> bool {
        let message = message.as_bytes();
        crypto::verify(signature, message, &self.verifying, Algorithm::HS256).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_verifies_what_it_has_signed() {
        let key = Key::new(b"key");
        let signature = key.sign("message").unwrap();
        assert!(key.verifies("message", &signature));
        assert!(!key.verifies("massage", &signature));
        assert!(!Key::new(b"another").verifies("message", &signature));
        for other in ["", "AA", "*", &signature[1..]] {
            assert!(!key.verifies("message", other), "{other}");
        }
    }

    #[test]
    fn debugging_shows_no_secret() {
        let shown = format!("{:?}", Key::new(b"of nobody else"));
        assert!(shown.matches("redacted").count() == 2, "{shown}");
    }
}
