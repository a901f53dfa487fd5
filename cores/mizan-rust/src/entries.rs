//! The stored form of a cached bundle (docs/protocol.md section 10): a format byte, an HMAC, the
//! versions of its tags, the body.
//!
//! ```
//! use mizan_core::cache_key::{CacheKeyer, KeyBase};
//! use mizan_core::entries::Unsealed;
//!
//! let keyer = CacheKeyer::new(b"a secret of the cache")?;
//! let base = KeyBase { context: "user", user_id: Some("42"), rev: 0 };
//! let key = keyer.derive(&base, None, None)?;
//!
//! let entry = keyer.seal(&key, &[b"1"], b"{}")?.to_vec();
//! assert_eq!(keyer.unseal(&key, &entry, &[Some(b"1")])?, Unsealed::Body(b"{}"));
//! assert_eq!(keyer.unseal(&key, &entry, &[Some(b"2")])?, Unsealed::Stale);
//! # Ok::<(), mizan_core::Error>(())
//! ```

use crate::cache_key::CacheKeyer;
use crate::error::{Error, Problem, Result};
use crate::hs256::TAG_LENGTH;
use crate::splice::Splice;

/// The first byte of an entry, and of what its HMAC is over; what keys are made of begins with `{`.
const FORMAT: u8 = 2;

/// The format without an HMAC.
const OLD_FORMAT: u8 = 1;

/// What `unseal` found in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsealed<'e> {
    /// Its body; every tag has still the version that it was sealed with.
    Body(&'e [u8]),
    /// A tag has changed, or the entry is of an older format.
    Stale,
}

impl CacheKeyer {
    /// An entry of `body` to be stored under `key`, valid while its tags have `versions`.
    ///
    /// A value error unless there are 1 to 255 versions of 1 to 255 bytes each.
    pub fn seal<'b, V: AsRef<[u8]>>(
        &self,
        key: &str,
        versions: &[V],
        body: &'b [u8],
    ) -> Result<Splice<'b>> {
        let head = head(versions)?;
        let tag = self.entry_tag(key, [&head, body]);
        let mut entry = Splice::default();
        let start = entry.own();
        start.reserve_exact(1 + TAG_LENGTH + head.len());
        start.push(FORMAT);
        start.extend_from_slice(&tag);
        start.extend_from_slice(&head);
        entry.borrow(body);
        Ok(entry)
    }

    /// The body of `entry`, if it is what this secret sealed under `key` and every tag has still the
    /// version of then.
    ///
    /// `versions` are what the tags have now, in the same order; None for one that is missing, which
    /// counts as changed. [`Error::ForgedEntry`] for what this secret has not sealed under this key.
    pub fn unseal<'e, V: AsRef<[u8]>>(
        &self,
        key: &str,
        entry: &'e [u8],
        versions: &[Option<V>],
    ) -> Result<Unsealed<'e>> {
        if entry.first() == Some(&OLD_FORMAT) {
            return Ok(Unsealed::Stale);
        }
        let sealed = entry.strip_prefix(&[FORMAT]).ok_or(Error::ForgedEntry)?;
        let (tag, content) = sealed
            .split_at_checked(TAG_LENGTH)
            .ok_or(Error::ForgedEntry)?;
        if !self.is_entry_tag(key, [content], tag) {
            return Err(Error::ForgedEntry);
        }
        Ok(current_body(content, versions).map_or(Unsealed::Stale, Unsealed::Body))
    }

    fn entry_tag<const N: usize>(&self, key: &str, content: [&[u8]; N]) -> [u8; TAG_LENGTH] {
        let start = authenticated_start(key);
        self.mac.tag(parts(&start, key, &content))
    }

    fn is_entry_tag<const N: usize>(&self, key: &str, content: [&[u8]; N], tag: &[u8]) -> bool {
        let start = authenticated_start(key);
        self.mac.matches(parts(&start, key, &content), tag)
    }
}

/// The number of tags, and each version behind its length.
fn head<V: AsRef<[u8]>>(versions: &[V]) -> Result<Vec<u8>> {
    let count =
        length(versions.len()).ok_or_else(|| refused(format_args!("1 to {} of them", u8::MAX)))?;
    let mut head = vec![count];
    for version in versions.iter().map(AsRef::as_ref) {
        let length = length(version.len())
            .ok_or_else(|| refused(format_args!("1 to {} bytes each", u8::MAX)))?;
        head.push(length);
        head.extend_from_slice(version);
    }
    Ok(head)
}

/// The body behind the head, when that holds just these versions.
fn current_body<'e, V: AsRef<[u8]>>(content: &'e [u8], versions: &[Option<V>]) -> Option<&'e [u8]> {
    let mut rest = content.strip_prefix(&[length(versions.len())?])?;
    for version in versions {
        let version = version.as_ref()?.as_ref();
        rest = rest.strip_prefix(&[length(version.len())?])?;
        rest = rest.strip_prefix(version)?;
    }
    Some(rest)
}

/// What the HMAC is over in front of the key: the format, and the key's length in bytes.
fn authenticated_start(key: &str) -> [u8; 9] {
    let length = u64::try_from(key.len()).unwrap_or(u64::MAX).to_be_bytes();
    let mut start = [FORMAT; 9];
    start[1..].copy_from_slice(&length);
    start
}

fn parts<'p>(
    start: &'p [u8],
    key: &'p str,
    content: &'p [&'p [u8]],
) -> impl Iterator<Item = &'p [u8]> {
    [start, key.as_bytes()]
        .into_iter()
        .chain(content.iter().copied())
}

/// A count that one byte can hold; none of nothing.
fn length(count: usize) -> Option<u8> {
    u8::try_from(count).ok().filter(|count| *count > 0)
}

