//! Looking a dossier up by its code, without signing in: status and degree of completion, nothing else
//! (TT 01/2018/TT-VPCP Điều 16 khoản 2 điểm d).

use super::house;
use crate::dossier::{Outcome, Status, state_key};
use crate::person::is_own;
use crate::reading;
use crate::store::{STATUS_BY_CODE, by_code};
use ::store::StoreError;
use askama::Template;
use base::{DossierCode, Fault, Problem};
use i18n::L;
use web::{Answer, Ctx};

/// What anybody may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    pub code: String,
    pub status: Status,
    pub outcome: Outcome,
}

impl Public {
    /// How far along, in percent: a step of the way, not of the time.
    pub fn degree(&self) -> i64 {
        match self.status {
            Status::Filed => 10,
            Status::Received => 30,
            Status::Processing | Status::Supplement | Status::Payment => 60,
            Status::Decided => 90,
            Status::IntakeRefused | Status::Withdrawn | Status::Stopped | Status::Returned => 100,
        }
    }
}

/// The badge's colour for a status.
pub(crate) fn state_of(status: Status) -> &'static str {
    match status {
        Status::Filed => "new",
        Status::Received | Status::Processing => "ontime",
        Status::Supplement | Status::Payment => "near",
        Status::Stopped | Status::Withdrawn | Status::IntakeRefused => "paused",
        Status::Decided | Status::Returned => "done",
    }
}

/// Looks up; `None` when there is no such dossier.
pub async fn look_up(db: &::store::Db, code: &DossierCode) -> Result<Option<Public>, StoreError> {
    let code = code.to_string();
    db.read(move |tx| {
        Box::pin(async move {
            let row = tx.query_opt(STATUS_BY_CODE, ::store::params![code.as_str()]).await?;
            let Some(row) = row else { return Ok(None) };
            let outcome = Outcome::read(&row.get::<String>("outcome")?);
            Ok(Status::from_code(row.get("status")?).map(|status| Public { code, status, outcome }))
        })
    })
    .await
}

/// Where a signed-in person reads the whole dossier: the owner among their own, an official within their scope.
async fn whole(ctx: &Ctx, code: &DossierCode) -> Result<Option<String>, Fault> {
    let Some(actor) = ctx.actor.clone() else { return Ok(None) };
    let (house, code) = (house(&ctx.app)?, code.to_string());
    let wanted = code.clone();
    let loaded = ctx.db().read(move |tx| Box::pin(async move { by_code(tx, &wanted).await })).await?;
    Ok(loaded.and_then(|loaded| {
        if actor.may(crate::rights::OWN_DOSSIERS) && is_own(&actor, &loaded) {
            Some(format!("/my/{code}"))
        } else {
            reading::by_place(&actor, &loaded, &house).then(|| format!("/dossiers/{code}"))
        }
    }))
}

struct Shown {
    code: String,
    status: String,
    state: &'static str,
    degree: i64,
}

#[derive(Template)]
#[template(path = "track.html")]
struct TrackPage {
    l: L,
    code: String,
    problems: Vec<Problem>,
    found: Option<Shown>,
    signed_in: bool,
}

/// `GET /track?code=`
pub async fn track(ctx: Ctx) -> Answer {
    let typed = web::table::query_value(&ctx.uri, "code");
    let mut page = TrackPage {
        l: ctx.l,
        code: typed.chars().take(60).collect(),
        problems: Vec::new(),
        found: None,
        signed_in: ctx.actor.is_some(),
    };
    if !typed.trim().is_empty() {
        match typed.trim().to_uppercase().parse::<DossierCode>() {
            Err(problem) => page.problems.push(problem.field("code")),
            Ok(code) => match whole(&ctx, &code).await? {
                // Whoever may read it is not told to sign in, but led to it.
                Some(page) => return Ok(ctx.redirect(page)),
                None => match look_up(ctx.db(), &code).await? {
                    None => page.problems.push(Problem::new("dossier-track-unknown").field("code")),
                    Some(found) => {
                        page.found = Some(Shown {
                            degree: found.degree(),
                            status: ctx.l.t(state_key(found.status, found.outcome)),
                            state: state_of(found.status),
                            code: found.code,
                        });
                    }
                },
            },
        }
    }
    let title = ctx.l.t("dossier-track-title");
    Ok(if page.problems.is_empty() { ctx.page(&title, &page) } else { ctx.invalid_page(&title, &page) })
}
