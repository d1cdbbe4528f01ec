//! "My work": tabs, filters, rows.

use super::work_list::{Bulk, LIST, MarkBox, Register, WorkRow, key_of, spot_of};
use super::{channel_choices, house, marked, names, told_who_is_away};
use crate::actions::House;
use crate::dossier::Status;
use crate::store::Loaded;
use crate::verbs::{Verb, Who};
use crate::worklist::{self, Asked, ClockView, Line, Narrow, Scope, Spot, Tab};
use ::store::{BoxFuture, Tx};
use askama::Template;
use base::page::Place;
use base::{Actor, Fault, Id, Instant, Problem};
use i18n::L;
use lists::views::View;
use lists::{Batch, Count, Key, Opened, Read, Seat, Shown, Source};
use organisation::{Agency, Kind as AgencyKind, Tree};
use std::collections::HashMap;
use web::table::{self, Paging, query_value};
use web::{Answer, Choice, Ctx};

/// A list shown again, with what could not be done to the rows marked.
#[derive(Debug, Clone, Default)]
pub struct Again {
    pub problems: Vec<Problem>,
    pub marked: Vec<String>,
    pub person: String,
}

/// The whole page.
#[derive(Template)]
#[template(path = "work.html")]
pub struct WorkPage {
    l: L,
    problems: Vec<Problem>,
    title: String,
    list: String,
    /// How many wait in the tab the person begins with; what the menu shows.
    waiting: Option<i64>,
    may_receive: bool,
    /// Inspectors read what people wrote with their ratings.
    reads_remarks: bool,
    /// For whom the person acts today; empty for nobody.
    acting_for: String,
}

impl WorkPage {
    pub(super) fn title(&self) -> &str {
        &self.title
    }
}

/// The unit an address names, by its identifier or by its number: one that stands before those that ended.
fn unit_of<'a>(tree: &'a Tree, asked: &str) -> Option<&'a Agency> {
    let ended = || tree.all().iter().filter(|agency| agency.code == asked).max_by_key(|agency| agency.valid_to);
    tree.by_code(asked).or_else(|| asked.parse().ok().and_then(|id| tree.get(Id(id)))).or_else(ended)
}

/// Where the work of the unit an address names went, if it ended: its name, and what takes it on.
fn went<'a>(tree: &'a Tree, uri: &str) -> Option<(&'a Agency, &'a Agency)> {
    let unit = unit_of(tree, &query_value(uri, "unit")).filter(|unit| unit.valid_to.is_some())?;
    Some((unit, tree.followed(unit.id)?))
}

fn narrow_of(uri: &str, tree: &Tree) -> Narrow {
    let unit = query_value(uri, "unit");
    Narrow {
        unit: unit_of(tree, &unit).and_then(|unit| tree.followed(unit.id)).map(|unit| unit.id),
        procedure: query_value(uri, "procedure"),
        handler: query_value(uri, "handler").parse().ok().filter(|id: &Id| id.0 >= 0),
        field: query_value(uri, "field"),
        channel: query_value(uri, "channel").parse().ok().filter(|code| (1..=3).contains(code)),
        words: query_value(uri, "q").chars().take(100).collect(),
        sort: query_value(uri, "sort"),
    }
}

/// The tab asked for; without one, a search looks everywhere and the day begins with the person's first.
fn tab_of(uri: &str, actor: &Actor, narrow: &Narrow) -> Tab {
    let asked = Tab::read(&query_value(uri, "tab")).filter(|tab| tab.is_for(actor));
    asked.unwrap_or_else(|| if narrow.words.is_empty() { Tab::first_for(actor) } else { Tab::All })
}

