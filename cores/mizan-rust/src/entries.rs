//! The stored form of a cached bundle (docs/protocol.md section 10): a format byte, the number of its
//! tags, their versions, the body.

use crate::error::{Error, Result};
use crate::splice::Splice;

/// How many bytes the version of a tag has.
pub const VERSION_LENGTH: usize = 8;

const FORMAT: u8 = 1;

/// An entry of `body` that is valid while its tags have `versions`.
///
/// A value error unless there are 1 to 255 versions of [`VERSION_LENGTH`] bytes each.
pub fn seal<'b, V: AsRef<[u8]>>(versions: &[V], body: &'b [u8]) -> Result<Splice<'b>> {
    let count = tag_count(versions.len())
        .ok_or_else(|| refused(format_args!("1 to {} of them", u8::MAX)))?;
    let mut entry = Splice::default();
    let head = entry.own();
    head.reserve_exact(2 + VERSION_LENGTH * versions.len());
    head.extend_from_slice(&[FORMAT, count]);
    for version in versions.iter().map(AsRef::as_ref) {
        if version.len() != VERSION_LENGTH {
            return Err(refused(format_args!("{VERSION_LENGTH} bytes each")));
        }
        head.extend_from_slice(version);
    }
    entry.borrow(body);
    Ok(entry)
}

/// The body of `entry` if it is of this format and every tag has still the version that it was sealed
/// with.
///
/// `versions` are what the tags have now, in the same order; None for one that is missing, which
/// counts as changed.
pub fn unseal<'e, V: AsRef<[u8]>>(entry: &'e [u8], versions: &[Option<V>]) -> Option<&'e [u8]> {
    let count = tag_count(versions.len())?;
    let sealed = entry.strip_prefix(&[FORMAT, count])?;
    let (head, body) = sealed.split_at_checked(VERSION_LENGTH * versions.len())?;
    let is_current = |(sealed, now): (&[u8], &Option<V>)| {
        now.as_ref()
            .is_some_and(|version| version.as_ref() == sealed)
    };
    let mut pairs = head.chunks_exact(VERSION_LENGTH).zip(versions);
    pairs.all(is_current).then_some(body)
}

fn tag_count(count: usize) -> Option<u8> {
    u8::try_from(count).ok().filter(|count| *count > 0)
}

fn refused(expected: std::fmt::Arguments<'_>) -> Error {
    Error::Value(format!("versions: expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OLD: [u8; 8] = *b"version1";
    const NEW: [u8; 8] = *b"version2";

    fn sealed(versions: &[[u8; 8]], body: &[u8]) -> Vec<u8> {
        seal(versions, body).unwrap().to_vec()
    }

    fn refusal(versions: &[&[u8]]) -> String {
        seal(versions, b"").unwrap_err().to_string()
    }

    #[test]
    fn an_entry_is_its_head_and_its_body() {
        assert_eq!(sealed(&[OLD, NEW], b"{}"), b"\x01\x02version1version2{}");
        assert_eq!(sealed(&[OLD; 255], b"").len(), 2 + 255 * 8);
    }

    #[test]
    fn versions_that_cannot_be_stored_are_refused() {
        assert_eq!(refusal(&[]), "versions: expected 1 to 255 of them");
        assert_eq!(
            refusal(&[&OLD[..]; 256]),
            "versions: expected 1 to 255 of them"
        );
        assert_eq!(
            refusal(&[&OLD, b"short"]),
            "versions: expected 8 bytes each"
        );
    }

    #[test]
    fn only_the_versions_of_then_open_it() {
        let entry = sealed(&[OLD, NEW], b"body");
        let cases: [&[Option<&[u8]>]; 8] = [
            &[Some(&OLD), Some(&OLD)],
            &[Some(&NEW), Some(&OLD)],
            &[Some(&OLD), None],
            &[Some(&OLD)],
            &[Some(&OLD), Some(&NEW), Some(&NEW)],
            &[Some(b"version1version2"), Some(b"")],
            &[Some(b""), Some(b"version1version2")],
            &[],
        ];
        assert_eq!(unseal(&entry, &[Some(OLD), Some(NEW)]), Some(&b"body"[..]));
        for versions in cases {
            assert_eq!(unseal(&entry, versions), None, "{versions:?}");
        }
    }

    #[test]
    fn what_is_no_entry_is_not_opened() {
        let entries: [&[u8]; 6] = [
            b"",
            b"\x01",
            b"\x01\x01",
            b"\x01\x01version",
            b"\x00\x01version1body",
            b"\x02\x01version1body",
        ];
        for entry in entries {
            assert_eq!(unseal(entry, &[Some(OLD)]), None, "{entry:?}");
        }
        assert_eq!(unseal::<&[u8]>(b"\x01\x00body", &[]), None);
        assert_eq!(unseal(b"\x01\x01versio", &[Some(b"versio")]), None);
        let many = [&[1, 0][..], &OLD.repeat(256)].concat();
        assert_eq!(unseal(&many, &[Some(OLD); 256]), None);
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_until_a_version_changes(
            versions in prop::collection::vec(any::<[u8; 8]>(), 1..=255),
            body in prop::collection::vec(any::<u8>(), 0..100),
            place in any::<prop::sample::Index>(),
            byte in 0..8_usize,
            change in 1..=255_u8,
        ) {
            let entry = sealed(&versions, &body);
            let mut now = versions;
            let opened = |now: &[[u8; 8]]| {
                let known: Vec<_> = now.iter().map(Some).collect();
                unseal(&entry, &known).map(<[u8]>::to_vec)
            };
            prop_assert_eq!(opened(&now), Some(body));
            let changed = place.index(now.len());
            now[changed][byte] ^= change;
            prop_assert_eq!(opened(&now), None);
        }

        #[test]
        fn any_bytes_can_be_met_in_a_store(
            entry in prop::collection::vec(any::<u8>(), 0..40),
            versions in prop::collection::vec(
                prop::option::of(prop::collection::vec(any::<u8>(), 0..10)), 0..4
            ),
        ) {
            if let Some(body) = unseal(&entry, &versions) {
                let known: Vec<_> = versions.into_iter().flatten().collect();
                prop_assert_eq!(seal(&known, body).unwrap().to_vec(), entry);
            }
        }
    }
}
