//! HMAC-SHA256 with a prepared state (RFC 2104), for keys, seals and tokens.

use std::fmt;

use hmac::KeyInit;
use hmac::block_api::HmacCore;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use hmac::digest::{CtOutput, Output};
use sha2::Sha256;

/// The length of a tag in bytes.
pub const TAG_LENGTH: usize = 32;

type Core = HmacCore<Sha256>;

/// An HMAC-SHA256 key, hashed into its state once; signing and verifying copy that state.
///
/// The state alone: a copy of `Hmac`, which has the buffer of a message beside it, takes a tenth of the time of a short
/// message's tag.
#[derive(Clone)]
pub struct Hs256 {
    keyed: Core,
}

impl Hs256 {
    /// Prepares a key of any length (RFC 2104: longer than a block is hashed, shorter padded).
    #[allow(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "HMAC has no length that it refuses"
    )]
    pub fn new(key: &[u8]) -> Self {
        Self {
            keyed: Core::new_from_slice(key).expect("a key of any length"),
        }
    }

    /// The tag of a message given in parts.
    pub fn tag<'m>(&self, parts: impl IntoIterator<Item = &'m [u8]>) -> [u8; TAG_LENGTH] {
        self.output(parts).into()
    }

    /// Whether `tag` is that of a message given in parts, compared in constant time.
    pub fn matches<'m>(&self, parts: impl IntoIterator<Item = &'m [u8]>, tag: &[u8]) -> bool {
        let same = |tag| CtOutput::<Core>::new(tag) == CtOutput::new(self.output(parts));
        Output::<Core>::try_from(tag).is_ok_and(same)
    }

    fn output<'m>(&self, parts: impl IntoIterator<Item = &'m [u8]>) -> Output<Core> {
        let (mut keyed, mut buffer) = (self.keyed.clone(), Buffer::<Core>::default());
        for part in parts {
            buffer.digest_blocks(part, |blocks| keyed.update_blocks(blocks));
        }
        let mut tag = Output::<Core>::default();
        keyed.finalize_fixed_core(&mut buffer, &mut tag);
        tag
    }
}

/// Says nothing of the key.
impl fmt::Debug for Hs256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hs256").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escape::write_hex;

    fn hex(key: &[u8], message: &[u8]) -> String {
        let mut out = Vec::new();
        write_hex(&mut out, &Hs256::new(key).tag([message]));
        String::from_utf8(out).unwrap()
    }

    /// RFC 4231, test cases 1, 2, 6 and 7: a short key, a shorter one, and two longer than a block.
    #[test]
    fn published_vectors() {
        let long_data = b"This is a test using a larger than block-size key and a larger than \
            block-size data. The key needs to be hashed before being used by the HMAC algorithm.";
        let cases: [(&[u8], &[u8], &str); 4] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                long_data,
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ];
        for (key, message, tag) in cases {
            assert_eq!(hex(key, message), tag);
        }
    }

    #[test]
    fn tags_of_another_length_do_not_match() {
        let key = Hs256::new(b"key");
        let tag = key.tag([&b"message"[..]]);
        assert!(key.matches([&b"message"[..]], &tag));
        assert!(!key.matches([&b"message"[..]], &tag[..31]));
        assert!(!key.matches([&b"message"[..]], &[&tag[..], b"x"].concat()));
        assert!(!key.matches([&b"message"[..]], b""));
    }

    #[test]
    fn debugging_shows_no_key() {
        assert_eq!(format!("{:?}", Hs256::new(b"key")), "Hs256 { .. }");
    }
}
