//! /steering/indicators: what each indicator counts, since when, who decided it; proposing another definition and deciding on one.

use super::form::{self, SIDES};
use super::{DEFINITIONS_OF, DEFINITIONS_WAITING, Definition, Stage, indicators, known};
use crate::house::House;
use crate::listed;
use crate::view::pick;
use ::store::params;
use askama::Template;
use axum::extract::Path;
use base::{Channel, Date, Fault, Problem, vn_date, vn_date_time};
use facts::{Indicator, Unit, Written, WrittenCount};
use i18n::L;
use lists::{Ask, Asked, Cell, Column, Filter, Kind, Known, List, On, Shape};
use records::{Asker, Held, Machine, Typed, Verb};
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// An indicator in the list.
#[derive(Clone)]
pub struct Row {
    id: String,
    name: String,
    definition: String,
    figure: String,
    since: Date,
    source: String,
    /// A definition that comes, or waits to be decided.
    next: String,
}

/// What each indicator counts, since when and on what ground.
pub static LIST: List<Row> = List {
    key: "indicators",
    path: "/steering/indicators",
    title: "reform-definitions",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[Filter::new("q", "reform-definition-name", Ask::Words)],
    columns: &[
        Column::new("name", "reform-definition-name", Kind::Text, |row: &Row| {
            Cell::text(&row.name).to(format!("/steering/indicators/{}", row.id))
        })
        .unlabelled(),
        Column::new("definition", "reform-definition-what", Kind::Text, |row| Cell::text(&row.definition)),
        Column::new("figure", "reform-figure-open", Kind::Word, |row: &Row| {
            Cell::text(&row.figure).to(format!("/steering/indicators/{}/figure", row.id))
        })
        .on(On::Page)
        .unlabelled(),
        Column::new("since", "reform-definition-since", Kind::Day, |row| {
            Cell::day(Some(row.since)).mark(!row.next.is_empty(), "near", || row.next.clone())
        }),
        Column::new("source", "reform-definition-source", Kind::Text, |row| Cell::text(&row.source)),
    ],
    order: ("name", false),
    shape: Shape::ID,
    empty: ("reform-no-indicators", "reform-no-indicators-hint"),
    files: true,
};

/// One definition of an indicator.
struct Version {
    since: String,
    here: bool,
    shipped: bool,
    definition: String,
    source: String,
    numerator: String,
    denominator: String,
    who: String,
}

/// One that was proposed here.
struct Offered {
    code: String,
    since: String,
    state: String,
    colour: &'static str,
    definition: String,
    numerator: String,
    denominator: String,
    basis: String,
    who: String,
    acts: Vec<Act>,
}

struct Act {
    action: String,
    word: String,
    reason: bool,
    plain: bool,
}

/// A flag among the conditions of a side.
struct Flag {
    name: &'static str,
    word: String,
    all: bool,
    none: bool,
}

struct Side {
    name: &'static str,
    measure: String,
    channel: String,
    flags: Vec<Flag>,
}

#[derive(Template)]
#[template(path = "definition.html")]
struct ShowPage<'a> {
    l: L,
    csrf: &'a str,
    problems: &'a [Problem],
    trail: Vec<Breadcrumb>,
    id: &'a str,
    title: String,
    unit: String,
    versions: Vec<Version>,
    asked: Vec<Offered>,
    proposes: bool,
    form: Written,
    basis: String,
    sides: Vec<Side>,
    measures: Vec<Choice>,
    channels: Vec<Choice>,
}

fn crumbs(l: L, name: &str) -> Vec<Breadcrumb> {
    let above = [("nav-steering", "/steering"), ("reform-definitions", "/steering/indicators")];
    let above = above.into_iter().map(|(word, href)| Breadcrumb::new(l.t(word), href));
    above.chain([Breadcrumb::new(name, "")]).collect()
}