fn row(line: Line, l: L, house: &House, now: Instant, names: &HashMap<Id, String>) -> WorkRow {
    let times = &line.times;
    let version = house.shelf.version(line.version);
    let clock = worklist::clock_of(times, &house.calendar, now);
    let step = version.as_ref().and_then(|version| version.process.get(usize::try_from(line.step).ok()?));
    let marks = line.marks(now.date()).into_iter();
    let marks =
        marks.map(|mark| (if mark.is_watched() { "late" } else { "near" }, l.t(format!("{}-short", mark.key()))));
    let marks = marks.collect();
    WorkRow {
        marks,
        code: line.code,
        from: String::new(),
        owner: line.owner_name,
        procedure: version.as_ref().map(|version| version.name.clone()).unwrap_or_default(),
        step: match step {
            Some(step) if times.status.clock_runs() => step.name.clone(),
            _ => l.t(times.state_key()),
        },
        word: l.tr(clock.key, [("n", clock.n.to_string())]),
        clock,
        due: times.due_at.or(times.answer_due_at),
        handler: line.handler.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
        mark: String::new(),
        register: None,
    }
}

/// What the address asks for, as the declaration reads it. Old addresses with something in them that is gone do not fail.
fn asked_of(l: L, house: &House, actor: &Actor, uri: &str, narrow: &Narrow, tab: Tab, now: Instant) -> lists::Asked {
    let fields = house.shelf.fields(now.date()).into_iter().map(|(code, name, _)| Choice::new(code, name)).collect();
    let mut units = unit_choices(house, actor);
    // One that is reached from elsewhere and is no choice of the form.
    if let Some(unit) = narrow.unit.and_then(|unit| house.tree.get(unit))
        && !units.iter().any(|choice| choice.value == unit.code)
    {
        units.push(Choice::new(unit.code.clone(), unit.short_name.clone()));
    }
    let procedure = Some(narrow.procedure.clone()).filter(|code| !code.is_empty());
    // Reached from the page of loads; whose name it is stands there.
    let handler = narrow.handler.map(|id| Choice::new(id.to_string(), l.t("dossier-filter-handler-one")));
    let handler = handler.into_iter().collect();
    let choices = vec![
        ("field", fields),
        ("channel", channel_choices(l)),
        ("unit", units),
        ("handler", handler),
        ("procedure", procedure.into_iter().map(|code| Choice::new(code.clone(), code)).collect()),
    ];
    let first = Tab::ALL.iter().position(|known| *known == tab).unwrap_or_default();
    let mut asked = lists::Asked::read(&LIST, uri, first, choices).overlook();
    (asked.tab, asked.after) = (first, None);
    asked
}

