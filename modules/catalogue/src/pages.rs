//! The public list and the page of a procedure.

use askama::Template;
use axum::extract::Path;
use base::{Date, Fault, Problem, vn_date};
use i18n::L;
use std::sync::Arc;
use web::table::{self, Cell, Paging, SortLink, query_value, sort_link, sort_of};
use web::{Answer, Breadcrumb, Choice, Ctx};

use crate::shelf::{Filter, Shelf, fresh_shelf};
use crate::version::{Component, Route, ServiceLevel, Version};
use crate::words::{self, ChannelLine};

/// Columns a reader can sort by.
const SORTS: &[&str] = &["code", "name", "field"];

/// The day in the address (`on`), today when there is none.
fn day_of(ctx: &Ctx) -> Result<Date, Fault> {
    match query_value(&ctx.uri, "on").as_str() {
        "" => Ok(ctx.now.date()),
        text => {
            text.parse().map_err(|_| Fault::invalid(Problem::new("catalogue-day-wrong").field("on").arg("value", text)))
        }
    }
}

/// What an address narrows the list to: `q`, `field`, `level`, `channel`, `service`, `state`, `on`.
pub(crate) struct Asked {
    pub q: String,
    pub filter: Filter,
    pub state: String,
    pub on: Date,
}

impl Asked {
    /// Reads the address. A word that is none of those offered is refused, naming the field.
    pub(crate) fn of(ctx: &Ctx) -> Result<Asked, Fault> {
        let value = |name: &str| query_value(&ctx.uri, name).trim().to_owned();
        let wrong = |field: &'static str, value: &str| {
            Fault::invalid(Problem::new("catalogue-filter-wrong").field(field).arg("value", value))
        };
        let some = |name: &str| Some(value(name)).filter(|text| !text.is_empty());
        let level = some("level").map(|text| text.parse().map_err(|_| wrong("level", &text))).transpose()?;
        let channel = some("channel").map(|text| text.parse().map_err(|_| wrong("channel", &text))).transpose()?;
        let service = some("service");
        if let Some(word) = service.as_ref().filter(|word| !words::SERVICES.contains(&word.as_str())) {
            return Err(wrong("service", word));
        }
        let state = value("state");
        if !["", "ready", "unready", "doubted"].contains(&state.as_str()) {
            return Err(wrong("state", &state));
        }
        let filter = Filter { field: some("field"), level, channel, service, receivable: state == "ready" };
        Ok(Asked { q: value("q"), filter, state, on: day_of(ctx)? })
    }

    /// The versions asked for, best first or as sorted.
    pub(crate) fn find(&self, shelf: &Shelf, uri: &str) -> Vec<Arc<Version>> {
        let mut found = shelf.search(&self.q, &self.filter, self.on);
        match self.state.as_str() {
            "unready" => found.retain(|version| !version.can_be_received()),
            "doubted" => found.retain(|version| !version.remarks.is_empty()),
            _ => {}
        }
        if let Some((column, descending)) = sort_of(uri, SORTS) {
            found.sort_by_cached_key(|version| match column {
                "code" => (version.code.clone(), String::new()),
                "name" => (base::fold(&version.name), version.code.clone()),
                _ => (base::fold(&version.field_name), base::fold(&version.name)),
            });
            if descending {
                found.reverse();
            }
        }
        found
    }
}

struct Row {
    code: String,
    name: String,
    field: String,
    levels: String,
    limit: String,
    fee: String,
    service: String,
    service_kind: &'static str,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    l: L,
    uri: String,
    q: String,
    on: String,
    on_today: bool,
    on_words: String,
    as_of: String,
    fields: Vec<Choice>,
    field: String,
    levels: Vec<Choice>,
    level: String,
    channels: Vec<Choice>,
    channel: String,
    services: Vec<Choice>,
    service: String,
    states: Vec<Choice>,
    state: String,
    narrowed: bool,
    keeps: bool,
    rows: Vec<Row>,
    paging: Paging,
    by_code: SortLink,
    by_name: SortLink,
    by_field: SortLink,
}

