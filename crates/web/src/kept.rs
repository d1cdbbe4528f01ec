//! A form sent when its session was over. What was typed is kept for an hour on the server, for the same account in the same
//! browser; after signing in again the form is shown as it was left, and the person sends it. Nothing is sent for them.

use crate::ctx::Ctx;
use crate::form::{bounded, media_type};
use crate::limits::{FORM_BYTES_MAX, FORM_FIELDS_MAX, UPLOAD_REQUEST_BYTES_MAX};
use crate::{cookie, refill};
use axum::body::{Body, HttpBody as _};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse as _, Response};
use base::Instant;
use std::sync::{Arc, Mutex};

/// How long the words wait for their person.
pub const KEPT_FORM_MS_MAX: i64 = 3_600_000;
/// Pages of ours are far smaller; a larger one is let through as it is.
pub(crate) const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What somebody typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KeptForm {
    /// Address the form was sent to.
    pub action: String,
    /// Names and values as they stood in the form, without its token.
    pub fields: Vec<(String, String)>,
    /// There were files; a browser lets nobody put them back.
    pub had_files: bool,
}

/// What shows that a form came from a page made for an account: the token on it, and either the cookie of the session that
/// is over or the account now signed in.
#[derive(Clone, Debug)]
pub struct FormProof {
    pub csrf: String,
    pub session_token: Option<String>,
    pub account: Option<base::Id>,
}

/// The name under which this request's form was kept, handed from where it is read to where the answer leaves.
#[derive(Clone, Default)]
pub(crate) struct Slot(Arc<Mutex<Option<String>>>);

impl Slot {
    fn put(&self, token: String) {
        *self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(token);
    }

    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take()
    }
}

/// Words that must not lie about, even for an hour.
pub(crate) fn is_secret(name: &str) -> bool {
    name.contains("password") || name == "code" || name == "pending"
}

/// Keeps the form, if its token shows whose it is. A failure to keep it is no failure of the request.
pub(crate) async fn keep(ctx: &Ctx, headers: &HeaderMap, pairs: &[(String, String)], had_files: bool) {
    let Some((_, csrf)) = pairs.iter().find(|(name, _)| name == "_csrf") else { return };
    if ctx.wants_json || ctx.htmx || pairs.iter().any(|(name, _)| is_secret(name)) {
        return;
    }
    let fields: Vec<(String, String)> = pairs
        .iter()
        .filter(|(name, _)| !crate::once::is_token(name))
        .map(|(name, value)| (base::clean::soft_line(name), crate::cleaning::soft(name, value)))
        .collect();
    if fields.iter().all(|(_, value)| value.trim().is_empty()) {
        return;
    }
    let proof = FormProof {
        csrf: csrf.clone(),
        session_token: cookie::read(headers, cookie::SESSION, ctx.app.secure_cookies),
        account: ctx.actor.as_ref().map(|actor| actor.account),
    };
    let form = KeptForm { action: ctx.uri.clone(), fields, had_files };
    match ctx.app.sessions.keep_form(ctx.db(), proof, form, ctx.now).await {
        Ok(Some(token)) => ctx.slot.put(token),
        Ok(None) => {}
        Err(fault) => tracing::warn!(request_id = %ctx.request_id, fault = ?fault, "a form was not kept"),
    }
}

/// The same for a request nobody has read yet.
pub(crate) async fn keep_request(ctx: &Ctx, request: Request) {
    let headers = request.headers().clone();
    if request.method() != Method::POST {
        return;
    }
    match media_type(&headers).as_str() {
        "application/x-www-form-urlencoded" => {
            let Ok(bytes) = bounded(request.into_body(), FORM_BYTES_MAX).await else { return };
            let Ok(pairs) = serde_urlencoded::from_bytes::<Vec<(String, String)>>(&bytes) else { return };
            if pairs.len() <= FORM_FIELDS_MAX {
                keep(ctx, &headers, &pairs, false).await;
            }
        }
        "multipart/form-data" => {
            let Ok(multipart) = Multipart::from_request(request, &ctx.app).await else { return };
            if let Some((pairs, had_files)) = words_of(multipart).await {
                keep(ctx, &headers, &pairs, had_files).await;
            }
        }
        _ => {}
    }
}

/// The words of a multipart form. Its files are read to their end and let go: a browser that is still sending does not look
/// at an answer.
pub(crate) async fn words_of(mut multipart: Multipart) -> Option<(Vec<(String, String)>, bool)> {
    let (mut pairs, mut had_files, mut words_bytes, mut sum_bytes) = (Vec::new(), false, 0, 0_u64);
    while let Ok(Some(mut part)) = multipart.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(|name| !name.is_empty());
        had_files |= file == Some(true);
        let mut bytes = Vec::new();
        while let Ok(Some(chunk)) = part.chunk().await {
            sum_bytes += chunk.len() as u64;
            if file.is_none() {
                words_bytes += chunk.len();
                bytes.extend_from_slice(&chunk);
            }
            if words_bytes > FORM_BYTES_MAX || sum_bytes > UPLOAD_REQUEST_BYTES_MAX {
                return None;
            }
        }
        if file.is_none() {
            pairs.push((name, String::from_utf8(bytes).ok()?));
        }
        if pairs.len() > FORM_FIELDS_MAX {
            return None;
        }
    }
    Some((pairs, had_files))
}