/// Builds the page in the caller's snapshot; the benchmark measures this. `views`: what the person keeps of the list.
pub async fn work_page(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    seat: &Seat,
    (uri, now): (&str, Instant),
    (again, views): (Again, Option<Vec<View>>),
) -> Result<WorkPage, Fault> {
    let l = seat.l;
    let narrow = narrow_of(uri, &house.tree);
    let tab = tab_of(uri, actor, &narrow);
    let scope = Scope::of(actor, house);
    let mut paging = Paging::from_uri(uri);
    // Somebody who searches looks at the hits, not at how much waits.
    let searching = !narrow.words.is_empty();
    let counts = if searching { Vec::new() } else { worklist::counts(tx, house, &scope, now).await? };
    let mut place = paging.place(Spot::read);
    let mut asked = Asked { scope: &scope, tab, narrow: &narrow, now, limit: paging.reads(), place };
    let (mut found, total) = worklist::lines(tx, house, &asked, &counts).await?;
    if paging.is_amiss(&place, found.len()) {
        (paging, place) = (paging.from_start(), Place::START);
        asked = Asked { place, ..asked };
        found = worklist::lines(tx, house, &asked, &counts).await?.0;
    }
    let paging = paging.turned(&place, &mut found, |line| asked.spot(line).text());
    let names = names(tx, found.iter().map(|line| line.handler)).await?;
    let field =
        |line: &Line| house.shelf.version(line.version).map(|version| version.field.clone()).unwrap_or_default();
    let may = |permission, line: &Line| actor.may_in(permission, house.tree.path(line.unit), &field(line));
    let assigns = |line: &Line| line.times.status.clock_runs() && may(crate::rights::ASSIGN_DOSSIER, line);
    let receives = |line: &Line| {
        line.times.status == Status::Filed
            && line.times.answer_due_at.is_some()
            && actor.may(crate::rights::RECEIVE_DOSSIER)
    };
    let forwards = |line: &Line| line.times.status.clock_runs() && may(crate::rights::PROCESS_DOSSIER, line);
    let people = match found.iter().find(|line| assigns(line)) {
        Some(line) => {
            let path = house.tree.path(line.unit);
            let there = identity::people_who(tx, crate::rights::PROCESS_DOSSIER, path, Some(&field(line)), now).await?;
            told_who_is_away(tx, l, there, now).await?
        }
        None => Vec::new(),
    };
    let may_take = |who: &Who, line: &Line| matches!(who, Who::AtUnit(permission) if may(*permission, line));
    let takes = |line: &Line| {
        let who = Verb::TakeOver.rule().who;
        (line.offered || line.papers_follow) && who.iter().any(|who| may_take(who, line))
    };
    let bulk = [
        (Verb::ReceiveOnline, found.iter().any(receives)),
        (Verb::TakeOver, found.iter().any(takes)),
        (Verb::Forward, found.iter().any(forwards)),
    ];
    let bulk = Bulk {
        l,
        csrf: &seat.csrf,
        problems: &again.problems,
        uri,
        bulk: bulk
            .iter()
            .filter(|(_, offered)| *offered)
            .map(|(verb, _)| (verb.as_str(), marked::label(l, *verb)))
            .collect(),
        people: people.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect(),
        person: &again.person,
    };
    let (from, label) = (table::encode(uri), l.t("dossier-mark"));
    let rows = found.into_iter().map(|line| {
        let markable = assigns(&line) || receives(&line) || takes(&line) || forwards(&line);
        let checked = again.marked.contains(&line.code);
        let mark = MarkBox { code: &line.code, label: &label, checked };
        let mark = if markable { mark.render().unwrap_or_default() } else { String::new() };
        WorkRow { mark, from: from.clone(), ..row(line, l, house, now, &names) }
    });
    let rows: Vec<WorkRow> = rows.collect();
    let wanted = asked_of(l, house, actor, uri, &narrow, tab, now);
    let counted = Tab::ALL.iter().enumerate().filter_map(|(n, one)| {
        let n_of = counts.iter().find(|(counted, _)| counted == one).map(|(_, n)| *n)?;
        Some(Count { tab: n, n: n_of, at_least: false, alarm: *one == Tab::Overdue })
    });
    let read = Read { rows, next: None, counts: counted.collect(), paging: Some(paging.of(total)), views };
    let mut shown = Shown::new(seat, &LIST, &wanted, read);
    let empty = |one: &Tab| counts.iter().all(|(counted, n)| counted != one || *n == 0);
    shown.keep_tabs(|n| {
        Tab::ALL.get(n).is_some_and(|one| one.is_for(actor) && (*one == tab || !one.is_passing() || !empty(one)))
    });
    if !bulk.bulk.is_empty() || !bulk.people.is_empty() {
        shown.before = bulk.render().map_err(Fault::internal)?;
    }
    // Everything of a scope is counted so far only.
    let more = tab == Tab::All && total >= worklist::COUNT_MAX;
    let said = if more { "dossier-list-info-more" } else { "dossier-list-info" };
    shown.info = l.tr(said, [("total", l.number(total)), ("time", base::vn_time(now))]);
    let beside = [
        ("/work/register", "dossier-register", true),
        ("/work/handover", "dossier-handover", true),
        ("/work/load", "dossier-load", actor.may(crate::rights::ASSIGN_DOSSIER)),
    ];
    let beside = beside.iter().filter(|(.., offered)| *offered);
    shown.aside =
        beside.map(|(href, key, _)| format!(" <a class=\"btn btn-sm\" href=\"{href}\">{}</a>", l.t(*key))).collect();
    if let Some((was, is)) = went(&house.tree, uri) {
        let names = [("was", was.name.clone()), ("is", is.name.clone())];
        shown.info = format!("{} {}", l.tr("dossier-list-went", names), shown.info);
    }
    let absent = actor.acting_for();
    let absent = match absent.is_empty() {
        true => HashMap::new(),
        false => identity::names(tx, &absent).await?,
    };
    let mut absent: Vec<String> = absent.into_values().collect();
    absent.sort();
    Ok(WorkPage {
        l,
        acting_for: match absent.is_empty() {
            true => String::new(),
            false => l.tr("dossier-acting-for", [("names", absent.join(", "))]),
        },
        title: l.t(LIST.title),
        list: shown.html(),
        waiting: counts.iter().find(|(tab, _)| *tab == Tab::first_for(actor)).map(|(_, n)| *n),
        reads_remarks: actor.may(audit::rights::READ_AUDIT),
        may_receive: actor.may(crate::rights::RECEIVE_DOSSIER),
        problems: again.problems,
    })
}

