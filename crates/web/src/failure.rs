//! How a fault reaches the person: a status, a page in their language, or `application/problem+json`.

use crate::ctx::Ctx;
use crate::layout;
use crate::ui::problem_text;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Fault, Problem};
use i18n::L;
use serde_json::json;
use std::sync::{Arc, Mutex};
use store::StoreError;

/// What every handler returns.
pub type Answer = Result<Response, Failure>;

/// A fault on its way out. It becomes a bare response carrying the fault; the outermost layer, which knows the
/// visitor's language and session, writes the page.
#[derive(Debug)]
pub struct Failure(pub Fault);

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure(fault)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure(Fault::from(error))
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Failure(Fault::internal(error))
    }
}

/// The fault inside a response, taken out once by the outermost layer.
#[derive(Clone)]
pub(crate) struct Carried(Arc<Mutex<Option<Fault>>>);

impl Carried {
    pub(crate) fn take(&self) -> Option<Fault> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take()
    }
}

/// Whether the fault inside a response is of a kind.
pub(crate) fn is_carried(response: &Response, is: impl Fn(&Fault) -> bool) -> bool {
    let carried = response.extensions().get::<Carried>();
    carried.is_some_and(|c| c.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).as_ref().is_some_and(is))
}

/// The problems a response's fault names, where the one who sent the request can mend them.
pub(crate) fn refused_for(response: &Response) -> Option<Vec<Problem>> {
    let carried = response.extensions().get::<Carried>()?;
    let fault = carried.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    match fault.as_ref()? {
        fault @ (Fault::Invalid(_) | Fault::Conflict(_) | Fault::TooLarge(_) | Fault::UnsupportedType(_)) => {
            Some(problems(fault).to_vec())
        }
        _ => None,
    }
}

/// No failure: the answer that this very request was given before, on its way out past a handler that must not run again.
#[derive(Debug)]
pub(crate) struct Earlier(Mutex<Option<Response>>);

impl Earlier {
    pub(crate) fn new(response: Response) -> Earlier {
        Earlier(Mutex::new(Some(response)))
    }
}

impl std::fmt::Display for Earlier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("answered before")
    }
}

impl std::error::Error for Earlier {}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Fault::Internal(error) = &self.0
            && let Some(before) = error.downcast_ref::<Earlier>()
            && let Some(response) = before.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take()
        {
            return response;
        }
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(Carried(Arc::new(Mutex::new(Some(self.0)))));
        response
    }
}

/// The HTTP status of a fault.
pub(crate) fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::Conflict(_) => StatusCode::CONFLICT,
        Fault::Forbidden(_) => StatusCode::FORBIDDEN,
        Fault::NotFound(_) => StatusCode::NOT_FOUND,
        Fault::SignInNeeded => StatusCode::UNAUTHORIZED,
        Fault::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Fault::UnsupportedType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Fault::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Internal(error) if is_away(error.as_ref()) => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Asked again after so many seconds when the database or its disk is away or full: people have to mend it.
const AWAY_S: u32 = 30;

/// Whether it is the database or the disk that fails, whatever is asked of them.
fn is_away(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let mut next = Some(error);
    while let Some(error) = next {
        let full = |io: &std::io::Error| matches!(io.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem);
        if error.downcast_ref::<StoreError>().is_some_and(StoreError::is_away)
            || error.downcast_ref::<std::io::Error>().is_some_and(full)
        {
            return true;
        }
        next = error.source();
    }
    false
}

/// The problems a fault names.
fn problems(fault: &Fault) -> &[Problem] {
    match fault {
        Fault::Invalid(all) => all,
        Fault::Conflict(p) | Fault::Forbidden(p) | Fault::TooLarge(p) | Fault::UnsupportedType(p) => {
            std::slice::from_ref(p)
        }
        _ => &[],
    }
}

