//! What a browser or a program sends: forms, JSON and the questions of an address, bounded, checked for forgery, cleaned
//! ([`crate::cleaning`]), refused by naming the field.

use crate::app::App;
use crate::cleaning::{self, CleanJson};
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::limits::{FORM_BYTES_MAX, FORM_FIELDS_MAX, JSON_BYTES_MAX};
use crate::once;
use crate::params::CSRF_TOKEN;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base::{Fault, Problem};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// An URL-encoded form of at most [`FORM_BYTES_MAX`], its `_csrf` token checked.
pub struct Form<T>(pub T);

/// The same form as names with all their values, for forms whose fields are data. `_csrf` is taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormMap(pub HashMap<String, Vec<String>>);

impl FormMap {
    /// First value of a field, without surrounding blanks; empty when absent.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", |v| v.trim())
    }

    /// First value of a field; none when absent or blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|v| !v.is_empty())
    }

    /// All values of a field (check boxes).
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A JSON body of at most [`JSON_BYTES_MAX`]. A shape that does not fit is 422 with the field's path.
pub struct Json<T>(pub T);

/// What an address asks after its `?`. A control character in it is a blank: an address is only looked at.
pub struct Query<T>(pub T);

/// Media type of a request without its parameters, lower-case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let text = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

pub(crate) async fn bounded(body: Body, max: usize) -> Result<Bytes, Fault> {
    use http_body_util::{BodyExt, LengthLimitError, Limited};
    match Limited::new(body, max).collect().await {
        Ok(all) => Ok(all.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Fault::TooLarge(Problem::new("web-body-too-large").arg("kilobytes", (max / 1024).to_string())))
        }
        Err(_) => Err(Fault::invalid(Problem::new("web-body-broken-off"))),
    }
}

/// The request's context and its pairs, once the token is found right.
async fn pairs(request: Request) -> Result<Vec<(String, String)>, Failure> {
    let (parts, body) = request.into_parts();
    let ctx = parts.extensions.get::<Ctx>();
    if media_type(&parts.headers) != "application/x-www-form-urlencoded" {
        return Err(Fault::UnsupportedType(Problem::new("web-form-expected")).into());
    }
    let bytes = bounded(body, FORM_BYTES_MAX).await?;
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_bytes(&bytes).map_err(|_| Fault::invalid(Problem::new("web-form-unreadable")))?;
    if pairs.len() > FORM_FIELDS_MAX {
        return Err(
            Fault::TooLarge(Problem::new("web-form-too-many-fields").arg("max", FORM_FIELDS_MAX.to_string())).into()
        );
    }
    let token = pairs.iter().find(|(name, _)| name == "_csrf").map(|(_, token)| token.as_str());
    if let Err(fault) = check_token(ctx, &parts.headers, token) {
        // A page of an earlier session of the same person: the words go back into it.
        if let Some(ctx) = ctx.filter(|ctx| ctx.actor.is_some()) {
            crate::kept::keep(ctx, &parts.headers, &pairs, false).await;
        }
        return Err(fault.into());
    }
    let once = pairs.iter().find(|(name, _)| name == "_once").map(|(_, key)| key.clone());
    if let Some(ctx) = ctx {
        ctx.typed.note(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())), false);
    }
    let said = once::said_in(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let mut pairs = cleaning::pairs(pairs).map_err(Fault::Invalid)?;
    pairs.retain(|(name, _)| !once::is_token(name));
    once::begin(ctx, &parts.headers, once.as_deref(), said).await?;
    Ok(crate::days::read(pairs))
}

/// The form's token, or the header's, must belong to the session (or to the anonymous visitor).
pub(crate) fn check_token(ctx: Option<&Ctx>, headers: &HeaderMap, in_form: Option<&str>) -> Result<(), Fault> {
    let in_header = CSRF_TOKEN.of(headers);
    let matches = |token: &str| ctx.is_some_and(|ctx| ctx.csrf_matches(token));
    // A program's token is sent by nobody's browser unasked.
    if ctx.is_some_and(|ctx| ctx.machine) || in_form.or(in_header).is_some_and(matches) {
        return Ok(());
    }
    Err(Fault::Forbidden(Problem::new("web-form-token")))
}

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        let pairs = pairs(request).await?;
        let encoded = serde_urlencoded::to_string(&pairs).map_err(Fault::internal)?;
        serde_urlencoded::from_str(&encoded)
            .map(Form)
            .map_err(|error| Failure(Fault::invalid(field_problem(&error.to_string(), None))))
    }
}

