//! The keeper's forms: announce a version of a procedure, announce a new procedure, end one. The
//! version is written as TOML, prefilled with the one in force: everything an announcement lays down
//! can be changed, nothing is hidden, and every broken rule is named.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Date, Fault, Limit, Problem};
use i18n::L;
use records::{Ask, Field, FormPage, Typed};
use std::sync::Arc;
use web::{Answer, Breadcrumb, Ctx, FormMap};

use crate::actions::{self, Announcement};
use crate::shelf::{fresh_shelf, reload};
use crate::version::{ChannelTerms, Version};
use crate::{shipped, words};

#[derive(Template)]
#[template(path = "announce.html")]
struct Announce {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    title: String,
    lead: String,
    action: String,
    back: String,
    problems: Vec<Problem>,
    decision: String,
    effective_from: String,
    version: String,
    /// `standard` or `written`.
    process: String,
    /// The steps of the standard process with their norms.
    standard: Vec<String>,
    /// Ways of filing whose limit the source leaves unclear, to be given one; empty when there are none.
    unclear: String,
    limit_days: String,
    /// Nothing can be received under the version announced so far.
    unready: bool,
}

/// What ending a procedure asks for.
const ENDING: &[Field] =
    &[Field::line("decision", actions::DECISION_LEN_MAX), Field::choice("effective_from", Ask::Day)];

/// The latest version of a procedure, with what is already announced.
async fn latest(ctx: &Ctx, code: &str) -> Result<Arc<Version>, Fault> {
    let shelf = fresh_shelf(&ctx.app, ctx.now).await?;
    shelf.versions_of(code).last().cloned().ok_or(Fault::NotFound("catalogue-procedure-unknown"))
}

fn trail(ctx: &Ctx, version: Option<&Version>) -> Vec<Breadcrumb> {
    let mut trail = vec![Breadcrumb::new(ctx.l.t("catalogue-procedures"), "/procedures")];
    if let Some(version) = version {
        trail.push(Breadcrumb::new(version.name.clone(), format!("/procedures/{}", version.code)));
    }
    trail
}

/// A version as the keeper edits it.
fn to_toml(version: &Version) -> Result<String, Fault> {
    let bare = Version { remarks: Vec::new(), ..version.clone() };
    toml::to_string_pretty(&bare).map_err(Fault::internal)
}

/// What the keeper wrote. A key that is none of a version's is refused, so that no slip goes unnoticed.
fn from_toml(text: &str) -> Result<Version, Problem> {
    let wrong = |why: String| Problem::new("catalogue-toml-wrong").field("version").arg("why", why);
    // The line says more to a keeper than the reader's own words.
    let at_line = |error: toml::de::Error| {
        let line = error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count());
        let found = line.and_then(|n| Some((n + 1, text.lines().nth(n)?.trim())));
        match found {
            None => wrong(error.message().to_owned()),
            Some((n, line)) => Problem::new("catalogue-toml-line")
                .field("version")
                .arg("line", n.to_string())
                .arg("text", line)
                .arg("why", error.message()),
        }
    };
    let table: toml::Table = toml::from_str(text).map_err(at_line)?;
    let known = serde_json::to_value(Version::default()).map_err(|error| wrong(error.to_string()))?;
    if let Some(key) = table.keys().find(|key| known.get(key.as_str()).is_none()) {
        return Err(wrong(format!("unknown key \"{key}\"")));
    }
    toml::from_str(text).map_err(at_line)
}

