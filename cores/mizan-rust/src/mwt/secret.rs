//! What may be a signing secret (docs/protocol.md section 4, last paragraph).

use std::collections::HashMap;

use crate::error::{Error, Result, SecretProblem};
use crate::path::Path;

use super::key::Key;

/// RFC 7518 section 3.2: an HS256 key is at least as long as the hash.
pub const MIN_SECRET_BYTES: usize = 32;

const SSH_PREFIXES: [&[u8]; 4] = [b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-"];

/// The keys that a token may be signed with.
#[derive(Clone, Debug)]
pub enum Keys {
    /// One key; a token's `kid` is not consulted.
    One(Key),
    /// Several, chosen by `kid`.
    Ring(KeyRing),
}

/// Keys by their `kid`, for rotation.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    keys: HashMap<String, Key>,
}

impl KeyRing {
    /// Adds the key of a secret that stands at `path.kid`; see [`signing_key`].
    pub fn insert(&mut self, kid: &str, secret: &[u8], path: &Path<'_>) -> Result<()> {
        let key = signing_key(secret, &path.key(kid))?;
        self.keys.insert(kid.to_owned(), key);
        Ok(())
    }

    /// The key ring, which must hold a key.
    pub fn filled(self, path: &Path<'_>) -> Result<Self> {
        if self.keys.is_empty() {
            return Err(refused(path, SecretProblem::EmptyRing));
        }
        Ok(self)
    }

    /// The key of that name.
    pub fn get(&self, kid: &str) -> Option<&Key> {
        self.keys.get(kid)
    }
}

/// The prepared form of a secret that stands at `path`.
///
/// A configuration error when it is shorter than [`MIN_SECRET_BYTES`] or is a PEM block, a JWK or an
/// SSH key line, which are public often enough (RFC 8725 section 3.1).
pub fn signing_key(secret: &[u8], path: &Path<'_>) -> Result<Key> {
    if secret.len() < MIN_SECRET_BYTES {
        let least = MIN_SECRET_BYTES;
        return Err(refused(path, SecretProblem::TooShort { least }));
    }
    if is_asymmetric(secret) {
        return Err(refused(path, SecretProblem::NotSymmetric));
    }
    Ok(Key::new(secret))
}

fn refused(path: &Path<'_>, problem: SecretProblem) -> Error {
    let place = path.to_string();
    Error::Secret { place, problem }
}

fn is_asymmetric(secret: &[u8]) -> bool {
    let start = secret
        .iter()
        .position(|byte| !b" \t\r\n".contains(byte))
        .unwrap_or(secret.len());
    let text = secret.get(start..).unwrap_or_default();
    contains(text, b"-----BEGIN")
        || SSH_PREFIXES.iter().any(|prefix| text.starts_with(prefix))
        || text.starts_with(b"{") && (contains(text, b"\"kty\"") || contains(text, b"\"keys\""))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(secret: &[u8]) -> Option<String> {
        signing_key(secret, &Path::root("secret"))
            .err()
            .map(|error| error.to_string())
    }

    #[test]
    fn short_secrets_are_refused() {
        let message = "secret: at least 32 bytes are needed (RFC 7518 section 3.2)";
        assert_eq!(refusal(&[b'a'; 31]).as_deref(), Some(message));
        assert_eq!(refusal(&[b'a'; 32]), None);
        assert_eq!(refusal(b"").as_deref(), Some(message));
    }

    #[test]
    fn keys_of_other_kinds_are_refused() {
        for secret in [
            "\n -----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
            "text before -----BEGIN CERTIFICATE-----",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAA",
            "  ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY",
            "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5",
            "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNh",
            "{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
            "\t{\"keys\":[]}                        ",
        ] {
            assert!(
                refusal(secret.as_bytes())
                    .unwrap()
                    .starts_with("secret: this is a PEM"),
                "{secret}"
            );
        }
    }

    #[test]
    fn secrets_that_merely_look_so_are_taken() {
        for secret in [
            "{\"kt\":1} 0123456789abcdef0123456789abcdef",
            "my ssh- secret is 0123456789abcdef012345",
            "-----BEGI0123456789abcdef0123456789abcdef",
            "                                          ",
        ] {
            assert_eq!(refusal(secret.as_bytes()), None, "{secret}");
        }
    }

    #[test]
    fn a_ring_names_the_key_it_refuses() {
        let path = Path::root("secret");
        let mut ring = KeyRing::default();
        assert!(ring.insert("v1", &[b'a'; 32], &path).is_ok());
        let error = ring.insert("v 2", b"short", &path).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("secret[\"v 2\"]: at least 32 bytes")
        );
        assert!(ring.get("v1").is_some() && ring.get("v 2").is_none());
        let error = KeyRing::default().filled(&path).unwrap_err();
        assert_eq!(error, refused(&path, SecretProblem::EmptyRing));
    }
}
