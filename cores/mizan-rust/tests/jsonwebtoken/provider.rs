//! The cryptography that jsonwebtoken gets here: the crate's own HS256.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::Result;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use mizan_core::hs256::Hs256;
use signature::{Error, Signer, Verifier};

static HS256: CryptoProvider = CryptoProvider {
    signer_factory: |_, key: &EncodingKey| Ok(Box::new(Key(Hs256::new(key.as_bytes())))),
    verifier_factory: |_, key| Ok(Box::new(verification_key(key)?)),
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes it the process's own, which jsonwebtoken allows once.
pub fn install() {
    let _ = HS256.install_default();
}

fn verification_key(key: &DecodingKey) -> Result<Key> {
    Ok(Key(Hs256::new(key.try_get_as_bytes()?)))
}

struct Key(Hs256);

impl Signer<Vec<u8>> for Key {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        Ok(self.0.tag(message).to_vec())
    }
}

impl Verifier<Vec<u8>> for Key {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        let matches = self.0.matches(message, signature);
        matches.then_some(()).ok_or_else(Error::new)
    }
}

impl JwtSigner for Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}
