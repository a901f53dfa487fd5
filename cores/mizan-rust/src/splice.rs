//! Bytes made of parts of two kinds: those written here, and large ones that are somebody else's.

use std::mem::take;

/// A text under construction that borrows its large parts, so that each is copied once: to where the
/// whole is needed.
#[derive(Clone, Debug, Default)]
pub struct Splice<'a> {
    /// Each borrowed part, after what was written in front of it.
    parts: Vec<(Vec<u8>, &'a [u8])>,
    /// What has been written since the last borrowed part.
    end: Vec<u8>,
}

impl<'a> Splice<'a> {
    /// Where to write what comes next.
    pub(crate) fn own(&mut self) -> &mut Vec<u8> {
        &mut self.end
    }

    /// Puts a borrowed part next.
    pub(crate) fn borrow(&mut self, part: &'a [u8]) {
        self.parts.push((take(&mut self.end), part));
    }

    /// Everything in order; some of the pieces may be empty.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let parts = self.parts.iter();
        parts
            .flat_map(|(own, borrowed)| [own.as_slice(), borrowed])
            .chain([self.end.as_slice()])
    }

    /// How many bytes the whole has.
    pub fn len(&self) -> usize {
        self.pieces().map(<[u8]>::len).sum()
    }

    /// Whether the whole has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole, copied.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut whole = Vec::with_capacity(self.len());
        self.pieces()
            .for_each(|piece| whole.extend_from_slice(piece));
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_is_empty() {
        assert!(Splice::default().is_empty());
        assert_eq!(Splice::default().to_vec(), b"");
    }

    proptest! {
        #[test]
        fn parts_come_in_the_order_in_which_they_were_put(
            parts in prop::collection::vec((any::<bool>(), ".{0,4}"), 0..8)
        ) {
            let mut splice = Splice::default();
            for (borrowed, part) in &parts {
                if *borrowed {
                    splice.borrow(part.as_bytes());
                } else {
                    splice.own().extend_from_slice(part.as_bytes());
                }
            }
            let whole: String = parts.iter().map(|(_, part)| part.as_str()).collect();
            prop_assert_eq!(splice.len(), whole.len());
            prop_assert_eq!(splice.is_empty(), whole.is_empty());
            prop_assert_eq!(splice.to_vec(), whole.into_bytes());
        }
    }
}
