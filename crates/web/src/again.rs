//! A form that was refused comes again with everything that was typed. Many pages show their form again themselves, with each
//! problem at its field; what is refused before a page's own judgement (a text with a control character, a number that is none)
//! or answered by a bare fault would lose the words. Here the page that the form stood on is asked for once more, inside the same
//! request, and the words are put back into it.

use crate::app::App;
use crate::ctx::Ctx;
use crate::form::bounded;
use crate::limits::REQUEST_MS_MAX;
use crate::ui::problem_text;
use crate::{failure, kept, refill};
use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use base::Problem;
use i18n::L;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tower::ServiceExt as _;

/// The pages of all modules without the layer around them.
pub(crate) struct Pages(pub(crate) Router<App>);

/// What a form said, as it was typed.
struct Typed {
    fields: Vec<(String, String)>,
    had_files: bool,
}

/// Where a request's words are, once they were read; shared by all copies of the request's context.
#[derive(Clone, Default)]
pub(crate) struct Slot(Arc<OnceLock<Typed>>);

impl Slot {
    /// Takes note of a form's words, whose token was found right. Secrets are not among them.
    pub(crate) fn note<'a>(&self, pairs: impl Iterator<Item = (&'a str, &'a str)>, had_files: bool) {
        let fields = pairs
            .filter(|(name, _)| !crate::once::is_token(name) && !kept::is_secret(name))
            .map(|(name, value)| (base::clean::soft_line(name), crate::cleaning::soft(name, value)))
            .collect();
        // A form is read once.
        let _ = self.0.set(Typed { fields, had_files });
    }
}

/// One thing that is wrong, as it is said.
struct Wrong {
    /// Label of its field, empty where the page has no such field.
    label: String,
    /// Where its link leads.
    field: Option<String>,
    text: String,
    rule: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "again.html")]
struct Summary<'a> {
    l: L,
    wrong: &'a [Wrong],
    had_files: bool,
}

/// The form again, in place of a bare refusal; the refusal where there is no such form to show.
pub(crate) async fn instead(app: &App, ctx: &Ctx, response: Response) -> Response {
    if ctx.reads || ctx.wants_json || ctx.htmx {
        return response;
    }
    let (Some(typed), Some(from)) = (ctx.typed.0.get(), &ctx.referer) else { return response };
    let Some(problems) = failure::refused_for(&response).filter(|problems| !problems.is_empty()) else {
        return response;
    };
    let patience = Duration::from_millis(REQUEST_MS_MAX);
    match tokio::time::timeout(patience, again(app, ctx, typed, from, problems)).await {
        Ok(Some(mut page)) => {
            *page.status_mut() = response.status();
            page
        }
        Ok(None) | Err(_) => response,
    }
}

async fn again(app: &App, ctx: &Ctx, typed: &Typed, from: &str, problems: Vec<Problem>) -> Option<Response> {
    let (mut parts, page) = page_at(app, ctx, from).await?;
    let filled = refill::refill(&page, &ctx.uri, &typed.fields)?;
    let wrong: Vec<Wrong> = problems.iter().map(|problem| said(ctx.l, &filled, problem)).collect();
    let summary = Summary { l: ctx.l, wrong: &wrong, had_files: typed.had_files }.render().ok()?;
    parts.headers.remove(header::CONTENT_LENGTH);
    Some(Response::from_parts(parts, Body::from(kept::atop(&filled, &summary))))
}

/// A problem with the label of its field; one whose field is not on the page leads nowhere.
fn said(l: L, page: &str, problem: &Problem) -> Wrong {
    let id = problem.field.as_deref().map(refill::escape).unwrap_or_default();
    let label = page.split_once(&format!("<label for=\"{id}\">")).and_then(|(_, rest)| rest.split('<').next());
    Wrong {
        label: refill::unescape(label.unwrap_or_default()).trim().to_owned(),
        field: problem.field.clone().filter(|_| page.contains(&format!("id=\"{id}\""))),
        text: problem_text(l, problem),
        rule: problem.rule,
    }
}

/// The page at an address of ours, as this request's person sees it. The address of an act leads to the thing acted upon.
async fn page_at(app: &App, ctx: &Ctx, from: &str) -> Option<(axum::http::response::Parts, String)> {
    let pages = app.get::<Pages>()?;
    let mut from = from.to_owned();
    for _ in 0..2 {
        let mut request = Request::builder().method(Method::GET).uri(&from).body(Body::empty()).ok()?;
        request.extensions_mut().insert(ctx.reading(&from));
        let Ok(answer) = pages.0.clone().with_state(app.clone()).oneshot(request).await;
        if answer.status() == StatusCode::SEE_OTHER {
            from = answer.headers().get(header::LOCATION)?.to_str().ok()?.to_owned();
            continue;
        }
        if !kept::is_html(&answer) {
            return None;
        }
        let (parts, body) = answer.into_parts();
        let bytes = bounded(body, kept::PAGE_BYTES_MAX).await.ok()?;
        return Some((parts, String::from_utf8_lossy(&bytes).into_owned()));
    }
    None
}