/// The units a person may narrow a list to, in the order of the tree: agencies of the whole province, or, within one
/// agency, its divisions.
fn unit_choices(house: &House, actor: &Actor) -> Vec<Choice> {
    let scopes = actor.scopes(crate::rights::READ_DOSSIERS);
    let inside = |path: &str| scopes.iter().any(|scope| path.starts_with(scope));
    let mut units: Vec<_> = house
        .tree
        .all()
        .iter()
        .filter(|agency| agency.valid_to.is_none() && agency.kind != AgencyKind::ServiceCentre && inside(&agency.path))
        .collect();
    if units.len() > UNITS_SHOWN_MAX {
        units.retain(|agency| agency.kind != AgencyKind::Division);
    }
    if units.len() < 2 {
        return Vec::new();
    }
    units.into_iter().map(|agency| Choice::new(agency.code.clone(), agency.short_name.clone())).collect()
}

/// With more units than these the divisions are left out of the choice.
const UNITS_SHOWN_MAX: usize = 60;

/// Where a code typed into the search box of the header leads those who read dossiers.
pub const SEARCH_BOX: web::SearchBox =
    web::SearchBox { needs: Some(crate::rights::READ_DOSSIERS), one: "/dossiers/", list: "" };

/// The number beside "My work" in the menu: what waits in the tab the person begins with.
pub fn nav_counts() -> web::NavCounts {
    web::NavCounts(Box::new(|ctx| {
        Box::pin(async move {
            // The list itself counts its tabs in one go.
            let counts_itself = ctx.path() == "/work" && query_value(&ctx.uri, "q").is_empty();
            let Some(actor) = ctx.actor.clone().filter(|actor| actor.may(crate::rights::READ_DOSSIERS)) else {
                return Ok(Vec::new());
            };
            if counts_itself {
                return Ok(Vec::new());
            }
            let (house, now) = (house(&ctx.app)?, ctx.now);
            let waiting = ctx
                .db()
                .read(move |tx| {
                    Box::pin(async move {
                        let scope = Scope::of(&actor, &house);
                        worklist::count(tx, &house, &scope, Tab::first_for(&actor), now).await
                    })
                })
                .await?;
            Ok(vec![web::NavCount { href: "/work", waiting }])
        })
    }))
}

/// `GET /work`
pub async fn work(mut ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let (uri, now) = (ctx.uri.clone(), ctx.now);
    if !query_value(&uri, "format").is_empty() {
        let narrow = narrow_of(&uri, &house.tree);
        let tab = tab_of(&uri, &actor, &narrow);
        let asked = asked_of(ctx.l, &house, &actor, &uri, &narrow, tab, now);
        let source = Whole { l: ctx.l, scope: Scope::of(&actor, &house), house, tab, narrow, now };
        return Ok(match lists::open(&ctx, &LIST, asked, source).await? {
            Opened::Answer(response) => response,
            Opened::Page(_) => ctx.redirect(LIST.path),
        });
    }
    let (seat, reader) = (Seat::of(&ctx), lists::reader(&ctx, &LIST));
    let read = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let views = match lists::kept(tx, reader.as_ref(), &LIST, !uri.contains('?')).await? {
                    Ok(views) => views,
                    Err(default) => return Ok(Err(default)),
                };
                work_page(tx, &house, &actor, &seat, (&uri, now), (Again::default(), views)).await.map(Ok)
            })
        })
        .await?;
    let page = match read {
        Ok(page) => page,
        Err(default) => return Ok(ctx.redirect(default)),
    };
    if let Some(waiting) = page.waiting {
        ctx.nav_counts = vec![web::NavCount { href: "/work", waiting }];
    }
    Ok(ctx.page(page.title(), &page))
}

