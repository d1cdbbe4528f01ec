//! The public list and the page of a procedure.

use askama::Template;
use axum::extract::Path;
use base::{Channel, Date, Fault, Id, Level, vn_date};
use i18n::L;
use lists::{Ask, Cell, Column, Filter as Narrow, Kind, List, On, Opened, Shape, Sort as By, Whole};
use records::Card;
use std::collections::HashMap;
use std::sync::Arc;
use web::{Answer, Breadcrumb, Choice, Ctx};

use crate::shelf::{Filter, Shelf, fresh_shelf};
use crate::version::{Component, Route, ServiceLevel, Sort, Step, Version};
use crate::words::{self, ChannelLine};

/// What is said of a day in the address that is none.
pub(crate) const DAY_WRONG: &str = "catalogue-day-wrong";
/// Whether a procedure can be received here, as words in addresses.
pub(crate) const STATES: [&str; 3] = ["ready", "unready", "doubted"];

/// The versions asked for by `q`, `field`, `level`, `channel`, `service` and `state`, best first; an address is judged before: by the list, or
/// by what the API declares.
pub(crate) fn find(l: L, shelf: &Shelf, value: impl Fn(&'static str) -> String, on: (Date, Date)) -> Vec<Row> {
    let (some, state) = (|name| Some(value(name)).filter(|text| !text.is_empty()), value("state"));
    let filter = Filter {
        field: some("field"),
        level: Level::read(&value("level")),
        channel: Channel::read(&value("channel")),
        service: some("service"),
        receivable: state == "ready",
        sort: Sort::read(&value("catalogue")).unwrap_or_default(),
    };
    let (day, today) = on;
    let on = if day == today { String::new() } else { format!("?on={day}") };
    let found = shelf.search(&value("q"), &filter, day).into_iter().filter(|version| match state.as_str() {
        "unready" => !version.can_be_received(),
        "doubted" => !version.remarks.is_empty(),
        _ => true,
    });
    found.map(|version| Row { l, version, on: on.clone() }).collect()
}

/// A procedure in a list.
#[derive(Clone)]
pub struct Row {
    l: L,
    pub(crate) version: Arc<Version>,
    /// What its address carries of the day; empty for today.
    on: String,
}

/// The procedures in force on a day.
pub static LIST: List<Row> = List {
    key: "procedures",
    path: "/procedures",
    title: "catalogue-procedures",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[
        Narrow::new("q", "catalogue-search", Ask::Words),
        Narrow { max: 80, ..Narrow::new("field", "catalogue-field", Ask::Choice) },
        Narrow::new("level", "catalogue-level", Ask::Choice),
        Narrow::new("channel", "catalogue-channel", Ask::Choice),
        Narrow::new("service", "catalogue-service", Ask::Choice),
        Narrow::new("state", "catalogue-state", Ask::Choice),
        Narrow::new("catalogue", "catalogue-sort", Ask::Choice),
        Narrow::new("on", "catalogue-on", Ask::Day),
    ],
    columns: &[
        Column::new("name", "catalogue-name", Kind::Text, |row: &Row| {
            Cell::text(&row.version.name).to(format!("/procedures/{}{}", row.version.code, row.on))
        })
        .unlabelled()
        .sorted(By::Both),
        Column::new("code", "catalogue-code", Kind::Word, |row: &Row| Cell::code(&row.version.code))
            .unlabelled()
            .sorted(By::Both),
        Column::new("field", "catalogue-field", Kind::Text, |row: &Row| Cell::text(&row.version.field_name))
            .sorted(By::Both),
        Column::new("place", "catalogue-place", Kind::Word, |row: &Row| Cell::text(words::levels(row.l, &row.version))),
        Column::new("limit", "catalogue-limit", Kind::Word, |row: &Row| Cell::text(words::limits(row.l, &row.version))),
        Column::new("fee", "catalogue-fee", Kind::Word, |row: &Row| Cell::text(words::fee_span(row.l, &row.version))),
        Column::new("service", "catalogue-service", Kind::Word, |row: &Row| {
            let level = &row.version.service_level;
            Cell::badge(words::service_kind(level), words::service(row.l, level))
        })
        .unlabelled(),
        Column::new("decision", "catalogue-decision", Kind::Text, |row: &Row| Cell::text(&row.version.decision))
            .on(On::File),
        Column::new("from", "catalogue-from", Kind::Day, |row: &Row| Cell::day(Some(row.version.effective_from)))
            .on(On::File),
    ],
    order: ("best", false),
    shape: Shape::AT,
    empty: ("catalogue-empty", "catalogue-empty-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "list.html")]
struct Page {
    l: L,
    keeps: bool,
    list: String,
}

/// The end of districts: Nghị quyết 203/2025/QH15.
const TWO_TIERS: Date = Date::constant(2025, 7, 1);

/// What may be chosen of each filter: districts before they ended, what is not ready by those who keep the catalogue.
fn choices(ctx: &Ctx, shelf: &Shelf, on: Date, keeps: bool) -> Vec<(&'static str, Vec<Choice>)> {
    let l = ctx.l;
    let word = |what: &str, word: &str| Choice::new(word, l.t(format!("catalogue-{what}-{word}")));
    let fields = shelf.fields(on).into_iter().map(|(code, name, n)| Choice::new(code, format!("{name} ({n})")));
    let levels: &[&str] = if on < TWO_TIERS { &["commune", "district", "province"] } else { &["commune", "province"] };
    let states: &[&str] = if keeps { &STATES } else { &[] };
    // The people's is what is shown unless another is asked for.
    let sorts = [Sort::Internal, Sort::Party].into_iter().filter(|sort| may_see(ctx, *sort));
    vec![
        ("field", fields.collect()),
        ("level", levels.iter().map(|level| word("level", level)).collect()),
        ("channel", Channel::WORDS.map(|channel| word("channel", channel)).into()),
        ("service", words::SERVICES.map(|service| word("service", service)).into()),
        ("state", states.iter().map(|state| word("state", state)).collect()),
        ("catalogue", sorts.map(|sort| word("sort", sort.as_str())).collect()),
    ]
}

/// Procedures in the order asked for.
pub(crate) fn in_order(asked: &lists::Asked, found: Vec<Row>) -> Whole<Row> {
    Whole::of(&LIST, asked, found, |row| row.version.procedure_id)
}

/// GET /procedures
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let (l, shelf) = (ctx.l, fresh_shelf(&ctx.app, ctx.now).await?);
    let day = web::asked_day(&ctx, DAY_WRONG).unwrap_or(ctx.now.date());
    let mut asked = lists::Asked::read(&LIST, &ctx.uri, 0, choices(&ctx, &shelf, day, keeps(&ctx)));
    asked.public = true;
    let found = find(l, &shelf, |name| asked.value(name).to_owned(), (day, ctx.now.date()));
    let total = found.len() as i64;
    let procedures = in_order(&asked, found);
    let mut opened = lists::open(&ctx, &LIST, asked, procedures).await?;
    if let Opened::Page(shown) = &mut opened {
        let said = [("total", l.number(total)), ("time", base::vn_time(ctx.now))];
        shown.info = l.tr("catalogue-count", said);
    }
    let keeps = keeps(&ctx);
    opened.page(&ctx, &l.t(LIST.title), |list| Page { l, keeps, list })
}

fn keeps(ctx: &Ctx) -> bool {
    ctx.actor.as_ref().is_some_and(|actor| actor.may(crate::rights::KEEP_CATALOGUE))
}

struct Paper {
    name: String,
    copies: String,
    required: bool,
    /// How long a copy handed in before may stand in, in words; empty where it is handed in anew.
    reusable: String,
}

struct Edition {
    from: String,
    to: String,
    decision: String,
    /// The announcement that decided it; empty where there is none that the reader may open.
    act: String,
    /// It beside the version before; empty for the first one.
    compare: String,
    origin: String,
    href: String,
    shown: bool,
    state: &'static str,
    state_word: String,
}

#[derive(Template)]
#[template(path = "show.html")]
struct Show<'a> {
    l: L,
    v: &'a Version,
    trail: Vec<Breadcrumb>,
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
    conditions: Vec<String>,
    service: String,
    service_kind: &'static str,
    partial_reason: String,
    online: bool,
    /// Code and name of what it can be filed together with.
    together: Vec<(String, String)>,
    at_counter: bool,
    by_post: bool,
    elsewhere: bool,
    receivable: bool,
    /// Name, who does it and where, norm.
    steps: Vec<(String, String, String)>,
    from: String,
    remarks: Vec<String>,
    editions: Vec<Edition>,
    /// The law's limit and how much of it is cut; empty where nobody has said it.
    statutory: String,
    cut: String,
    /// The catalogue it is of, where that is not the people's.
    sort: String,
    keeps: bool,
}

/// The kind of subjects that decide about versions; it is kept by a room above.
const ACTS: &str = "announcement";

/// The version shown: of the day asked for; else the next to come or the last there was.
fn pick(shelf: &Shelf, code: &str, on: Date) -> Result<Arc<Version>, Fault> {
    let all = shelf.versions_of(code);
    shelf
        .by_code(code, on)
        .or_else(|| all.iter().find(|version| version.effective_from > on).cloned())
        .or_else(|| all.last().cloned())
        .ok_or(Fault::NotFound("catalogue-procedure-unknown"))
}

/// Whether somebody is shown procedures of a catalogue: the Party's are for officials.
pub(crate) fn may_see(ctx: &Ctx, sort: Sort) -> bool {
    sort != Sort::Party || ctx.is_official()
}

/// GET /procedures/{code}
pub(crate) async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    let l = ctx.l;
    let shelf = fresh_shelf(&ctx.app, ctx.now).await?;
    let on = web::asked_day(&ctx, DAY_WRONG)?;
    let version = pick(&shelf, &code, on)?;
    let v = version.as_ref();
    if !may_see(&ctx, v.sort) {
        return Err(Fault::NotFound("catalogue-procedure-unknown").into());
    }
    let acts = shelf.versions_of(&code).iter().filter_map(|version| version.act).collect();
    let acts = records::cards_seen(&ctx, ACTS, acts).await?;
    let today = v.in_force(ctx.now.date());
    let receivable = today && v.can_be_received();
    let mut channels = ChannelLine::all(l, v);
    let notes = words::common_notes(&mut channels);
    // A field of which nothing is in force any more is no choice of the list.
    let mut fields = shelf.fields(ctx.now.date()).into_iter();
    let field = fields.find(|field| field.0 == v.field).map(|field| format!("/procedures?field={}", field.0));
    let step = |step: &Step| (step.name.clone(), words::step_place(l, step), words::limit(l, step.norm));
    let page = Show {
        l,
        v,
        trail: vec![
            Breadcrumb::new(l.t("catalogue-procedures"), "/procedures"),
            Breadcrumb::new(v.field_name.clone(), field.unwrap_or_default()),
            Breadcrumb::new(v.name.clone(), ""),
        ],
        today,
        on_words: vn_date(on),
        limit: words::limits(l, v),
        fee: words::fee_span(l, v),
        place: words::settled_by(l, v),
        result: v.results.first().map_or_else(|| l.t("catalogue-no-result"), |result| result.name.clone()),
        channels,
        notes,
        papers: papers(l, &v.components),
        conditions: v.conditions.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
        service: words::service(l, &v.service_level),
        service_kind: words::service_kind(&v.service_level),
        partial_reason: match &v.service_level {
            ServiceLevel::Partial(reason) => reason.clone(),
            _ => String::new(),
        },
        online: receivable && v.can_be_filed_online(),
        together: shelf
            .led_by(&v.code, ctx.now.date())
            .into_iter()
            .map(|group| (group.code.clone(), group.short.clone()))
            .collect(),
        at_counter: receivable && v.terms(base::Channel::Counter).is_some(),
        by_post: receivable && v.terms(base::Channel::Post).is_some(),
        elsewhere: v.route != Route::Provincial,
        receivable,
        steps: v.process.iter().map(step).collect(),
        from: vn_date(v.effective_from),
        remarks: v.remarks.iter().map(|line| words::remark(l, line)).collect(),
        editions: editions(&ctx, &shelf, v, &acts),
        statutory: v.statutory.map(|law| words::limit(l, law)).unwrap_or_default(),
        cut: v.cut().map(|cut| cut.percent(l.0)).unwrap_or_default(),
        sort: if v.sort == Sort::Public { String::new() } else { l.t(format!("catalogue-sort-{}", v.sort.as_str())) },
        keeps: keeps(&ctx),
    };
    Ok(ctx.page(&v.name, &page))
}