/// What a side counts, in words: "settled: on time; not: supplemented again".
fn side_text(l: L, side: &WrittenCount) -> String {
    let word = |name: &String| l.t(format!("reform-flag-{name}"));
    let mut text = match side.measure.as_str() {
        "" => return l.t("reform-definition-nothing"),
        measure => l.t(format!("reform-counted-{measure}")),
    };
    let mut conditions: Vec<String> = side.all.iter().map(word).collect();
    conditions.extend(side.none.iter().map(|name| l.tr("reform-definition-not", [("what", word(name))])));
    conditions.extend(side.channel.iter().map(|channel| l.t(format!("reform-channel-{channel}"))));
    if !conditions.is_empty() {
        text.push_str(&format!(": {}", conditions.join("; ")));
    }
    text
}

pub(crate) async fn list(ctx: Ctx) -> Answer {
    let (l, today, known) = (ctx.l, ctx.now.date(), indicators(&ctx.app));
    let waiting = ctx
        .db()
        .read(|tx| {
            Box::pin(async move {
                Ok::<_, Fault>(Held::<Definition>::read_all(&tx.query(DEFINITIONS_WAITING, &[]).await?)?)
            })
        })
        .await?;
    let row = |one: &Indicator| {
        let coming = known.versions(&one.id).iter().find(|later| later.valid_from > today);
        let asked = waiting.iter().find(|held| held.state.indicator == one.id);
        let next = match (asked, coming) {
            (Some(asked), _) => l.tr("reform-definition-waits-from", [("day", vn_date(asked.state.valid_from))]),
            (None, Some(coming)) => l.tr("reform-definition-comes", [("day", vn_date(coming.valid_from))]),
            (None, None) => String::new(),
        };
        Row {
            id: one.id.clone(),
            name: pick(l, &one.name_vi, &one.name_en).to_owned(),
            definition: pick(l, &one.definition_vi, &one.definition_en).to_owned(),
            figure: l.t("reform-figure-open"),
            since: one.valid_from,
            source: one.source.clone(),
            next,
        }
    };
    let asked = Asked::read(&LIST, &ctx.uri, 0, Vec::new());
    let words = base::fold(asked.value("q"));
    let found = |row: &Row| base::fold(&format!("{} {}", row.name, row.definition)).contains(&words);
    let rows = Known(known.all(today).map(row).filter(found).collect());
    listed::page(&ctx, lists::open(&ctx, &LIST, asked, rows).await?, LIST.title, &[])
}

pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    page(&ctx, &id, None, &[]).await
}

/// `POST /steering/indicators/{id}`: another definition is proposed.
pub(crate) async fn propose(ctx: Ctx, Path(id): Path<String>, given: FormMap) -> Answer {
    let (known, now) = (indicators(&ctx.app), ctx.now);
    let Some(latest) = known.versions(&id).last() else { return Err(Fault::NotFound("reform-no-indicator").into()) };
    let proposal = match form::read(&given, &known, latest) {
        Ok(proposal) => proposal,
        Err(problems) => return page(&ctx, &id, Some(&given), &problems).await,
    };
    let (actor, house) = (ctx.require(crate::rights::KEEP_PROGRAMMES)?.clone(), House::of(&ctx).await?);
    let made = ctx
        .db()
        .write(move |tx| Box::pin(async move { super::make(tx, &house, &Asker::actor(&actor, now), proposal).await }))
        .await;
    match made {
        Ok(_) => Ok(ctx.flash(format!("/steering/indicators/{id}"), "reform-definition-made")),
        Err(fault) => refused(&ctx, &id, Some(&given), fault).await,
    }
}

/// `POST /steering/indicators/{id}/{code}/{verb}`
pub(crate) async fn act(ctx: Ctx, Path((id, code, verb)): Path<(String, String, String)>, given: FormMap) -> Answer {
    let (actor, now, house) = (ctx.require(crate::rights::READ_STEERING)?.clone(), ctx.now, House::of(&ctx).await?);
    let (word, typed) = (verb.clone(), Typed::from(&given));
    let done = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                let asker = Asker::actor(&actor, now);
                records::act::<Definition>(tx, &house, &asker, (&code, &word), &typed).await
            })
        })
        .await;
    match done {
        Ok(held) => {
            if held.state.stage == Stage::InForce {
                web::reload::<known::Known>(&ctx.app).await?;
            }
            Ok(ctx.flash(format!("/steering/indicators/{id}"), &format!("reform-definition-did-{verb}")))
        }
        Err(fault) => refused(&ctx, &id, None, fault).await,
    }
}

