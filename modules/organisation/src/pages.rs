//! The directory of agencies: the list with its search, and one agency at a chosen date.

use crate::agency::{Agency, Kind};
use crate::store as sql;
use crate::tree::Tree;
use crate::{shipped, tree_of};
use askama::Template;
use axum::extract::Path;
use base::calendar::{Calendar, WorkingHours};
use base::{Date, Fault, Id, Lang, Level, System, vn_date, vn_date_time};
use i18n::L;
use lists::{Ask, Asked, Cell, Column, Count, Filter, Kind as Holds, List, On, Shape, Sort, Whole};
use web::{Answer, Breadcrumb, Choice, Ctx};

/// Events an agency's page shows at most.
const EVENTS_SHOWN: usize = 20;

/// One agency in a list.
#[derive(Clone)]
pub struct Line {
    id: Id,
    name: String,
    code: String,
    kind: String,
    href: String,
    /// What it belongs to: the agency above, the system for a root.
    above: String,
    from: Option<Date>,
    decision: String,
}

/// The agencies that stand on a day.
pub static LIST: List<Line> = List {
    key: "units",
    path: "/units",
    title: "organisation-units",
    tabs: &["province", "communes", "parts", "beside"],
    tab_word: "organisation-tab-",
    through: "q",
    filters: &[
        Filter::new("q", "organisation-search", Ask::Words),
        Filter::new("kind", "organisation-kind", Ask::Choice),
        Filter::new("on", "organisation-on", Ask::Day),
    ],
    columns: &[
        Column::new("name", "organisation-name", Holds::Text, |line: &Line| Cell::text(&line.name).to(&line.href))
            .unlabelled()
            .sorted(Sort::Both),
        Column::new("code", "organisation-code", Holds::Word, |line: &Line| Cell::code(&line.code)).sorted(Sort::Both),
        Column::new("kind", "organisation-kind", Holds::Word, |line: &Line| Cell::text(&line.kind)),
        Column::new("above", "organisation-belongs", Holds::Text, |line: &Line| Cell::text(&line.above)),
        Column::new("from", "organisation-from", Holds::Day, |line: &Line| Cell::day(line.from)).on(On::File),
        Column::new("decision", "organisation-decision", Holds::Text, |line: &Line| Cell::text(&line.decision))
            .on(On::File),
    ],
    order: ("place", false),
    shape: Shape::AT,
    empty: ("organisation-none", "organisation-none-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "list.html")]
struct Page {
    l: L,
    on: String,
    on_words: String,
    list: String,
}

/// `?on=…` for links, empty for today.
fn keep_day(ctx: &Ctx, day: Date) -> String {
    if day == ctx.now.date() { String::new() } else { format!("?on={day}") }
}

/// Writes agencies as lines of a list.
struct Lines<'a> {
    l: L,
    tree: &'a Tree,
    day: Date,
    keep: String,
}

impl Lines<'_> {
    fn line(&self, agency: &Agency) -> Line {
        let above = agency.parent.and_then(|parent| self.tree.get(parent));
        Line {
            id: agency.id,
            name: agency.name_on(self.day).to_owned(),
            code: agency.code.clone(),
            kind: kind_word(self.l, agency),
            href: format!("/units/{}{}", agency.id, self.keep),
            above: above.map_or_else(|| system_word(self.l, agency), |above| above.short_name.clone()),
            from: agency.valid_from,
            decision: agency.decision.clone().unwrap_or_default(),
        }
    }

    fn lines(&self, agencies: Vec<&Agency>) -> Vec<Line> {
        agencies.into_iter().map(|agency| self.line(agency)).collect()
    }
}

fn kind_word(l: L, agency: &Agency) -> String {
    match (agency.kind, agency.level) {
        (Kind::PeoplesCommittee, Level::District) => l.t("organisation-kind-district-committee"),
        (kind, _) => l.t(format!("organisation-kind-{}", kind.as_str())),
    }
}

fn system_word(l: L, agency: &Agency) -> String {
    l.t(format!("base-system-{}", agency.system().as_str()))
}

/// The tab an agency stands under: what the province works through, its communes (before 01/07/2025 its districts), their parts,
/// the other systems.
fn tab_of(agency: &Agency) -> usize {
    match (agency.system(), agency.lineage().len(), agency.level) {
        (System::State, ..=2, Level::Province) => 0,
        (System::State, ..=2, _) => 1,
        (System::State, ..) => 2,
        _ => 3,
    }
}