/// GET /procedures
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let l = ctx.l;
    let shelf = fresh_shelf(&ctx.app, ctx.now).await?;
    let asked = Asked::of(&ctx)?;
    let found = asked.find(&shelf, &ctx.uri);
    let format = query_value(&ctx.uri, "format");
    if !format.is_empty() {
        return Ok(export(l, &format, &found)?);
    }
    let (part, paging) = Paging::from_uri(&ctx.uri).leafed(found, |version| version.code.clone());
    let rows = part.iter().map(|version| row(l, version)).collect();
    let keeps = ctx.actor.as_ref().is_some_and(|actor| actor.may(crate::rights::KEEP_CATALOGUE));
    let states = ["ready", "unready", "doubted"];
    let page = List {
        l,
        uri: ctx.uri.clone(),
        on: asked.on.to_string(),
        on_today: asked.on == ctx.now.date(),
        on_words: vn_date(asked.on),
        as_of: base::vn_time(ctx.now),
        fields: shelf
            .fields(asked.on)
            .into_iter()
            .map(|(code, name, n)| Choice::new(code, format!("{name} ({n})")))
            .collect(),
        field: asked.filter.field.clone().unwrap_or_default(),
        levels: words::level_choices(l),
        level: asked.filter.level.map(|level| level.as_str().to_owned()).unwrap_or_default(),
        channels: words::channel_choices(l),
        channel: asked.filter.channel.map(|channel| channel.as_str().to_owned()).unwrap_or_default(),
        services: words::service_choices(l),
        service: asked.filter.service.clone().unwrap_or_default(),
        states: states.iter().map(|word| Choice::new(*word, l.t(format!("catalogue-state-{word}")))).collect(),
        narrowed: !asked.q.is_empty() || !asked.state.is_empty() || asked.filter != Filter::default(),
        q: asked.q,
        state: asked.state,
        keeps,
        rows,
        paging,
        by_code: sort_link(&ctx.uri, "code"),
        by_name: sort_link(&ctx.uri, "name"),
        by_field: sort_link(&ctx.uri, "field"),
    };
    Ok(ctx.page(&l.t("catalogue-procedures"), &page))
}

fn row(l: L, version: &Version) -> Row {
    Row {
        code: version.code.clone(),
        name: version.name.clone(),
        field: version.field_name.clone(),
        levels: words::levels(l, version),
        limit: words::limits(l, version),
        fee: words::fee_span(l, version),
        service: words::service(l, &version.service_level),
        service_kind: words::service_kind(&version.service_level),
    }
}

fn export(l: L, format: &str, found: &[Arc<Version>]) -> Result<axum::response::Response, Fault> {
    let head = ["code", "name", "field", "level", "limit", "fee", "service", "decision", "from"];
    let headers: Vec<String> = head.iter().map(|word| l.t(format!("catalogue-{word}"))).collect();
    let rows = found
        .iter()
        .map(|version| {
            let row = row(l, version);
            let texts =
                [row.code, row.name, row.field, row.levels, row.limit, row.fee, row.service, version.decision.clone()];
            texts.into_iter().map(Cell::from).chain([Cell::Day(version.effective_from)]).collect()
        })
        .collect();
    table::export(l, format, &l.t("catalogue-export-name"), &headers, rows)
}

struct Paper {
    name: String,
    copies: String,
    required: bool,
    /// How long a copy handed in before may stand in, in words; empty where it is handed in anew.
    reusable: String,
}

struct StepLine {
    name: String,
    place: String,
    norm: String,
}

struct Edition {
    from: String,
    to: String,
    decision: String,
    origin: String,
    href: String,
    shown: bool,
    state: &'static str,
    state_word: String,
}

#[derive(Template)]
#[template(path = "show.html")]
struct Show {
    l: L,
    trail: Vec<Breadcrumb>,
    code: String,
    name: String,
    field: String,
    today: bool,
    on_words: String,
    limit: String,
    fee: String,
    place: String,
    result: String,
    channels: Vec<ChannelLine>,
    /// What is said of every way of filing.
    notes: Vec<String>,
    /// Papers by case; the first group is for everybody.
    papers: Vec<(String, Vec<Paper>)>,
    results: Vec<(String, String)>,
    applicants: Vec<String>,
    conditions: Vec<String>,
    sequence: Vec<String>,
    legal_bases: Vec<String>,
    service: String,
    service_kind: &'static str,
    partial_reason: String,
    payable_online: bool,
    online: bool,
    at_counter: bool,
    by_post: bool,
    elsewhere: bool,
    receivable: bool,
    steps: Vec<StepLine>,
    decision: String,
    from: String,
    source: String,
    remarks: Vec<String>,
    editions: Vec<Edition>,
    keeps: bool,
}

/// The version shown: of the day asked for; else the next to come or the last there was.
fn pick(shelf: &Shelf, code: &str, on: Date) -> Result<Arc<Version>, Fault> {
    let all = shelf.versions_of(code);
    shelf
        .by_code(code, on)
        .or_else(|| all.iter().find(|version| version.effective_from > on).cloned())
        .or_else(|| all.last().cloned())
        .ok_or(Fault::NotFound("catalogue-procedure-unknown"))
}