/// Rows of a list looked through for the one after a dossier.
const NEXT_LOOKED_AT: i64 = 200;

/// `GET /work/next?back=&after=`: the dossier that comes next in the list one came from. What was just dealt with has mostly
/// left it; then its first is next. At the end of it the list itself.
pub async fn next(ctx: Ctx) -> Answer {
    let actor = ctx.require(crate::rights::READ_DOSSIERS)?.clone();
    let house = house(&ctx.app)?;
    let back = super::list_of(&query_value(&ctx.uri, "back"));
    let (uri, after, now) = (back.clone(), query_value(&ctx.uri, "after"), ctx.now);
    let found = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let narrow = narrow_of(&uri, &house.tree);
                let tab = tab_of(&uri, &actor, &narrow);
                let scope = Scope::of(&actor, &house);
                let place = Place::At(Paging::from_uri(&uri).offset());
                let asked = Asked { scope: &scope, tab, narrow: &narrow, now, limit: NEXT_LOOKED_AT, place };
                let (lines, _) = worklist::lines(tx, &house, &asked, &[]).await?;
                let here = lines.iter().position(|line| line.code == after);
                Ok::<_, Fault>(lines.into_iter().nth(here.map_or(0, |here| here + 1)).map(|line| line.code))
            })
        })
        .await?;
    match found {
        Some(code) => Ok(ctx.redirect(format!("/dossiers/{code}?from={}", table::encode(&back)))),
        None => Ok(ctx.flash(back, "dossier-queue-done")),
    }
}

/// The register of a tab for a file: whole dossiers, a place after the other.
struct Whole {
    l: L,
    scope: Scope,
    house: House,
    tab: Tab,
    narrow: Narrow,
    now: Instant,
}

impl Source for Whole {
    type Row = WorkRow;

    fn rows<'t>(
        &'t self,
        tx: &'t Tx,
        after: Option<&'t Key>,
        limit: usize,
    ) -> BoxFuture<'t, Result<Batch<WorkRow>, Fault>> {
        Box::pin(async move {
            let place = after.map_or(Place::START, |key| Place::After(spot_of(key)));
            let (scope, narrow, limit_read) = (&self.scope, &self.narrow, limit as i64 + 1);
            let asked = Asked { scope, tab: self.tab, narrow, now: self.now, limit: limit_read, place };
            let found = worklist::page(tx, &self.house, &asked).await?.0;
            let batch = Batch::cut(found, limit, |loaded| key_of(asked.dossier_spot(&loaded.dossier)));
            let names = names(tx, batch.rows.iter().map(|loaded| loaded.dossier.handler)).await?;
            Ok(batch.map(|loaded| Some(register_row(self.l, &self.house, &loaded, &names))))
        })
    }
}

fn register_row(l: L, house: &House, loaded: &Loaded, names: &HashMap<Id, String>) -> WorkRow {
    let (d, a) = (&loaded.dossier, &loaded.applicant);
    let version = house.shelf.version(d.version);
    let owed = Some(base::Dong(d.fee_dong));
    let fee = version.as_ref().map(|version| catalogue::fee_said(l, version, d.channel, owed).sum).unwrap_or_default();
    WorkRow {
        code: d.code.clone(),
        from: String::new(),
        owner: a.owner_name.clone(),
        procedure: version.map(|version| version.name.clone()).unwrap_or_default(),
        step: String::new(),
        marks: Vec::new(),
        clock: ClockView { percent: 0, state: "", key: "", n: 0 },
        word: String::new(),
        due: d.due_at,
        handler: d.handler.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
        mark: String::new(),
        register: Some(Register {
            address: a.owner_address.clone(),
            phone: a.owner_phone.clone(),
            competent: house.tree.name(d.competent).to_owned(),
            received: d.received_at,
            finished: d.finished_at,
            returned: d.returned_at,
            channel: l.t(super::channel_key(d.channel)),
            fee,
            status: l.t(d.state_key()),
        }),
    }
}