/// On the way out: a form just kept gets its cookie and the way back to its page; a kept one is filled into its page; one that
/// has been sent is forgotten.
pub(crate) async fn on_the_way_out(ctx: &Ctx, kept: Option<String>, response: Response) -> Response {
    let secure = ctx.app.secure_cookies;
    if let Some(token) = ctx.slot.take() {
        // Not signed in: by way of signing in. Signed in, only the page was old: straight back to it.
        let mut back = match &ctx.actor {
            None => ctx.to_sign_in(),
            Some(_) => ctx.redirect(ctx.referer.as_deref().unwrap_or(ctx.path())),
        };
        let value = cookie::set(cookie::KEPT, &token, Some(KEPT_FORM_MS_MAX / 1000), secure);
        back.headers_mut().append(header::SET_COOKIE, value);
        return back;
    }
    let Some(token) = kept else { return response };
    let Some(actor) = &ctx.actor else {
        // Whoever signs in may not be the one: that something waits is all that is said.
        let says = ctx.reads && ctx.path() == "/sign-in" && is_html(&response);
        return if says { with_notice(response, &ctx.l.t("web-kept-waits")).await } else { response };
    };
    let is_page = ctx.reads && !ctx.htmx && is_html(&response);
    let is_done = !ctx.reads && response.status().is_redirection();
    if !is_page && !is_done {
        return response;
    }
    match ctx.app.sessions.kept_form(ctx.db(), &token, actor.account, ctx.now).await {
        Ok(Some(form)) if is_page => fill(ctx, response, &form).await,
        Ok(Some(form)) if form.action == ctx.uri => forget(ctx, &token, response, ctx.now).await,
        Ok(_) => response,
        Err(fault) => {
            tracing::warn!(request_id = %ctx.request_id, fault = ?fault, "a kept form was not read");
            response
        }
    }
}

/// Whether it is a page that was shown.
pub(crate) fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    response.status().is_success() && kind.is_some_and(|v| v.starts_with("text/html"))
}

async fn forget(ctx: &Ctx, token: &str, mut response: Response, now: Instant) -> Response {
    if let Err(fault) = ctx.app.sessions.drop_form(ctx.db(), token, now).await {
        tracing::warn!(request_id = %ctx.request_id, fault = ?fault, "a kept form was not dropped");
    }
    response.headers_mut().append(header::SET_COOKIE, cookie::clear(cookie::KEPT, ctx.app.secure_cookies));
    response
}

async fn fill(ctx: &Ctx, response: Response, form: &KeptForm) -> Response {
    let mut text = ctx.l.t("web-kept-form");
    if form.had_files {
        text = format!("{text} {}", ctx.l.t("web-kept-form-files"));
    }
    rewrite(response, |page| refill::refill(page, &form.action, &form.fields).map(|page| noticed(&page, &text))).await
}

async fn with_notice(response: Response, text: &str) -> Response {
    rewrite(response, |page| Some(noticed(page, text))).await
}

fn noticed(page: &str, text: &str) -> String {
    let (icon, text) = (crate::icon("info"), refill::escape(text));
    atop(page, &format!("<div class=\"notice notice-info\" role=\"status\">{icon}<p>{text}</p></div>"))
}

/// A page with a piece of markup before what it shows.
pub(crate) fn atop(page: &str, piece: &str) -> String {
    const MAIN: &str = "<main id=\"main\" tabindex=\"-1\">";
    page.replacen(MAIN, &format!("{MAIN}{piece}"), 1)
}

/// Another page for this one, or this one when there is none.
async fn rewrite(response: Response, change: impl FnOnce(&str) -> Option<String>) -> Response {
    if response.body().size_hint().exact().is_none_or(|size| size > PAGE_BYTES_MAX as u64) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Our pages are texts in memory, so reading one does not fail.
    let Ok(bytes) = bounded(body, PAGE_BYTES_MAX).await else {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match change(&String::from_utf8_lossy(&bytes)) {
        Some(page) => {
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(page))
        }
        None => Response::from_parts(parts, Body::from(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn rewritten(page: String) -> (axum::http::StatusCode, usize) {
        let response = rewrite(Response::new(Body::from(page)), |page| Some(format!("{page}!"))).await;
        let (parts, body) = response.into_parts();
        (parts.status, axum::body::to_bytes(body, usize::MAX).await.unwrap().len())
    }

    #[tokio::test]
    async fn a_page_too_large_to_be_looked_through_comes_as_it_is() {
        assert_eq!(rewritten("a".repeat(PAGE_BYTES_MAX)).await, (200.try_into().unwrap(), PAGE_BYTES_MAX + 1));
        assert_eq!(rewritten("a".repeat(PAGE_BYTES_MAX + 1)).await, (200.try_into().unwrap(), PAGE_BYTES_MAX + 1));
    }
}
