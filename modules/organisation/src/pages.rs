//! The directory of agencies: the tree with its search, and one agency at a chosen date.

use crate::agency::{Agency, Kind};
use crate::store as sql;
use crate::tree::Tree;
use crate::{shipped, tree_of};
use askama::Template;
use axum::extract::Path;
use base::calendar::WorkingHours;
use base::{Date, Fault, Id, Lang, Level, Problem, System, vn_date, vn_date_time, vn_time};
use i18n::L;
use web::table::query_value;
use web::{Answer, Breadcrumb, Ctx};

/// Lines a search shows at most; beyond it more words find faster.
const FOUND_MAX: usize = 60;
/// Events an agency's page shows at most.
const EVENTS_SHOWN: usize = 20;

/// One agency in a list.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) href: String,
    pub(crate) above: String,
}

struct Branch {
    line: Line,
    below: Vec<Line>,
}

struct Root {
    line: Line,
    /// The system whose first tree this is, where there are several.
    system: String,
    of_state: bool,
    departments: Vec<Branch>,
    /// Communes, or (before 01/07/2025) districts.
    places: Vec<Line>,
    districts: bool,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    l: L,
    q: String,
    on: String,
    on_words: String,
    found: Vec<Line>,
    roots: Vec<Root>,
}

/// The day in the address (`on`), today when there is none. A text that is no date is refused.
pub(crate) fn day_of(ctx: &Ctx) -> Result<Date, Fault> {
    match web::iso_day(&query_value(&ctx.uri, "on")).as_str() {
        "" => Ok(ctx.now.date()),
        text => text.parse().map_err(|_| Fault::invalid(Problem::new("organisation-day").field("on"))),
    }
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
            name: agency.name_on(self.day).to_owned(),
            code: agency.code.clone(),
            kind: kind_word(self.l, agency),
            href: format!("/units/{}{}", agency.id, self.keep),
            above: above.map(|above| above.short_name.clone()).unwrap_or_default(),
        }
    }

    /// An agency of another day: its link shows it while it stood.
    fn line_then(&self, agency: &Agency) -> Line {
        let mut line = self.line(agency);
        if let Some(last) = agency.valid_to {
            line.href = format!("/units/{}?on={last}", agency.id);
        } else {
            line.href = format!("/units/{}", agency.id);
        }
        line
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

/// GET /units
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let day = day_of(&ctx)?;
    let tree = tree_of(&ctx.app).await?;
    let lines = Lines { l: ctx.l, tree: &tree, day, keep: keep_day(&ctx, day) };
    let q = query_value(&ctx.uri, "q").trim().to_owned();
    let found = tree.search(&q, day, FOUND_MAX).into_iter().map(|agency| lines.line(agency)).collect();
    let standing = |agency: &&Agency| q.is_empty() && agency.parent.is_none() && agency.stands_on(day);
    let mut roots: Vec<&Agency> = tree.all().iter().filter(standing).collect();
    roots.sort_by_key(|root| root.system());
    let several = roots.iter().any(|root| root.system() != System::State);
    let mut before = None;
    let mut grouped = |agency: &&Agency| {
        let first = several && before.replace(agency.system()) != Some(agency.system());
        Root { system: if first { system_word(ctx.l, agency) } else { String::new() }, ..root(&lines, agency) }
    };
    let roots = roots.iter().map(&mut grouped).collect();
    let page = List { l: ctx.l, q, on: day.to_string(), on_words: vn_date(day), found, roots };
    Ok(ctx.page(&ctx.l.t("organisation-units"), &page))
}

fn root(lines: &Lines<'_>, root: &Agency) -> Root {
    let below = lines.tree.children_on(root.id, lines.day);
    let is_place = |agency: &&&Agency| agency.level != Level::Province;
    let places: Vec<Line> = below.iter().filter(is_place).map(|agency| lines.line(agency)).collect();
    let departments = below
        .iter()
        .filter(|agency| agency.level == Level::Province)
        .map(|agency| Branch {
            line: lines.line(agency),
            below: lines.tree.children_on(agency.id, lines.day).into_iter().map(|child| lines.line(child)).collect(),
        })
        .collect();
    Root {
        line: lines.line(root),
        system: String::new(),
        of_state: root.system() == System::State,
        departments,
        places,
        districts: lines.day < shipped::FIRST_DAY_AFTER,
    }
}

