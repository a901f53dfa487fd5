//! The permission key (docs/protocol.md section 4): a digest of what a user may do.

use sha2::{Digest, Sha256};

use crate::canonical::{Form, Writer};
use crate::error::Result;
use crate::escape::write_hex;
use crate::path::Path;

/// The length of a permission key in hex digits.
pub const PERMISSION_KEY_LENGTH: usize = 32;

/// A digest that changes whenever the flags or the permissions do.
///
/// The permissions come in any order; repeated ones count once.
pub fn permission_key<'a>(
    staff: bool,
    superuser: bool,
    permissions: impl IntoIterator<Item = &'a str>,
) -> Result<String> {
    let mut names: Vec<&str> = permissions.into_iter().collect();
    names.sort_unstable();
    names.dedup();
    let digest = Sha256::digest(payload(staff, superuser, &names)?);
    let mut key = Vec::with_capacity(PERMISSION_KEY_LENGTH);
    write_hex(&mut key, &digest[..PERMISSION_KEY_LENGTH / 2]);
    Ok(String::from_utf8(key).unwrap_or_default())
}

fn payload(staff: bool, superuser: bool, names: &[&str]) -> Result<Vec<u8>> {
    let (mut out, path) = (Vec::new(), Path::root("permissions"));
    let mut writer = Writer::new(&mut out, Form::Canonical);
    writer.begin_object(&path)?;
    writer.key("perms");
    writer.begin_array(&path)?;
    for name in names {
        writer.string(name);
    }
    writer.end_array();
    writer.key("staff");
    writer.bool(staff);
    writer.key("super");
    writer.bool(superuser);
    writer.end_object();
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_is_canonical() {
        let payload = payload(true, false, &["a.b", "ü"]).unwrap();
        let expected = br#"{"perms":["a.b","\u00fc"],"staff":true,"super":false}"#;
        assert_eq!(payload, expected);
    }

    #[test]
    fn order_and_repetition_do_not_matter() {
        let key = permission_key(true, false, ["b", "a", "b"]).unwrap();
        assert_eq!(permission_key(true, false, ["a", "b"]).unwrap(), key);
        assert_eq!(key.len(), PERMISSION_KEY_LENGTH);
        assert_ne!(permission_key(false, true, ["a", "b"]).unwrap(), key);
        assert_ne!(permission_key(true, false, ["a"]).unwrap(), key);
    }
}