/// GET /procedures/{code}
pub(crate) async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let l = ctx.l;
    let shelf = fresh_shelf(&ctx.app, ctx.now).await?;
    let on = day_of(&ctx)?;
    let version = pick(&shelf, &code, on)?;
    let v = version.as_ref();
    let today = v.in_force(ctx.now.date());
    let receivable = today && v.can_be_received();
    let mut channels = ChannelLine::all(l, v);
    let notes = words::common_notes(&mut channels);
    let page = Show {
        l,
        trail: vec![
            Breadcrumb::new(l.t("catalogue-procedures"), "/procedures"),
            Breadcrumb::new(v.field_name.clone(), format!("/procedures?field={}", v.field)),
            Breadcrumb::new(v.name.clone(), ""),
        ],
        code: v.code.clone(),
        name: v.name.clone(),
        field: v.field_name.clone(),
        today,
        on_words: vn_date(on),
        limit: words::limits(l, v),
        fee: words::fee_span(l, v),
        place: words::settled_by(l, v),
        result: v.results.first().map_or_else(|| l.t("catalogue-no-result"), |result| result.name.clone()),
        channels,
        notes,
        papers: papers(l, &v.components),
        results: v.results.iter().map(|result| (result.name.clone(), result.code.clone())).collect(),
        applicants: v.applicants.clone(),
        conditions: v.conditions.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
        sequence: v.sequence.clone(),
        legal_bases: v.legal_bases.clone(),
        service: words::service(l, &v.service_level),
        service_kind: words::service_kind(&v.service_level),
        partial_reason: match &v.service_level {
            ServiceLevel::Partial(reason) => reason.clone(),
            _ => String::new(),
        },
        payable_online: v.payable_online,
        online: receivable && v.can_be_filed_online(),
        at_counter: receivable && v.terms(base::Channel::Counter).is_some(),
        by_post: receivable && v.terms(base::Channel::Post).is_some(),
        elsewhere: v.route != Route::Provincial,
        receivable,
        steps: v
            .process
            .iter()
            .map(|step| StepLine {
                name: step.name.clone(),
                place: words::step_place(l, step),
                norm: words::limit(l, step.norm),
            })
            .collect(),
        decision: v.decision.clone(),
        from: vn_date(v.effective_from),
        source: v.source.clone(),
        remarks: v.remarks.iter().map(|line| words::remark(l, line)).collect(),
        editions: editions(&ctx, &shelf, v),
        keeps: ctx.actor.as_ref().is_some_and(|actor| actor.may(crate::rights::KEEP_CATALOGUE)),
    };
    Ok(ctx.page(&v.name, &page))
}

fn papers(l: L, components: &[Component]) -> Vec<(String, Vec<Paper>)> {
    let mut groups: Vec<(String, Vec<Paper>)> = vec![(String::new(), Vec::new())];
    for component in components {
        let paper = Paper {
            name: component.name.clone(),
            copies: match (component.originals, component.copies) {
                (0, 0) => String::new(),
                (originals, 0) => l.tr("catalogue-originals", [("n", originals.to_string())]),
                (0, copies) => l.tr("catalogue-copies", [("n", copies.to_string())]),
                (originals, copies) => format!(
                    "{}, {}",
                    l.tr("catalogue-originals", [("n", originals.to_string())]),
                    l.tr("catalogue-copies", [("n", copies.to_string())])
                ),
            },
            required: component.required,
            reusable: match component.lasting_months {
                0 => String::new(),
                n => l.tr("catalogue-reusable", [("n", n.to_string())]),
            },
        };
        match groups.iter_mut().find(|(name, _)| *name == component.group) {
            Some((_, papers)) => papers.push(paper),
            None => groups.push((component.group.clone(), vec![paper])),
        }
    }
    groups.retain(|(_, papers)| !papers.is_empty());
    groups
}

fn editions(ctx: &Ctx, shelf: &Shelf, shown: &Version) -> Vec<Edition> {
    let today = ctx.now.date();
    let mut all: Vec<Edition> = shelf
        .versions_of(&shown.code)
        .iter()
        .map(|version| {
            let (state, word) = if version.in_force(today) {
                ("ontime", "catalogue-edition-now")
            } else if version.effective_from > today {
                ("new", "catalogue-edition-next")
            } else {
                ("done", "catalogue-edition-past")
            };
            Edition {
                from: vn_date(version.effective_from),
                to: version.effective_to.map(vn_date).unwrap_or_default(),
                decision: version.decision.clone(),
                origin: ctx.l.t(format!("catalogue-origin-{}", version.origin.as_str())),
                href: format!("/procedures/{}?on={}", version.code, version.effective_from),
                shown: version.id == shown.id,
                state,
                state_word: ctx.l.t(word),
            }
        })
        .collect();
    all.reverse();
    all
}