async fn refused(ctx: &Ctx, id: &str, given: Option<&FormMap>, fault: Fault) -> Answer {
    match fault {
        Fault::Invalid(problems) => page(ctx, id, given, &problems).await,
        Fault::Conflict(problem) => page(ctx, id, given, &[problem]).await,
        fault => Err(fault.into()),
    }
}

async fn page(ctx: &Ctx, id: &str, given: Option<&FormMap>, problems: &[Problem]) -> Answer {
    let (l, today, known) = (ctx.l, ctx.now.date(), indicators(&ctx.app));
    let versions = known.versions(id);
    let Some(latest) = versions.last() else { return Err(Fault::NotFound("reform-no-indicator").into()) };
    let word = id.to_owned();
    let (asked, names) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let asked = Held::<Definition>::read_all(&tx.query(DEFINITIONS_OF, params![word]).await?)?;
                let people: Vec<_> = asked
                    .iter()
                    .flat_map(|one| [Some(one.state.proposed_by), one.state.decided_by])
                    .flatten()
                    .collect();
                Ok::<_, Fault>((asked, identity::names(tx, &people).await?))
            })
        })
        .await?;
    let actor = ctx.require(crate::rights::READ_STEERING)?;
    let (house, asker) = (House::of(ctx).await?, Asker::actor(actor, ctx.now));
    let name = |id: &base::Id| names.get(id).cloned().unwrap_or_default();
    let who = |one: &Definition| {
        let by = [("name", name(&one.proposed_by)), ("at", vn_date_time(one.proposed_at))];
        let mut text = l.tr("reform-definition-by", by);
        if let (Some(decider), Some(at)) = (one.decided_by, one.decided_at) {
            let decided = [("name", name(&decider)), ("at", vn_date_time(at))];
            text.push_str(&format!(" {}", l.tr("reform-definition-decided", decided)));
        }
        text
    };
    let in_force = |from| asked.iter().find(|one| one.state.stage == Stage::InForce && one.state.valid_from == from);
    let here = known.get(id, today).map(|one| one.valid_from);
    let version = |one: &Indicator| {
        let written = Written::of(one);
        let own = in_force(one.valid_from);
        Version {
            since: vn_date(one.valid_from),
            here: here == Some(one.valid_from),
            shipped: own.is_none(),
            definition: pick(l, &one.definition_vi, &one.definition_en).to_owned(),
            source: one.source.clone(),
            numerator: side_text(l, &written.numerator),
            denominator: side_text(l, &written.denominator),
            who: own.map(|held| format!("{} {}", held.state.basis, who(&held.state))).unwrap_or_default(),
        }
    };
    let root = house.tree().root().map(|root| root.path.clone()).unwrap_or_default();
    let proposes = actor.may_at(crate::rights::KEEP_PROGRAMMES, &root)
        && !asked.iter().any(|one| one.state.stage == Stage::Proposed);
    let form = given.map_or_else(|| Written { valid_from: String::new(), ..Written::of(latest) }, typed_of);
    let flag_sides = [&form.numerator, &form.denominator];
    let side = |(name, side): (&'static str, &&WrittenCount)| Side {
        name,
        measure: side.measure.clone(),
        channel: side.channel.clone().unwrap_or_default(),
        flags: form::conditions(&known)
            .into_iter()
            .map(|flag| Flag {
                name: flag,
                word: l.t(format!("reform-flag-{flag}")),
                all: side.all.iter().any(|one| one == flag),
                none: side.none.iter().any(|one| one == flag),
            })
            .collect(),
    };
    let body = ShowPage {
        l,
        csrf: &ctx.csrf,
        problems,
        trail: crumbs(l, pick(l, &latest.name_vi, &latest.name_en)),
        id,
        title: pick(l, &latest.name_vi, &latest.name_en).to_owned(),
        unit: l.t(match latest.unit {
            Unit::Percent => "reform-definition-percent",
            Unit::Count => "reform-definition-count",
            Unit::Dong => "reform-definition-dong",
        }),
        versions: versions.iter().rev().map(version).collect(),
        asked: asked
            .iter()
            .filter(|one| one.state.stage != Stage::InForce)
            .map(|one| asked_row(l, id, one, &house, &asker, who(&one.state)))
            .collect(),
        proposes,
        basis: given.map(|given| given.text("basis").to_owned()).unwrap_or_default(),
        sides: SIDES.into_iter().zip(flag_sides.iter()).map(side).collect(),
        measures: form::measures(&known)
            .into_keys()
            .map(|measure| Choice::new(measure, l.t(format!("reform-counted-{measure}"))))
            .collect(),
        channels: [Channel::Counter, Channel::Online, Channel::Post]
            .map(|channel| Choice::new(channel.as_str(), l.t(format!("reform-channel-{}", channel.as_str()))))
            .into(),
        form,
    };
    let title = body.title.clone();
    Ok(if problems.is_empty() { ctx.page(&title, &body) } else { ctx.invalid_page(&title, &body) })
}

