//! The cryptography that jsonwebtoken gets from us: HS256 and nothing else (RFC 8725 section 3.1).
//!
//! With no code for RSA or elliptic curves in the binary, a confused algorithm has nothing to be
//! confused with.

use jsonwebtoken::crypto::{CryptoProvider, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};

use super::hs256::Hs256;

/// A provider that signs and verifies with HS256 and refuses every other algorithm with an error.
///
/// Made the process's own with `HS256_ONLY.install_default()`.
pub static HS256_ONLY: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(signing_key(*algorithm, key)?)),
    verifier_factory: |algorithm, key| Ok(Box::new(verification_key(*algorithm, key)?)),
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(unsupported()),
        rsa_pub_components_from_public_key: |_| Err(unsupported()),
        ec_pub_components_from_private_key: |_, _| Err(unsupported()),
        ed_pub_components_from_private_key: |_, _| Err(unsupported()),
        compute_digest: |_, _| Err(unsupported()),
    },
};

fn signing_key(algorithm: Algorithm, key: &EncodingKey) -> Result<Hs256> {
    check(algorithm, key.family())?;
    Ok(Hs256::new(key.as_bytes()))
}

fn verification_key(algorithm: Algorithm, key: &DecodingKey) -> Result<Hs256> {
    check(algorithm, key.family())?;
    Ok(Hs256::new(key.try_get_as_bytes()?))
}

fn check(algorithm: Algorithm, family: AlgorithmFamily) -> Result<()> {
    if algorithm == Algorithm::HS256 && family == AlgorithmFamily::Hmac {
        return Ok(());
    }
    Err(unsupported())
}

fn unsupported() -> Error {
    ErrorKind::UnsupportedAlgorithm.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mwt::{Claims, Keys, NewToken, Verifier, create};
    use crate::path::Path;
    use jsonwebtoken::jwk::{EllipticCurve, ThumbprintHash};
    use jsonwebtoken::{Header, Validation, decode, encode};
    use serde_json::json;

    const SECRET: &[u8] = b"mizan-vector-secret-0123456789ab";
    const OTHERS: [Algorithm; 11] = [
        Algorithm::HS384,
        Algorithm::HS512,
        Algorithm::RS256,
        Algorithm::RS384,
        Algorithm::RS512,
        Algorithm::PS256,
        Algorithm::PS384,
        Algorithm::PS512,
        Algorithm::ES256,
        Algorithm::ES384,
        Algorithm::EdDSA,
    ];

    fn install() {
        // Every test of this process installs the same provider; only the first one does it.
        let _ = HS256_ONLY.install_default();
    }

    fn key() -> Hs256 {
        crate::mwt::signing_key(SECRET, &Path::root("secret")).unwrap()
    }

    fn verifier_of_ours() -> Verifier {
        Verifier::new(Keys::One(key()), None, 0).unwrap()
    }

    fn claims() -> serde_json::Value {
        json!({"sub": "42", "pkey": "p", "iat": 100, "nbf": 100, "exp": 400, "staff": true, "super": false})
    }

    #[test]
    fn our_tokens_pass_jsonwebtoken() {
        install();
        let token = NewToken {
            staff: true,
            ..NewToken::new("42", "p", 100)
        };
        let token = create(&key(), &token).unwrap();
        let mut rules = Validation::new(Algorithm::HS256);
        rules.validate_exp = false;
        let read = decode::<serde_json::Value>(&token, &DecodingKey::from_secret(SECRET), &rules);
        let read = read.unwrap();
        assert_eq!(read.claims, claims());
        assert_eq!(read.header.typ.as_deref(), Some("JWT"));
        let wrong = DecodingKey::from_secret(b"another-vector-secret-0123456789");
        let refusal = decode::<serde_json::Value>(&token, &wrong, &rules).unwrap_err();
        assert_eq!(refusal.kind(), &ErrorKind::InvalidSignature);
    }

    #[test]
    fn tokens_of_jsonwebtoken_pass_here() {
        install();
        let secret = EncodingKey::from_secret(SECRET);
        let token = encode(&Header::new(Algorithm::HS256), &claims(), &secret).unwrap();
        let read = verifier_of_ours().decode(&token, 200).unwrap();
        let expected = Claims {
            sub: "42".into(),
            pkey: "p".into(),
            iat: 100,
            nbf: 100,
            exp: 400,
            staff: true,
            superuser: false,
            aud: None,
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn every_other_algorithm_is_an_error() {
        install();
        for algorithm in OTHERS {
            let signing =
                (HS256_ONLY.signer_factory)(&algorithm, &EncodingKey::from_secret(SECRET));
            let refusal = signing.err().unwrap();
            assert_eq!(refusal.kind(), &ErrorKind::UnsupportedAlgorithm);
            let checking =
                (HS256_ONLY.verifier_factory)(&algorithm, &DecodingKey::from_secret(SECRET));
            let refusal = checking.err().unwrap();
            assert_eq!(refusal.kind(), &ErrorKind::UnsupportedAlgorithm);
        }
        let secret = EncodingKey::from_secret(SECRET);
        assert!(encode(&Header::new(Algorithm::HS512), &claims(), &secret).is_err());
    }

    #[test]
    fn asymmetric_keys_are_an_error() {
        let hs256 = Algorithm::HS256;
        assert!((HS256_ONLY.signer_factory)(&hs256, &EncodingKey::from_rsa_der(SECRET)).is_err());
        assert!((HS256_ONLY.verifier_factory)(&hs256, &DecodingKey::from_rsa_der(SECRET)).is_err());
        let modulus = DecodingKey::from_rsa_raw_components(SECRET, SECRET);
        assert!((HS256_ONLY.verifier_factory)(&hs256, &modulus).is_err());
    }

    #[test]
    fn keys_are_never_taken_apart() {
        let utils = &HS256_ONLY.key_utils;
        assert!((utils.rsa_pub_components_from_private_key)(b"").is_err());
        assert!((utils.rsa_pub_components_from_public_key)(b"").is_err());
        assert!((utils.ec_pub_components_from_private_key)(b"", Algorithm::ES256).is_err());
        assert!((utils.ed_pub_components_from_private_key)(b"", &EllipticCurve::Ed25519).is_err());
        assert!((utils.compute_digest)(b"", ThumbprintHash::SHA256).is_err());
    }
}