impl FromRequest<App> for FormMap {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        let mut map: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in pairs(request).await? {
            map.entry(name).or_default().push(value);
        }
        Ok(FormMap(map))
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let media_type = media_type(&parts.headers);
        if media_type != "application/json" && !media_type.ends_with("+json") {
            // Besides being what we read, this keeps a foreign page's plain form from being taken for a request.
            return Err(Failure(Fault::UnsupportedType(Problem::new("web-json-expected"))));
        }
        let bytes = bounded(body, JSON_BYTES_MAX).await?;
        let mut said = once::Said::new();
        said.add(&bytes);
        once::begin(parts.extensions.get::<Ctx>(), &parts.headers, None, Some(said)).await?;
        Ok(Json(read_json(&bytes)?))
    }
}

/// Reads a JSON text strictly, every text in it cleaned.
///
/// # Errors
/// 422 with the path of the field that does not fit.
pub(crate) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    // A list would be read as the fields in their order: nobody means that.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Fault::invalid(Problem::new("web-json-object")));
    }
    let named = |inner: serde_json::Error, path: String| {
        if inner.is_data() {
            Fault::invalid(field_problem(&inner.to_string(), Some(&path)))
        } else {
            Fault::invalid(Problem::new("web-json-unreadable").arg("line", inner.line().to_string()))
        }
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let CleanJson(mut clean) = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        named(error.into_inner(), path)
    })?;
    reader.end().map_err(|_| Fault::invalid(Problem::new("web-json-unreadable").arg("line", "1")))?;
    cleaning::one_line(&mut clean);
    serde_path_to_error::deserialize(clean).map_err(|error| {
        let path = error.path().to_string();
        named(error.into_inner(), path)
    })
}

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let uri = parts.uri.path_and_query().map_or("", |pq| pq.as_str());
        let encoded = serde_urlencoded::to_string(crate::table::query_pairs(uri)).map_err(Fault::internal)?;
        serde_urlencoded::from_str(&encoded)
            .map(Query)
            .map_err(|error| Failure(Fault::invalid(field_problem(&error.to_string(), None))))
    }
}

/// A problem naming the field out of serde's words: "missing field `name`", "duplicate field `name`", "unknown field
/// `name`, expected …"; for anything else the path (JSON) or no field.
fn field_problem(message: &str, path: Option<&str>) -> Problem {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with(cleaning::CONTROL) {
        let problem = Problem::new("base-text-control").arg("code", quoted);
        return match path.filter(|p| *p != ".") {
            Some(path) => problem.field(path),
            None => problem,
        };
    }
    let (code, name) = if message.starts_with("missing field") {
        ("web-field-missing", quoted)
    } else if message.starts_with("duplicate field") {
        ("web-field-twice", quoted)
    } else if message.starts_with("unknown field") {
        ("web-field-unknown", quoted)
    } else {
        ("web-field-wrong", "")
    };
    let inside = path.filter(|p| *p != ".").unwrap_or_default();
    let field = match (inside.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (false, true) => inside.to_owned(),
        (false, false) if inside.ends_with(name) => inside.to_owned(),
        (false, false) => format!("{inside}.{name}"),
    };
    Problem::new(code).arg("field", field.clone()).field(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_named_from_the_words_of_serde() {
        let p = field_problem("missing field `owner`", None);
        assert_eq!((p.code, p.field.as_deref()), ("web-field-missing", Some("owner")));
        let p = field_problem("unknown field `x`, expected `y`", Some("a.x"));
        assert_eq!((p.code, p.field.as_deref()), ("web-field-unknown", Some("a.x")));
        let p = field_problem("missing field `name`", Some("owner"));
        assert_eq!(p.field.as_deref(), Some("owner.name"));
        let p = field_problem("invalid type: string \"x\", expected i64", Some("fees[0].amount"));
        assert_eq!((p.code, p.field.as_deref()), ("web-field-wrong", Some("fees[0].amount")));
    }

    #[test]
    fn a_blank_field_counts_as_absent() {
        let mut form = FormMap::default();
        form.0.insert("a".into(), vec!["  ".into()]);
        form.0.insert("b".into(), vec![" x ".into(), "y".into()]);
        assert_eq!(form.get("a"), None);
        assert_eq!(form.get("b"), Some("x"));
        assert_eq!(form.all("b").len(), 2);
        assert!(form.all("c").is_empty());
    }
}
