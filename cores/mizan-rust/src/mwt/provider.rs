//! HS256 for `jsonwebtoken`, which signs and verifies tokens here.
//!
//! `jsonwebtoken` takes its cryptography from one provider for all of a process. Ours is installed
//! when the first key is prepared, unless the process has chosen another by then: HS256 is the same
//! with any of them.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use signature::{Error, Signer, Verifier};

use crate::hs256::Hs256;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key: &EncodingKey| Ok(Box::new(keyed(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key: &DecodingKey| {
        Ok(Box::new(keyed(*algorithm, key.try_get_as_bytes()?)?))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes it the process's provider if there is none yet.
pub(super) fn install() {
    // A refusal says that there is one already.
    let _ = PROVIDER.install_default();
}

fn keyed(algorithm: Algorithm, secret: &[u8]) -> Result<Keyed> {
    match algorithm {
        Algorithm::HS256 => Ok(Keyed(Hs256::new(secret))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

struct Keyed(Hs256);

impl Signer<Vec<u8>> for Keyed {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        Ok(self.0.tag([message]).to_vec())
    }
}

impl Verifier<Vec<u8>> for Keyed {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        let matches = self.0.matches([message], signature);
        matches.then_some(()).ok_or_else(Error::new)
    }
}

impl JwtSigner for Keyed {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Keyed {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}