#[derive(Template)]
#[template(path = "show.html")]
struct Show {
    l: L,
    id: Id,
    trail: Vec<Breadcrumb>,
    name: String,
    code: String,
    kind: String,
    on: String,
    on_words: String,
    stands: bool,
    facts: Vec<(String, String)>,
    unit_name: String,
    unit_href: String,
    desk_name: String,
    desk_href: String,
    below: Vec<Line>,
    before: Vec<Line>,
    after: Vec<Line>,
    former_names: Vec<(String, String)>,
    hours: Vec<(String, String)>,
    open_today: bool,
    day_off: String,
    acts: Vec<(&'static str, String)>,
    events: Vec<(String, String)>,
}

/// GET /units/{id}
pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let day = day_of(&ctx)?;
    let tree = tree_of(&ctx.app).await?;
    let agency = find(&tree, &id)?;
    let l = ctx.l;
    let lines = Lines { l, tree: &tree, day, keep: keep_day(&ctx, day) };
    let (unit, events) = behind(&ctx, &tree, agency).await?;
    let desk = tree.desk_of(agency.id).filter(|desk| desk.id != agency.id);
    let calendar = crate::calendar_of(&ctx.app);
    let hours = if agency.valid_to.is_none() { week(l, calendar.hours_on(day)) } else { Vec::new() };
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
        id: agency.id,
        trail: trail(&lines, agency),
        name: agency.name_on(day).to_owned(),
        code: agency.code.clone(),
        kind: kind_word(l, agency),
        on: day.to_string(),
        on_words: vn_date(day),
        stands: agency.stands_on(day),
        facts: facts(l, agency),
        unit_name: unit.as_ref().map(|unit| unit.name.clone()).unwrap_or_default(),
        unit_href: unit.as_ref().map(|unit| format!("/admin-units/{}", unit.id)).unwrap_or_default(),
        desk_name: desk.map(|desk| desk.name.clone()).unwrap_or_default(),
        desk_href: desk.map(|desk| format!("/units/{}", desk.id)).unwrap_or_default(),
        below: tree.children_on(agency.id, day).into_iter().map(|child| lines.line(child)).collect(),
        before: tree.predecessors(agency.id).into_iter().map(|one| lines.line_then(one)).collect(),
        after: tree.successors(agency.id).into_iter().map(|one| lines.line_then(one)).collect(),
        former_names: agency.former_names.iter().map(|former| (vn_date(former.until), former.name.clone())).collect(),
        hours,
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
    for above in lines.tree.ancestors(agency.id) {
        let here = above.id == agency.id;
        let href = if here { String::new() } else { format!("/units/{}{}", above.id, lines.keep) };
        trail.push(Breadcrumb::new(above.short_name.clone(), href));
    }
    trail
}

fn facts(l: L, agency: &Agency) -> Vec<(String, String)> {
    let mut facts = vec![(l.t("organisation-code"), agency.code.clone())];
    if let Some(old) = &agency.old_code {
        facts.push((l.t("organisation-old-code"), old.clone()));
    }
    facts.push((l.t("organisation-short-name"), agency.short_name.clone()));
    facts.push((l.t("organisation-system"), system_word(l, agency)));
    facts.push((l.t("organisation-level"), l.t(format!("organisation-level-{}", agency.level.as_str()))));
    facts.push((l.t("organisation-valid"), validity(l, agency.valid_from, agency.valid_to)));
    if let Some(decision) = &agency.decision {
        facts.push((l.t("organisation-decision"), decision.clone()));
    }
    facts
}

/// "from 01/07/2025", "until 30/06/2025", "01/07/2025 – 20/11/2026".
pub(crate) fn validity(l: L, from: Option<Date>, to: Option<Date>) -> String {
    match (from, to) {
        (Some(from), None) => l.tr("organisation-since", [("day", vn_date(from))]),
        (None, Some(to)) => l.tr("organisation-until", [("day", vn_date(to))]),
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
    let unit = agency.unit_code.as_deref().and_then(|code| shipped::unit_id(era, level_of_code(code), code)).map(Id);
    let (unit, events, words) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let unit = match unit {
                    Some(unit) => sql::unit(tx, unit).await?,
                    None => None,
                };
                if !reads_log {
                    return Ok((unit, Vec::new(), Vec::new()));
                }
                Ok::<_, Fault>((unit, audit::events(tx, id).await?, records::asides(tx, id).await?))
            })
        })
        .await?;
    Ok((unit, told(ctx.l, &events, &words)))
}

/// What a keeper does, and the word of it in events of a time before agencies were subjects.
const DEEDS: [(&str, &str); 4] = [
    ("open", "organisation-opened"),
    ("rename", "organisation-renamed"),
    ("end", "organisation-ended"),
    ("establish", "establish"),
];

/// What keepers did, the latest first; what came with the program was decided by nobody here. Older events have their reason in them.
fn told(l: L, events: &[audit::Event], words: &[(i64, String, String)]) -> Vec<(String, String)> {
    let line = |event: &audit::Event| {
        let (act, _) = DEEDS.iter().find(|(now, before)| event.kind == *now || event.kind == *before)?;
        let data: serde_json::Value = serde_json::from_str(&event.data).unwrap_or_default();
        let text = |name: &str| data[name].as_str().or(data["agency"][name].as_str()).unwrap_or_default().to_owned();
        let beside = words.iter().find(|(n, name, _)| *n == event.n && name == "reason");
        let reason = beside.map_or_else(|| text("reason"), |(.., reason)| reason.clone());
        let what = l.t(format!("organisation-{act}-event"));
        let words = l.tr("organisation-event", [("what", what), ("decision", text("decision")), ("reason", reason)]);
        Some((vn_date_time(event.at), words))
    };
    events.iter().rev().filter_map(line).take(EVENTS_SHOWN).collect()
}

/// Official codes tell their level by their length: two, three or five digits.
fn level_of_code(code: &str) -> Level {
    match code.len() {
        2 => Level::Province,
        3 => Level::District,
        _ => Level::Commune,
    }
}

/// The week's hours, one line a weekday.
pub(crate) fn week(l: L, hours: &WorkingHours) -> Vec<(String, String)> {
    (0..7)
        .map(|day| {
            let spans: Vec<String> = hours
                .of_weekday(day)
                .iter()
                .map(|span| {
                    let at = |ms: i64| vn_time(base::Instant::on_day(0, ms));
                    format!("{}–{}", at(span.from), at(span.to))
                })
                .collect();
            let text = if spans.is_empty() { l.t("organisation-closed") } else { spans.join(", ") };
            (l.t(format!("organisation-weekday-{}", day + 1)), text)
        })
        .collect()
}