/// Key of the page's words for a status: `web-error-404`, `web-error-404-hint`.
fn key(status: StatusCode, fault: &Option<Fault>) -> String {
    match status.as_u16() {
        503 if matches!(fault, Some(Fault::Internal(_))) => "web-error-away".into(),
        400 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 503 => format!("web-error-{}", status.as_u16()),
        401 => "web-error-401".into(),
        code if code < 500 => "web-error-400".into(),
        _ => "web-error-500".into(),
    }
}

/// The answer for a fault, or for a bare status a library answered with (`fault` none).
pub(crate) fn render(ctx: &Ctx, status: StatusCode, fault: Option<Fault>) -> Response {
    if let Some(Fault::Internal(error)) = &fault {
        // Logged once, here at the edge, with the id the person is shown; the person gets no inner detail. The same trouble of
        // many requests is one line a second.
        let error = chain(error.as_ref());
        if let Some(times) = crate::calm::lines(&error) {
            let what =
                if status == StatusCode::SERVICE_UNAVAILABLE { "cannot be served now" } else { "internal error" };
            tracing::error!(request_id = %ctx.request_id, %error, times, "{what}");
        }
    }
    if matches!(fault, Some(Fault::SignInNeeded)) && !ctx.wants_json {
        return ctx.to_sign_in();
    }
    let listed = fault.as_ref().map(problems).unwrap_or_default();
    let mut response =
        if ctx.wants_json { json_page(ctx, status, listed, &fault) } else { html_page(ctx, status, listed, &fault) };
    let wait = match fault {
        Some(Fault::TooMany { retry_after_s }) => Some(retry_after_s),
        Some(Fault::Busy) => Some(2),
        Some(Fault::Internal(_)) if status == StatusCode::SERVICE_UNAVAILABLE => Some(AWAY_S),
        None if status == StatusCode::SERVICE_UNAVAILABLE => Some(2),
        _ => None,
    };
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(inner) = next {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        next = inner.source();
    }
    text
}

fn detail(l: L, status: StatusCode, fault: &Option<Fault>) -> String {
    match fault {
        Some(Fault::NotFound(what)) => l.t(what),
        Some(Fault::TooMany { retry_after_s }) => {
            l.tr("web-error-429-detail", [("seconds", retry_after_s.to_string())])
        }
        _ => l.t(format!("{}-detail", key(status, fault))),
    }
}

fn json_page(ctx: &Ctx, status: StatusCode, listed: &[Problem], fault: &Option<Fault>) -> Response {
    let errors: Vec<_> = listed
        .iter()
        .map(|p| json!({"field": p.field, "code": p.code, "message": problem_text(ctx.l, p), "rule": p.rule}))
        .collect();
    let code = match listed {
        [first, ..] => first.code.to_owned(),
        [] => format!("status-{}", status.as_u16()),
    };
    let body = json!({
        "type": format!("urn:motcua:problem:{code}"),
        "title": ctx.l.t(key(status, fault)),
        "status": status.as_u16(),
        "detail": detail(ctx.l, status, fault),
        "instance": ctx.request_id,
        "errors": errors,
    });
    let mut response = (status, body.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    l: L,
    status: u16,
    title: String,
    detail: String,
    hint: String,
    problems: &'a [Problem],
    request_id: &'a str,
    back: String,
}

fn html_page(ctx: &Ctx, status: StatusCode, listed: &[Problem], fault: &Option<Fault>) -> Response {
    let l = ctx.l;
    let title = l.t(key(status, fault));
    let page = FailurePage {
        l,
        status: status.as_u16(),
        title: title.clone(),
        detail: detail(l, status, fault),
        hint: l.t(format!("{}-hint", key(status, fault))),
        problems: listed,
        request_id: &ctx.request_id,
        back: ctx.referer.clone().unwrap_or_else(|| "/".into()),
    };
    // htmx puts an answer of any status into its place: a whole page inside a page would be no help.
    let mut response = if ctx.htmx { ctx.fragment(&page) } else { layout::page(ctx, &title, &page) };
    *response.status_mut() = status;
    response
}