fn refused(expected: std::fmt::Arguments<'_>) -> Error {
    Error::invalid("versions", Problem::expected(expected.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "ctx:user:1";
    const OLD: [u8; 8] = *b"version1";
    const NEW: &[u8] = b"v2";

    fn keyer() -> CacheKeyer {
        CacheKeyer::new(b"mizan-vector-secret-0123456789ab").unwrap()
    }

    fn sealed(versions: &[&[u8]], body: &[u8]) -> Vec<u8> {
        keyer().seal(KEY, versions, body).unwrap().to_vec()
    }

    fn refusal(versions: &[&[u8]]) -> String {
        let keyer = keyer();
        keyer.seal(KEY, versions, b"").unwrap_err().to_string()
    }

    #[test]
    fn an_entry_is_format_tag_versions_and_body() {
        let entry = sealed(&[&OLD, NEW], b"{}");
        let content = b"\x02\x08version1\x02v2{}";
        assert_eq!(entry[0], 2);
        assert_eq!(&entry[33..], content);
        let message = [b"\x02\0\0\0\0\0\0\0\x0actx:user:1", &content[..]].concat();
        assert_eq!(entry[1..33], keyer().mac.tag([&message[..]]));
    }

    #[test]
    fn versions_that_cannot_be_stored_are_refused() {
        assert_eq!(refusal(&[]), "versions: expected 1 to 255 of them");
        assert_eq!(
            refusal(&[&OLD[..]; 256]),
            "versions: expected 1 to 255 of them"
        );
        for version in [&b""[..], &[0; 256]] {
            assert_eq!(
                refusal(&[&OLD, version]),
                "versions: expected 1 to 255 bytes each"
            );
        }
        assert_eq!(sealed(&[&[0; 255][..]; 255], b"").len(), 33 + 1 + 255 * 256);
    }

    #[test]
    fn only_the_versions_of_then_open_it() {
        let entry = sealed(&[&OLD, NEW], b"body");
        let unsealed = |versions: &[Option<&[u8]>]| keyer().unseal(KEY, &entry, versions).unwrap();
        assert_eq!(unsealed(&[Some(&OLD), Some(NEW)]), Unsealed::Body(b"body"));
        let cases: [&[Option<&[u8]>]; 8] = [
            &[Some(&OLD), Some(&OLD)],
            &[Some(NEW), Some(&OLD)],
            &[Some(&OLD), None],
            &[Some(&OLD)],
            &[Some(&OLD), Some(NEW), Some(NEW)],
            &[Some(b"version1\x02v2")],
            &[Some(b""), Some(b"version1v2")],
            &[],
        ];
        for versions in cases {
            assert_eq!(unsealed(versions), Unsealed::Stale, "{versions:?}");
        }
    }

    #[test]
    fn what_was_not_sealed_here_is_forged() {
        let entry = sealed(&[&OLD], b"body");
        let now = [Some(OLD)];
        let other = CacheKeyer::new(b"another-secret-0123456789abcdefgh").unwrap();
        assert_eq!(other.unseal(KEY, &entry, &now), Err(Error::ForgedEntry));
        let moved = keyer().unseal("ctx:user:2", &entry, &now);
        assert_eq!(moved, Err(Error::ForgedEntry));
        for length in 0..entry.len() {
            let cut = keyer().unseal(KEY, &entry[..length], &now);
            assert_eq!(cut, Err(Error::ForgedEntry), "{length}");
        }
        let longer = [&entry[..], b" "].concat();
        assert_eq!(keyer().unseal(KEY, &longer, &now), Err(Error::ForgedEntry));
        let message = Error::ForgedEntry.to_string();
        assert_eq!(
            message,
            "the entry is not one that this secret has sealed under its key"
        );
    }

    #[test]
    fn an_entry_of_the_first_format_is_stale() {
        let now = [Some(OLD)];
        let found = keyer().unseal(KEY, b"\x01\x01version1body", &now);
        assert_eq!(found, Ok(Unsealed::Stale));
        let newer = keyer().unseal(KEY, b"\x03\x01version1body", &now);
        assert_eq!(newer, Err(Error::ForgedEntry));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_until_a_version_changes(
            versions in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..20), 1..=20),
            body in prop::collection::vec(any::<u8>(), 0..100),
            place in any::<prop::sample::Index>(),
            change in 1..=255_u8,
        ) {
            let (keyer, mut now) = (keyer(), versions);
            let entry = keyer.seal(KEY, &now, &body).unwrap().to_vec();
            let opened = |now: &[Vec<u8>]| {
                let known: Vec<_> = now.iter().map(Some).collect();
                match keyer.unseal(KEY, &entry, &known).unwrap() {
                    Unsealed::Body(body) => Some(body.to_vec()),
                    Unsealed::Stale => None,
                }
            };
            prop_assert_eq!(opened(&now), Some(body));
            let changed = place.index(now.len());
            now[changed][0] ^= change;
            prop_assert_eq!(opened(&now), None);
        }

        #[test]
        fn a_changed_byte_is_noticed(
            place in any::<prop::sample::Index>(),
            change in 1..=255_u8,
        ) {
            let mut entry = sealed(&[&OLD, NEW], b"body");
            let changed = place.index(entry.len());
            entry[changed] ^= change;
            let found = keyer().unseal(KEY, &entry, &[Some(&OLD[..]), Some(NEW)]);
            let expected = if entry[0] == 1 { Ok(Unsealed::Stale) } else { Err(Error::ForgedEntry) };
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_bytes_can_be_met_in_a_store(entry in prop::collection::vec(any::<u8>(), 0..80)) {
            let found = keyer().unseal(KEY, &entry, &[Some(OLD)]);
            prop_assert!(!matches!(found, Ok(Unsealed::Body(_))));
        }
    }
}