/// GET /units
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let (l, tree) = (ctx.l, tree_of(&ctx.app).await?);
    let kind = |kind: Kind| Choice::new(kind.as_str(), l.t(format!("organisation-kind-{}", kind.as_str())));
    let mut asked = Asked::read(&LIST, &ctx.uri, 0, vec![("kind", Kind::ALL.map(kind).into())]);
    asked.public = true;
    let day = asked.day("on").map_or(ctx.now.date(), |at| at.date());
    let mut standing = tree.search(asked.value("q"), day);
    if !asked.is("q") {
        standing = tree.all().iter().filter(|agency| agency.stands_on(day)).collect();
        standing.sort_by_cached_key(|agency| (agency.system(), agency.lineage()));
    }
    if let Some(kind) = Kind::read(asked.value("kind")) {
        standing.retain(|agency| agency.kind == kind);
    }
    let count = |tab| Count::upto(tab, standing.iter().filter(|one| tab_of(one) == tab).count() as i64, i64::MAX);
    let counts = (0..LIST.tabs.len()).map(count).collect();
    standing.retain(|agency| asked.is("q") || tab_of(agency) == asked.tab);
    let rows = Lines { l, tree: &tree, day, keep: keep_day(&ctx, day) }.lines(standing);
    let units = Whole { counts, ..Whole::of(&LIST, &asked, rows, |line| line.id) };
    let opened = lists::open(&ctx, &LIST, asked, units).await?;
    opened.page(&ctx, &l.t(LIST.title), |list| Page { l, on: day.to_string(), on_words: vn_date(day), list })
}

#[derive(Template)]
#[template(path = "show.html")]
struct Show<'a> {
    l: L,
    agency: &'a Agency,
    trail: Vec<Breadcrumb>,
    name: String,
    kind: String,
    on: String,
    on_words: String,
    stands: bool,
    /// Label, value, and where it leads.
    facts: Vec<(String, String, String)>,
    below: Vec<Line>,
    /// What it followed, what followed it, and whatever else points to it.
    links: String,
    former_names: Vec<(String, String)>,
    hours: Vec<(String, String)>,
    own_hours: String,
    open_today: bool,
    day_off: String,
    acts: Vec<(&'static str, String)>,
    events: Vec<(String, String)>,
}

/// GET /units/{id}
pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let day = web::asked_day(&ctx, "organisation-day")?;
    let tree = tree_of(&ctx.app).await?;
    let agency = find(&tree, &id)?;
    let l = ctx.l;
    let lines = Lines { l, tree: &tree, day, keep: keep_day(&ctx, day) };
    let (unit, events) = behind(&ctx, &tree, agency).await?;
    let mut facts = facts(l, agency);
    facts.extend(unit.map(|unit| (l.t("organisation-unit"), unit.name, format!("/admin-units/{}", unit.id))));
    let desk = tree.desk_of(agency.id).filter(|desk| desk.id != agency.id);
    facts.extend(desk.map(|desk| (l.t("organisation-desk"), desk.name.clone(), format!("/units/{}", desk.id))));
    // A division works as its agency does.
    let whose = if crate::calendar::has_hours(&tree, agency) {
        agency.id
    } else {
        tree.house_of(agency.id).map_or(agency.id, |house| house.id)
    };
    let calendar = crate::calendar_of(&ctx.app).at(whose, whose);
    let hours = if agency.valid_to.is_none() { day_hours(l, &calendar, day) } else { Vec::new() };
    // The acts of the table that this person may do here.
    let keeps = |act: &&str| match (&ctx.actor, agency.valid_to) {
        (Some(actor), None) => crate::pages_keep::offered(actor, &tree, agency, act),
        _ => false,
    };
    let acts = ["open", "establish", "rename", "end"]
        .into_iter()
        .filter(keeps)
        .map(|act| (act, l.t(format!("organisation-{act}"))));
    let day_off = calendar.day_off(day).map(|off| match ctx.lang {
        Lang::Vi => off.name_vi.clone(),
        Lang::En => off.name_en.clone(),
    });
    let page = Show {
        l,
        agency,
        trail: trail(&lines, agency),
        name: agency.name_on(day).to_owned(),
        kind: kind_word(l, agency),
        on: day.to_string(),
        on_words: vn_date(day),
        stands: agency.stands_on(day),
        facts,
        below: lines.lines(tree.children_on(agency.id, day)),
        links: records::links_part(&ctx, agency.id).await?,
        former_names: agency.former_names.iter().map(|former| (vn_date(former.until), former.name.clone())).collect(),
        hours,
        own_hours: if agency.valid_to.is_none() { format!("/calendar/agencies?unit={whose}") } else { String::new() },
        open_today: calendar.is_working_day(day),
        day_off: day_off.unwrap_or_default(),
        acts: acts.collect(),
        events,
    };
    Ok(ctx.page(&page.name, &page))
}

/// The agency an address names.
pub(crate) fn find<'a>(tree: &'a Tree, id: &str) -> Result<&'a Agency, Fault> {
    id.parse().ok().and_then(|id| tree.get(Id(id))).ok_or(Fault::NotFound("organisation-no-unit"))
}

/// The way to an agency from the list of all.
fn trail(lines: &Lines<'_>, agency: &Agency) -> Vec<Breadcrumb> {
    let mut trail = vec![Breadcrumb::new(lines.l.t("organisation-units"), format!("/units{}", lines.keep))];
    trail.extend(lines.tree.ancestors(agency.id).into_iter().map(|above| {
        let href = if above.id == agency.id { String::new() } else { format!("/units/{}{}", above.id, lines.keep) };
        Breadcrumb::new(above.short_name.clone(), href)
    }));
    trail
}