fn asked_row(l: L, id: &str, one: &Held<Definition>, house: &House, asker: &Asker<'_>, who: String) -> Offered {
    let written = Written::from_toml(&one.state.body).ok();
    let side = |pick: fn(&Written) -> &WrittenCount| {
        written.as_ref().map(|written| side_text(l, pick(written))).unwrap_or_default()
    };
    let own_proposal = asker.actor.is_some_and(|actor| actor.account == one.state.proposed_by);
    let offered = |verb: &&Verb<Definition>| {
        let for_second = verb.word != "withdraw";
        verb.from.contains(&one.state.stage)
            && for_second != own_proposal
            && records::may::<Definition>(verb, one, house, asker)
    };
    let act = |verb: &Verb<Definition>| Act {
        action: format!("/steering/indicators/{id}/{}/{}", one.code, verb.word),
        word: l.t(format!("reform-definition-do-{}", verb.word)),
        reason: !verb.asks.is_empty(),
        plain: verb.word != "confirm",
    };
    Offered {
        code: one.code.clone(),
        since: vn_date(one.state.valid_from),
        state: l.t(format!("reform-definition-{}", Definition::word(one.state.stage))),
        colour: if one.state.stage == Stage::Proposed { "near" } else { "paused" },
        definition: written
            .as_ref()
            .map(|written| pick(l, &written.definition_vi, &written.definition_en).to_owned())
            .unwrap_or_default(),
        numerator: side(|written| &written.numerator),
        denominator: side(|written| &written.denominator),
        basis: one.state.basis.clone(),
        who,
        acts: Definition::VERBS.iter().filter(offered).map(act).collect(),
    }
}

/// What was typed, to be shown again.
fn typed_of(given: &FormMap) -> Written {
    let text = |name: &str| given.text(name).to_owned();
    let side = |side: &str| WrittenCount {
        measure: text(&format!("{side}_measure")),
        all: given.all(&format!("{side}_all")).to_vec(),
        none: given.all(&format!("{side}_none")).to_vec(),
        channel: given.get(&format!("{side}_channel")).map(str::to_owned),
        ..WrittenCount::default()
    };
    Written {
        id: String::new(),
        valid_from: text("valid_from"),
        name_vi: text("name_vi"),
        name_en: text("name_en"),
        definition_vi: text("definition_vi"),
        definition_en: text("definition_en"),
        unit: Unit::Percent,
        source: text("source"),
        needs_vi: None,
        needs_en: None,
        beside: None,
        least: given.text("least").parse().unwrap_or_default(),
        numerator: side("numerator"),
        denominator: side("denominator"),
    }
}
