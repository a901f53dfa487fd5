//! Cache keys (docs/protocol.md section 3).

use crate::checks::{MAX_INTEGER, filled, in_range};
use crate::error::{Error, Problem, Result};
use crate::escape::{write_hex, write_string};
use crate::hs256::Hs256;
use crate::number::write_integer;
use crate::plain::{self, PlainMembers, PlainWriter};
use crate::value::Members;

/// Whose entry of which context, at which revision of the code that builds it.
#[derive(Clone, Copy, Debug)]
pub struct KeyBase<'a> {
    /// The context's name.
    pub context: &'a str,
    /// The viewer, None for an entry that all share; never empty.
    pub user_id: Option<&'a str>,
    /// Revision of the code that builds the entry, 0..=2^53-1.
    pub rev: i64,
}

/// Derives keys and tags ([`tags`](crate::tags)), and seals entries ([`entries`](crate::entries)),
/// with one prepared HMAC state.
#[derive(Clone, Debug)]
pub struct CacheKeyer {
    pub(crate) mac: Hs256,
}

impl CacheKeyer {
    /// A keyer for a secret, which must not be empty.
    pub fn new(secret: &[u8]) -> Result<Self> {
        if secret.is_empty() {
            return Err(Error::invalid("secret", Problem::Empty));
        }
        Ok(Self {
            mac: Hs256::new(secret),
        })
    }