/// What is known of an agency; what is not known of it is left out.
fn facts(l: L, agency: &Agency) -> Vec<(String, String, String)> {
    let level = l.t(format!("organisation-level-{}", agency.level.as_str()));
    let all = [
        ("organisation-code", Some(agency.code.clone())),
        ("organisation-old-code", agency.old_code.clone()),
        ("organisation-short-name", Some(agency.short_name.clone())),
        ("organisation-system", Some(system_word(l, agency))),
        ("organisation-level", Some(level)),
        ("organisation-valid", Some(validity(l, agency.valid_from, agency.valid_to))),
        ("organisation-decision", agency.decision.clone()),
    ];
    all.into_iter().filter_map(|(label, value)| Some((l.t(label), value?, String::new()))).collect()
}

/// "from 01/07/2025", "until 30/06/2025", "01/07/2025 – 20/11/2026", "01/07/2025".
pub(crate) fn validity(l: L, from: Option<Date>, to: Option<Date>) -> String {
    match (from, to) {
        (Some(from), None) => l.tr("organisation-since", [("day", vn_date(from))]),
        (None, Some(to)) => l.tr("organisation-until", [("day", vn_date(to))]),
        (Some(from), Some(to)) if from == to => vn_date(from),
        (Some(from), Some(to)) => format!("{} – {}", vn_date(from), vn_date(to)),
        (None, None) => l.t("organisation-always"),
    }
}

/// The administrative unit an agency serves, and what keepers did to it (for those who may read the log or keep it).
async fn behind(
    ctx: &Ctx,
    tree: &Tree,
    agency: &Agency,
) -> Result<(Option<sql::UnitRow>, Vec<(String, String)>), Fault> {
    let reads_log = ctx.actor.as_ref().is_some_and(|actor| {
        crate::verbs::keeps(actor, tree, agency) || actor.may_at(audit::rights::READ_AUDIT, &agency.path)
    });
    let id = agency.id;
    let era =
        if agency.valid_to == Some(shipped::LAST_DAY_BEFORE) { shipped::Era::Before } else { shipped::Era::After };
    let unit = agency.unit_code.as_deref().and_then(|code| shipped::unit_id(era, agency.level, code)).map(Id);
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let unit = match unit {
                Some(unit) => sql::unit(tx, unit).await?,
                None => None,
            };
            let told =
                if reads_log { Some((audit::events(tx, id).await?, records::asides(tx, id).await?)) } else { None };
            Ok::<_, Fault>((unit, told))
        })
    });
    let (unit, told_of) = read.await?;
    Ok((unit, told_of.map(|(events, words)| told(ctx.l, &events, &words)).unwrap_or_default()))
}

/// What keepers did, the latest first; what came with the program was decided by nobody here. Events of before agencies were subjects are
/// of kinds of their own (`organisation-opened`), with their reason in them.
fn told(l: L, events: &[audit::Event], words: &[(i64, String, String)]) -> Vec<(String, String)> {
    let line = |event: &audit::Event| {
        let key = format!("organisation-{}-event", event.kind.trim_start_matches("organisation-"));
        let what = i18n::has(l.0, &key).then(|| l.t(key))?;
        let data: serde_json::Value = serde_json::from_str(&event.data).unwrap_or_default();
        let text = |name: &str| data[name].as_str().or(data["agency"][name].as_str()).unwrap_or_default().to_owned();
        let beside = words.iter().find(|(n, name, _)| *n == event.n && name == "reason");
        let reason = beside.map_or_else(|| text("reason"), |(.., reason)| reason.clone());
        let words = l.tr("organisation-event", [("what", what), ("decision", text("decision")), ("reason", reason)]);
        Some((vn_date_time(event.at), words))
    };
    events.iter().rev().filter_map(line).take(EVENTS_SHOWN).collect()
}

/// The hours of the week that a day lies in, one line a weekday: when the clock runs, or else when dossiers are taken in.
fn day_hours(l: L, calendar: &Calendar, day: Date) -> Vec<(String, String)> {
    let (hours, own) = (calendar.hours_on(day), week(l, calendar.hours_on(day)));
    let province = week(l, calendar.province_hours_on(day));
    let mut days = own;
    for (n, (day, province)) in days.iter_mut().zip(province).enumerate() {
        if hours.of_weekday(n).is_empty() {
            *day = province;
        }
    }
    days
}

/// The week's hours, one line a weekday.
pub(crate) fn week(l: L, hours: &WorkingHours) -> Vec<(String, String)> {
    let line = |day: usize| {
        let spans = hours.day_text(day).replace('-', "–");
        let spans = if spans.is_empty() { l.t("organisation-closed") } else { spans };
        (l.t(format!("organisation-weekday-{}", day + 1)), spans)
    };
    (0..7).map(line).collect()
}
