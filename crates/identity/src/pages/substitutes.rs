//! /substitutes: who acts for whom while somebody is away: one's own absence, whom one acts for, and for heads their people's.

use askama::Template;
use axum::extract::Path;
use base::{Actor, Date, Fault, Id, Problem, vn_date};
use i18n::L;
use serde::Deserialize;
use std::collections::HashMap;
use web::{Answer, Choice, Ctx, Form, FormMap};

use super::{known, problems_of};
use crate::people;
use crate::rights::NAME_SUBSTITUTES;
use crate::substitutes::{self, Naming, Reason, Stands, Substitution};

/// One absence, in words.
struct Row {
    id: Id,
    absent: String,
    substitute: String,
    days: String,
    reason: String,
    basis: String,
    /// Kind of its badge, and its word.
    state: (&'static str, String),
    /// The reader is the substitute and has not said yes.
    asked: bool,
    /// The reader may end it.
    ends: bool,
}

#[derive(Template)]
#[template(path = "substitutes.html")]
struct Page<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    /// What the reader has to do with.
    own: Vec<Row>,
    /// What happens among those the reader heads.
    headed: Vec<Row>,
    heads: bool,
    staff: Vec<Choice>,
    colleagues: Vec<Choice>,
    reasons: Vec<Choice>,
    form: &'a Typed,
    max: i64,
}

/// What was typed.
#[derive(Clone, Default)]
struct Typed {
    account: String,
    substitute: String,
    from: String,
    to: String,
    reason: String,
    basis: String,
}

impl Typed {
    fn of(map: &FormMap) -> Typed {
        let text = |name: &str| map.text(name).trim().to_owned();
        Typed {
            account: text("account"),
            substitute: text("substitute"),
            from: text("from"),
            to: text("to"),
            reason: text("reason"),
            basis: text("basis"),
        }
    }

    fn naming(&self) -> Naming {
        Naming {
            account: self.account.parse().ok(),
            substitute: self.substitute.parse().ok(),
            from: self.from.parse::<Date>().ok(),
            to: self.to.parse::<Date>().ok(),
            reason: Reason::read(&self.reason),
            basis: self.basis.clone(),
        }
    }
}

/// A form that only says "do it".
#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn list(ctx: Ctx) -> Answer {
    page(&ctx, &Typed::default(), &[]).await
}

pub(super) async fn name(ctx: Ctx, map: FormMap) -> Answer {
    let (by, now, known) = (ctx.official()?.clone(), ctx.now, known(&ctx));
    let typed = Typed::of(&map);
    let naming = typed.naming();
    let done =
        ctx.db().write(move |tx| Box::pin(async move { substitutes::name(tx, &by, &naming, &known, now).await })).await;
    match done {
        Ok(_) => Ok(ctx.flash("/substitutes", "identity-substitute-named")),
        Err(fault) => page(&ctx, &typed, &problems_of(fault)?).await,
    }
}

pub(super) async fn accept(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    let (by, now, known) = (ctx.official()?.clone(), ctx.now, known(&ctx));
    let done =
        ctx.db().write(move |tx| Box::pin(async move { substitutes::accept(tx, &by, id, &known, now).await })).await;
    match done {
        Ok(()) => Ok(ctx.flash("/substitutes", "identity-substitute-accepted")),
        Err(fault) => page(&ctx, &Typed::default(), &problems_of(fault)?).await,
    }
}

pub(super) async fn end(ctx: Ctx, Path(id): Path<Id>, Form(_): Form<Nothing>) -> Answer {
    let (by, now) = (ctx.official()?.clone(), ctx.now);
    let done = ctx.db().write(move |tx| Box::pin(async move { substitutes::end(tx, &by, id, now).await })).await;
    match done {
        Ok(()) => Ok(ctx.flash("/substitutes", "identity-substitute-ended")),
        Err(fault) => page(&ctx, &Typed::default(), &problems_of(fault)?).await,
    }
}

fn row(ctx: &Ctx, by: &Actor, one: &Substitution, names: &HashMap<Id, String>, heads: bool) -> Row {
    let name = |id: Id| names.get(&id).cloned().unwrap_or_default();
    let stands = one.on(ctx.now.date());
    let state = match stands {
        Stands::Waits => ("near", "identity-substitute-waits"),
        Stands::ToCome => ("near", "identity-substitute-to-come"),
        Stands::Now => ("ontime", "identity-substitute-now"),
        Stands::Over => ("paused", "identity-substitute-over"),
    };
    let concerned = heads || [one.account, one.substitute, one.named_by].contains(&by.account);
    Row {
        id: one.id,
        absent: name(one.account),
        substitute: name(one.substitute),
        days: format!("{} – {}", vn_date(one.days.0), vn_date(one.days.1)),
        reason: ctx.l.t(format!("identity-away-{}", one.reason.as_str())),
        basis: one.basis.clone(),
        state: (state.0, ctx.l.t(state.1)),
        asked: stands == Stands::Waits && one.substitute == by.account,
        ends: stands != Stands::Over && concerned,
    }
}

async fn page(ctx: &Ctx, form: &Typed, problems: &[Problem]) -> Answer {
    let (by, now) = (ctx.official()?.clone(), ctx.now);
    let reader = by.clone();
    let (own, headed, staff, colleagues, names) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let own = substitutes::of(tx, reader.account).await?;
                let mut headed = substitutes::headed(tx, &reader, now).await?;
                headed.retain(|one| ![one.account, one.substitute].contains(&reader.account));
                let staff = substitutes::staff(tx, &reader, now).await?;
                let colleagues = substitutes::colleagues(tx, &reader, now).await?;
                let ids: Vec<Id> = own.iter().chain(&headed).flat_map(|one| [one.account, one.substitute]).collect();
                let names = people::names(tx, &ids).await?;
                Ok::<_, Fault>((own, headed, staff, colleagues, names))
            })
        })
        .await?;
    let choices = |people: Vec<(Id, String)>| -> Vec<Choice> {
        people.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect()
    };
    let others = colleagues.into_iter().filter(|(id, _)| *id != by.account).collect();
    let reasons = Reason::ALL.map(|one| Choice::new(one.as_str(), ctx.l.t(format!("identity-away-{}", one.as_str()))));
    let body = Page {
        l: ctx.l,
        csrf: &ctx.csrf,
        problems,
        own: own.iter().map(|one| row(ctx, &by, one, &names, false)).collect(),
        headed: headed.iter().map(|one| row(ctx, &by, one, &names, true)).collect(),
        heads: by.may(NAME_SUBSTITUTES),
        staff: choices(staff),
        colleagues: choices(others),
        reasons: reasons.to_vec(),
        form,
        max: substitutes::DAYS_MAX,
    };
    let title = ctx.l.t("identity-substitutes");
    Ok(if problems.is_empty() { ctx.page(&title, &body) } else { ctx.invalid_page(&title, &body) })
}