    /// The key of an entry; `1` and `1.0` in `params` give one key, `vary` None and empty too.
    pub fn derive(
        &self,
        base: &KeyBase<'_>,
        params: Option<&Members>,
        vary: Option<&Members>,
    ) -> Result<String> {
        self.derive_with(
            base,
            |object| object.extend(params, "params"),
            vary.map(|vary| |object: &mut PlainWriter<'_>| object.extend(Some(vary), "vary")),
        )
    }

    /// As [`derive`](Self::derive), with the members of `params` and `vary` pushed by the caller.
    pub fn derive_with<E: From<Error>>(
        &self,
        base: &KeyBase<'_>,
        params: impl FnOnce(&mut PlainWriter<'_>) -> Result<(), E>,
        vary: Option<impl FnOnce(&mut PlainWriter<'_>) -> Result<(), E>>,
    ) -> Result<String, E> {
        let (json, ()) = payload(base, |json| plain::write(json, params), vary)?;
        Ok(self.key_of(base.context, &json))
    }

    /// The key of the entry that `payload` describes.
    pub fn key(&self, payload: &Payload<'_>) -> String {
        self.key_of(payload.context, &payload.json)
    }

    fn key_of(&self, context: &str, json: &[u8]) -> String {
        labelled("ctx:", context, &self.mac.tag([json]))
    }
}

/// A label, a context and a digest in hex.
pub(crate) fn labelled(label: &str, context: &str, digest: &[u8]) -> String {
    let length = label.len() + context.len() + ":".len() + 2 * digest.len();
    let mut text = Vec::with_capacity(length);
    text.extend_from_slice(label.as_bytes());
    text.extend_from_slice(context.as_bytes());
    text.push(b':');
    write_hex(&mut text, digest);
    String::from_utf8(text).unwrap_or_default()
}

/// What decides the content of an entry, as it is hashed, and what `params` says of the parameters
/// that it has written.
fn payload<P, E: From<Error>>(
    base: &KeyBase<'_>,
    params: impl FnOnce(&mut Vec<u8>) -> Result<P, E>,
    vary: Option<impl FnOnce(&mut PlainWriter<'_>) -> Result<(), E>>,
) -> Result<(Vec<u8>, P), E> {
    let viewer = base
        .user_id
        .map(|viewer| filled(viewer, "user_id"))
        .transpose()?;
    let rev = in_range(Some(base.rev), "rev", 0, MAX_INTEGER)?;
    let mut json = Vec::with_capacity(256);
    json.extend_from_slice(b"{\"c\":");
    write_string(&mut json, base.context);
    json.extend_from_slice(b",\"p\":");
    let params = params(&mut json)?;
    json.extend_from_slice(b",\"r\":");
    write_integer(&mut json, rev);
    if let Some(viewer) = viewer {
        json.extend_from_slice(b",\"u\":");
        write_string(&mut json, viewer);
    }
    if let Some(vary) = vary {
        write_vary(&mut json, vary)?;
    }
    json.push(b'}');
    Ok((json, params))
}

/// Nothing where there is nothing.
fn write_vary<E>(
    json: &mut Vec<u8>,
    vary: impl FnOnce(&mut PlainWriter<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let end = json.len();
    json.extend_from_slice(b",\"v\":");
    plain::write(json, vary)?;
    if json.ends_with(b",\"v\":{}") {
        json.truncate(end);
    }
    Ok(())
}

/// What decides the content of an entry, as it is hashed.
#[derive(Clone, Debug)]
pub struct Payload<'a> {
    pub(crate) context: &'a str,
    json: Vec<u8>,
    params: PlainMembers,
}

impl<'a> Payload<'a> {
    /// The payload of an entry, or what is wrong with the first of the arguments that is refused.
    pub fn new(
        base: &KeyBase<'a>,
        params: Option<&Members>,
        vary: Option<&Members>,
    ) -> Result<Self> {
        Self::new_with(
            base,
            |object| object.extend(params, "params"),
            vary.map(|vary| |object: &mut PlainWriter<'_>| object.extend(Some(vary), "vary")),
        )
    }

    /// As [`new`](Self::new), with the members of `params` and `vary` pushed by the caller.
    pub fn new_with<E: From<Error>>(
        base: &KeyBase<'a>,
        params: impl FnOnce(&mut PlainWriter<'_>) -> Result<(), E>,
        vary: Option<impl FnOnce(&mut PlainWriter<'_>) -> Result<(), E>>,
    ) -> Result<Self, E> {
        let (json, params) = payload(base, |json| PlainMembers::write(json, params), vary)?;
        Ok(Self {
            context: base.context,
            json,
            params,
        })
    }

    /// The value of a parameter; both as they stand in JSON.
    pub(crate) fn param(&self, name: &[u8]) -> Option<&[u8]> {
        let mut params = self.params.of(&self.json);
        params.find_map(|(known, value)| (known == name).then_some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    const BASE: KeyBase<'_> = KeyBase {
        context: "user",
        user_id: None,
        rev: 0,
    };

    fn keyer() -> CacheKeyer {
        CacheKeyer::new(b"mizan-vector-secret-0123456789ab").unwrap()
    }

    fn members<const N: usize>(members: [(&str, Value); N]) -> Members {
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    #[test]
    fn the_payload_is_canonical() {
        let base = KeyBase {
            context: "a\"b",
            user_id: Some("42"),
            rev: 3,
        };
        let params = members([("n", Value::Int(5)), ("l", Value::List(vec![Value::Null]))]);
        let payload = Payload::new(&base, Some(&params), Some(&params));
        let expected =
            r#"{"c":"a\"b","p":{"l":[null],"n":5},"r":3,"u":"42","v":{"l":[null],"n":5}}"#;
        assert_eq!(String::from_utf8(payload.unwrap().json).unwrap(), expected);
    }

    #[test]
    fn equal_numbers_give_one_key_and_their_text_another() {
        let key = |value| {
            let params = members([("user_id", value)]);
            keyer().derive(&BASE, Some(&params), None).unwrap()
        };
        assert_eq!(key(Value::Int(5)), key(Value::Float(5.0)));
        let digest = "4449abb635928367ec058eb0b0bb2620d1fc1a7f255b6d12a7cb663eae1769aa";
        assert_eq!(key(Value::from("5")), format!("ctx:user:{digest}"));
        assert_ne!(key(Value::from("5")), key(Value::Int(5)));
        assert_ne!(key(Value::from("null")), key(Value::Null));
    }

    #[test]
    fn none_and_empty_are_one() {
        let key = keyer().derive(&BASE, None, None).unwrap();
        let empty = Members::new();
        assert_eq!(
            keyer().derive(&BASE, Some(&empty), Some(&empty)).unwrap(),
            key
        );
    }

    #[test]
    fn everything_that_decides_the_content_decides_the_key() {
        let params = members([("a", Value::Int(1))]);
        let keys = [
            keyer().derive(&BASE, None, None),
            keyer().derive(&BASE, Some(&params), None),
            keyer().derive(&BASE, None, Some(&params)),
            keyer().derive(
                &KeyBase {
                    user_id: Some("1"),
                    ..BASE
                },
                None,
                None,
            ),
            keyer().derive(&KeyBase { rev: 1, ..BASE }, None, None),
            keyer().derive(
                &KeyBase {
                    context: "users",
                    ..BASE
                },
                None,
                None,
            ),
            CacheKeyer::new(b"other").unwrap().derive(&BASE, None, None),
        ];
        let distinct: std::collections::HashSet<_> = keys.into_iter().map(Result::unwrap).collect();
        assert_eq!(distinct.len(), 7);
    }

    #[test]
    fn refusals_come_in_the_order_of_the_arguments() {
        assert_eq!(
            CacheKeyer::new(b"").unwrap_err(),
            Error::invalid("secret", Problem::Empty)
        );
        let wrong = members([("f", Value::Float(f64::NAN))]);
        let base = KeyBase {
            user_id: Some(""),
            rev: -1,
            ..BASE
        };
        let refusal = |base: &KeyBase<'_>| keyer().derive(base, Some(&wrong), None).unwrap_err();
        assert_eq!(refusal(&base).to_string(), "user_id: must not be empty");
        let base = KeyBase {
            user_id: None,
            ..base
        };
        assert_eq!(
            refusal(&base).to_string(),
            "rev: expected 0 to 9007199254740991"
        );
        assert_eq!(
            refusal(&BASE).to_string(),
            "params.f: NaN and infinities have no JSON form"
        );
        let error = keyer().derive(&BASE, None, Some(&wrong)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "vary.f: NaN and infinities have no JSON form"
        );
    }
}