fn announce_page(ctx: &Ctx, of: Option<&Version>, given: &FormMap, problems: Vec<Problem>) -> Result<Announce, Fault> {
    let l = ctx.l;
    let title = l.t(if of.is_some() { "catalogue-announce" } else { "catalogue-announce-new" });
    let written = match given.get("version") {
        Some(text) => text.to_owned(),
        None => to_toml(of.unwrap_or(&Version::default()))?,
    };
    let base = of.cloned().unwrap_or_default();
    let standard = shipped::standard_process(&base).map_err(Fault::internal)?;
    let without = of.is_some_and(|version| version.process.is_empty());
    let unclear: Vec<String> = base.unclear_channels.iter().map(|terms| words::channel(l, terms.channel)).collect();
    Ok(Announce {
        l,
        process: given.get("process").unwrap_or(if without { STANDARD } else { "written" }).to_owned(),
        standard: standard
            .iter()
            .map(|step| format!("{} – {} – {}", step.name, words::step_place(l, step), words::limit(l, step.norm)))
            .collect(),
        unclear: unclear.join(", "),
        limit_days: given.text("limit_days").to_owned(),
        unready: of.is_some_and(|version| !version.can_be_received()),
        csrf: ctx.csrf.clone(),
        trail: trail(ctx, of).into_iter().chain([Breadcrumb::new(title.clone(), "")]).collect(),
        title,
        lead: of.map(|version| version.name.clone()).unwrap_or_default(),
        action: ctx.path().to_owned(),
        back: of.map_or_else(|| "/procedures".to_owned(), |version| format!("/procedures/{}", version.code)),
        problems,
        decision: given.text("decision").to_owned(),
        effective_from: given.text("effective_from").to_owned(),
        version: written,
    })
}

/// The procedure an address names; none for a new one.
async fn named(ctx: &Ctx, code: Option<Path<String>>) -> Result<Option<Arc<Version>>, Fault> {
    match code {
        Some(Path(code)) => latest(ctx, &code).await.map(Some),
        None => Ok(None),
    }
}

/// GET /catalogue/new, GET /catalogue/{code}/announce
pub(crate) async fn form(ctx: Ctx, code: Option<Path<String>>) -> Answer {
    let of = named(&ctx, code).await?;
    let page = announce_page(&ctx, of.as_deref(), &FormMap::default(), Vec::new())?;
    Ok(ctx.page(&page.title, &page))
}

/// The choice of [`shipped::standard_process`] instead of the process written.
const STANDARD: &str = "standard";
/// Longest limit the short field takes, in working days; longer ones are written out.
const LIMIT_DAYS_MAX: i32 = 365;

/// Gives the ways of filing without a known limit the one the keeper has found.
fn settle_limit(version: &mut Version, given: &FormMap, problems: &mut Vec<Problem>) {
    let Some(text) = given.get("limit_days") else { return };
    match text.parse::<i32>() {
        Ok(days) if (1..=LIMIT_DAYS_MAX).contains(&days) => {
            for unclear in std::mem::take(&mut version.unclear_channels) {
                if version.terms(unclear.channel).is_none() {
                    version.channels.push(ChannelTerms {
                        channel: unclear.channel,
                        limit: Limit::WorkingDays(days),
                        limit_text: unclear.limit_text,
                        fee: unclear.fee,
                        fee_text: unclear.fee_text,
                    });
                }
            }
        }
        _ => problems.push(Problem::new("catalogue-limit-days-wrong").field("limit_days").arg("max", LIMIT_DAYS_MAX)),
    }
}

/// POST /catalogue/new, POST /catalogue/{code}/announce
pub(crate) async fn announce(ctx: Ctx, code: Option<Path<String>>, given: FormMap) -> Answer {
    let of = named(&ctx, code).await?;
    let of = of.as_deref();
    let mut problems = Vec::new();
    let from = day(&given, &mut problems);
    let mut version = from_toml(given.text("version")).map_err(|problem| problems.push(problem)).ok();
    if let Some(version) = &mut version {
        settle_limit(version, &given, &mut problems);
        if given.text("process") == STANDARD {
            version.process = shipped::standard_process(version).map_err(Fault::internal)?;
        }
    }
    if let (Some(written), Some(of)) = (&version, of)
        && written.code != of.code
    {
        problems.push(Problem::new("catalogue-code-fixed").field("version").arg("code", &of.code));
    }
    let done = match (version, from) {
        (Some(version), Some(effective_from)) if problems.is_empty() => {
            let code = version.code.clone();
            let actor = ctx.actor()?.clone();
            let now = ctx.now;
            let announcement = Announcement { decision: given.text("decision").to_owned(), effective_from, version };
            ctx.db()
                .write(move |tx| {
                    Box::pin(async move { actions::announce(tx, &actor, now, announcement).await.map(|_| code) })
                })
                .await
        }
        _ => Err(Fault::Invalid(problems)),
    };
    match refused(done)? {
        Ok(code) => {
            reload(&ctx.app).await?;
            Ok(ctx.flash(format!("/procedures/{code}"), "catalogue-announced"))
        }
        Err(problems) => {
            let page = announce_page(&ctx, of, &given, problems)?;
            Ok(ctx.invalid_page(&page.title, &page))
        }
    }
}

