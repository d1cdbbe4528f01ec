//! What a program sends: a JSON body, alone or with files beside it.

use crate::app::App;
use crate::form::{FormMap, Json, media_type, read_json};
use crate::upload::Upload;
use axum::extract::{FromRequest, Request};
use base::{Fault, Problem};
use serde::de::DeserializeOwned;

/// The part of a multipart body that holds the JSON.
pub const BODY: &str = "body";

/// A JSON body alone ([`Json`]), or a multipart one: its part [`BODY`] holds the JSON, every other part is a file. The files are
/// read and bounded as those of a form ([`Upload`]); as any page can make a browser send a multipart body, the session's token
/// comes with it, in the header `X-CSRF-Token`.
pub struct Sent<T> {
    pub body: T,
    /// No fields; the files, each under the name of its part.
    pub upload: Upload,
}

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = crate::Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, crate::Failure> {
        if media_type(request.headers()) != "multipart/form-data" {
            let Json(body) = Json::from_request(request, app).await?;
            return Ok(Sent { body, upload: Upload { fields: FormMap::default(), files: Vec::new() } });
        }
        let mut upload = Upload::from_request(request, app).await?;
        let mut texts = std::mem::take(&mut upload.fields.0);
        let body = texts.remove(BODY).and_then(|mut all| (all.len() == 1).then(|| all.remove(0)));
        let named = |code, field: &str| Problem::new(code).arg("field", field).field(field);
        let unknown: Vec<Problem> = texts.keys().map(|name| named("web-field-unknown", name)).collect();
        if !unknown.is_empty() {
            return Err(Fault::Invalid(unknown).into());
        }
        let body = body.ok_or_else(|| Fault::invalid(named("web-field-missing", BODY)))?;
        Ok(Sent { body: read_json(body.as_bytes())?, upload })
    }
}