fn papers(l: L, components: &[Component]) -> Vec<(String, Vec<Paper>)> {
    let mut groups: Vec<(String, Vec<Paper>)> = vec![(String::new(), Vec::new())];
    for component in components {
        let said = |key, n: u16| (n > 0).then(|| l.tr(key, [("n", n.to_string())]));
        let copies = [said("catalogue-originals", component.originals), said("catalogue-copies", component.copies)];
        let paper = Paper {
            name: component.name.clone(),
            copies: copies.into_iter().flatten().collect::<Vec<_>>().join(", "),
            required: component.required,
            reusable: said("catalogue-reusable", component.lasting_months).unwrap_or_default(),
        };
        match groups.iter_mut().find(|(name, _)| *name == component.group) {
            Some((_, papers)) => papers.push(paper),
            None => groups.push((component.group.clone(), vec![paper])),
        }
    }
    groups.retain(|(_, papers)| !papers.is_empty());
    groups
}

fn editions(ctx: &Ctx, shelf: &Shelf, shown: &Version, acts: &HashMap<Id, Card>) -> Vec<Edition> {
    let today = ctx.now.date();
    let seen = |version: &&Arc<Version>| may_see(ctx, version.sort);
    let versions: Vec<&Arc<Version>> = shelf.versions_of(&shown.code).iter().filter(seen).collect();
    let before = std::iter::once(None).chain(versions.iter().map(Some));
    let mut all: Vec<Edition> = versions
        .iter()
        .zip(before)
        .map(|(version, before)| {
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
                act: version.act.and_then(|act| acts.get(&act)).map(|card| card.href.clone()).unwrap_or_default(),
                compare: before.map_or_else(String::new, |before| {
                    let (from, to) = (before.effective_from, version.effective_from);
                    format!("/procedures/{}/compare?from={from}&to={to}", version.code)
                }),
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