/// Tells what the keeper can mend (shown at the form) from everything else.
fn refused<T>(done: Result<T, Fault>) -> Result<Result<T, Vec<Problem>>, Fault> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(Fault::Invalid(problems)) => Ok(Err(problems)),
        Err(Fault::Conflict(problem)) => Ok(Err(vec![problem])),
        Err(fault) => Err(fault),
    }
}

fn day(given: &FormMap, problems: &mut Vec<Problem>) -> Option<Date> {
    let text = given.text("effective_from");
    let day = text.parse().ok();
    if day.is_none() {
        problems.push(Problem::new("catalogue-day-wrong").field("effective_from").arg("value", text));
    }
    day
}

/// GET /catalogue/{code}/end
pub(crate) async fn end_form(ctx: Ctx, Path(code): Path<String>) -> Answer {
    Ok(end_page(&ctx, &code, &FormMap::default(), Vec::new()).await?)
}

async fn end_page(ctx: &Ctx, code: &str, given: &FormMap, problems: Vec<Problem>) -> Result<Response, Fault> {
    let version = latest(ctx, code).await?;
    let page = FormPage {
        above: trail(ctx, Some(&version)),
        title: ctx.l.t("catalogue-end"),
        lead: ctx.l.t("catalogue-end-lead"),
        action: format!("/catalogue/{code}/end"),
        back: format!("/procedures/{code}"),
        fields: records::shown(ctx.l, "catalogue", ENDING, |f| given.text(f.name).to_owned(), |_| Vec::new()),
        problems,
        ..FormPage::default()
    };
    Ok(page.answer(ctx))
}

/// POST /catalogue/{code}/end
pub(crate) async fn end(ctx: Ctx, Path(code): Path<String>, given: FormMap) -> Answer {
    let (actor, now, typed, of) = (ctx.actor()?.clone(), ctx.now, Typed::from(&given), code.clone());
    let done = ctx.db().write(move |tx| {
        Box::pin(async move {
            let given = records::read_fields(ENDING, &typed)?;
            let from = given.day("effective_from").unwrap_or(now.date());
            actions::abolish(tx, &actor, now, &of, given.text("decision"), from).await
        })
    });
    match refused(done.await)? {
        Ok(()) => {
            reload(&ctx.app).await?;
            Ok(ctx.flash(format!("/procedures/{code}"), "catalogue-ended"))
        }
        Err(problems) => Ok(end_page(&ctx, &code, &given, problems).await?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_keeper_is_given_reads_back_the_same() {
        for version in crate::shipped::versions().unwrap() {
            let read = from_toml(&to_toml(&version).unwrap()).unwrap();
            assert_eq!(
                crate::digest::of(&Version { decision: version.decision.clone(), ..read }),
                crate::digest::of(&version)
            );
        }
    }

    #[test]
    fn a_slip_in_a_key_is_told() {
        let problem = from_toml("nmae = \"x\"").unwrap_err();
        assert_eq!(problem.code, "catalogue-toml-wrong");
        assert!(problem.args[0].1.contains("nmae"));
        let at_line = from_toml("name = \"x\"\nlevels = [\"hamlet\"]").unwrap_err();
        assert_eq!((at_line.args[0].1.as_str(), at_line.args[1].1.as_str()), ("2", "levels = [\"hamlet\"]"));
        assert!(from_toml("name = ").is_err());
        assert!(from_toml("levels = [\"hamlet\"]").is_err());
    }
}
