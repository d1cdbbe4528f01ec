//! "My work": tabs, filters, rows.

use super::{channel_choices, house, moment, names};
use crate::actions::House;
use crate::dossier::Status;
use crate::store::Loaded;
use crate::transitions::Verb;
use crate::worklist::{self, Asked, Line, Narrow, Scope, Spot, Tab};
use ::store::Tx;
use askama::Template;
use base::page::Place;
use base::{Actor, Fault, Id, Instant, Problem};
use i18n::L;
use organisation::{Kind, Tree};
use std::collections::HashMap;
use web::table::{self, Cell, Paging, SortLink, query_value};
use web::{Answer, Choice, Ctx};

/// One tab as shown.
pub struct TabView {
    label: String,
    href: String,
    count: Option<String>,
    current: bool,
    alarm: bool,
}

/// One row as shown.
pub struct RowView {
    code: String,
    owner: String,
    procedure: String,
    step: String,
    percent: i64,
    state: &'static str,
    word: String,
    due: String,
    handler: String,
    /// What should be seen at once, with the badge's colour.
    marks: Vec<(String, &'static str)>,
    /// Whether the person may assign it from the list, and has just marked it.
    markable: bool,
    marked: bool,
}

/// The whole list.
#[derive(Template)]
#[template(path = "work.html")]
pub struct WorkPage {
    l: L,
    csrf: String,
    problems: Vec<Problem>,
    uri: String,
    title: String,
    /// This list as dossiers opened from it name it.
    from: String,
    /// What can be done to the marked dossiers, with its name; assigning apart.
    bulk: Vec<(&'static str, String)>,
    /// Who the marked dossiers can be assigned to; empty where nothing on the page can be assigned.
    people: Vec<Choice>,
    person: String,
    tab: &'static str,
    tabs: Vec<TabView>,
    rows: Vec<RowView>,
    narrow: Narrow,
    narrowed: bool,
    channel: String,
    fields: Vec<Choice>,
    channels: Vec<Choice>,
    /// The units of the person's scope to narrow the list to; empty where there is only one.
    units: Vec<Choice>,
    unit: String,
    paging: Paging,
    sort_due: SortLink,
    as_of: String,
    as_of_key: &'static str,
    /// How many wait in the tab the person begins with; what the menu shows.
    waiting: Option<i64>,
    empty_hint: String,
    may_receive: bool,
    /// Inspectors read what people wrote with their ratings.
    reads_remarks: bool,
}

impl WorkPage {
    pub(super) fn title(&self) -> String {
        self.title.clone()
    }

    /// The list again, with what could not be done to the rows marked.
    pub(super) fn refuse(&mut self, ctx: &Ctx, problems: Vec<Problem>, marked: &[String], person: &str) {
        self.csrf.clone_from(&ctx.csrf);
        self.problems = problems;
        self.person = person.to_owned();
        for row in &mut self.rows {
            row.marked = marked.contains(&row.code);
        }
    }
}

fn narrow_of(uri: &str, tree: &Tree) -> Narrow {
    let unit = query_value(uri, "unit");
    Narrow {
        unit: tree.all().iter().find(|agency| agency.valid_to.is_none() && agency.code == unit).map(|agency| agency.id),
        procedure: query_value(uri, "procedure"),
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

fn row(line: Line, l: L, house: &House, now: Instant, names: &HashMap<Id, String>) -> RowView {
    let times = &line.times;
    let version = house.shelf.version(line.version);
    let clock = worklist::clock_of(times, &house.calendar, now);
    let step = version.as_ref().and_then(|version| version.process.get(usize::try_from(line.step).ok()?));
    let marks = line
        .marks(now.date())
        .into_iter()
        .map(|mark| (l.t(format!("{}-short", mark.key())), if mark.is_watched() { "late" } else { "near" }));
    let marks = marks.collect();
    RowView {
        marks,
        code: line.code,
        owner: line.owner_name,
        procedure: version.as_ref().map(|version| version.name.clone()).unwrap_or_default(),
        step: match step {
            Some(step) if times.status.clock_runs() => step.name.clone(),
            _ => l.t(times.state_key()),
        },
        percent: clock.percent,
        state: clock.state,
        word: l.tr(clock.key, [("n", clock.n.to_string())]),
        due: moment(times.due_at.or(times.answer_due_at)),
        handler: line.handler.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
        markable: false,
        marked: false,
    }
}

/// Builds the page in the caller's snapshot; the benchmark measures this.
pub async fn work_page(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    l: L,
    uri: &str,
    now: Instant,
) -> Result<WorkPage, Fault> {
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
    let tabs = Tab::ALL
        .into_iter()
        .filter(|tab| tab.is_for(actor))
        .map(|one| {
            let count = counts.iter().find(|(counted, _)| *counted == one).map(|(_, n)| *n);
            TabView {
                label: l.t(one.key()),
                href: format!("/work?tab={}", one.as_str()),
                count: count.map(|n| l.number(n)),
                current: one == tab,
                alarm: one == Tab::Overdue && count.is_some_and(|n| n > 0),
            }
        })
        .collect();
    let field =
        |line: &Line| house.shelf.version(line.version).map(|version| version.field.clone()).unwrap_or_default();
    let may = |permission, line: &Line| actor.may_in(permission, house.tree.path(line.unit), &field(line));
    let assigns = |line: &Line| line.times.status.clock_runs() && may(crate::rights::ASSIGN_DOSSIER, line);
    let receives = |line: &Line| line.times.status == Status::Filed && actor.may(crate::rights::RECEIVE_DOSSIER);
    let forwards = |line: &Line| line.times.status.clock_runs() && may(crate::rights::PROCESS_DOSSIER, line);
    let people = match found.iter().find(|line| assigns(line)) {
        Some(line) => {
            let path = house.tree.path(line.unit);
            identity::people_who(tx, crate::rights::PROCESS_DOSSIER, path, Some(&field(line)), now).await?
        }
        None => Vec::new(),
    };
    let bulk: Vec<Verb> =
        [(Verb::ReceiveOnline, found.iter().any(receives)), (Verb::Forward, found.iter().any(forwards))]
            .into_iter()
            .filter_map(|(verb, offered)| offered.then_some(verb))
            .collect();
    let markable: Vec<bool> = found.iter().map(|line| assigns(line) || receives(line) || forwards(line)).collect();
    let narrowed = !narrow.is_empty();
    let units = unit_choices(house, actor);
    Ok(WorkPage {
        l,
        uri: uri.to_owned(),
        from: table::encode(uri),
        bulk: bulk.into_iter().map(|verb| (verb.as_str(), l.t(verb.key()))).collect(),
        title: l.t("dossier-work"),
        tab: tab.as_str(),
        tabs,
        rows: found
            .into_iter()
            .zip(markable)
            .map(|(line, markable)| RowView { markable, ..row(line, l, house, now, &names) })
            .collect(),
        csrf: String::new(),
        problems: Vec::new(),
        people: people.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect(),
        person: String::new(),
        channel: narrow.channel.map(|channel| channel.to_string()).unwrap_or_default(),
        narrowed,
        fields: house.shelf.fields(now.date()).into_iter().map(|(code, name, _)| Choice::new(code, name)).collect(),
        channels: channel_choices(l),
        unit: narrow.unit.and_then(|unit| house.tree.get(unit)).map(|unit| unit.code.clone()).unwrap_or_default(),
        units,
        // Everything of a scope is counted so far only.
        as_of_key: if tab == Tab::All && total >= worklist::COUNT_MAX {
            "dossier-list-info-more"
        } else {
            "dossier-list-info"
        },
        paging: paging.of(total),
        sort_due: table::sort_link(uri, "due"),
        as_of: base::vn_time(now),
        waiting: counts.iter().find(|(tab, _)| *tab == Tab::first_for(actor)).map(|(_, n)| *n),
        narrow,
        empty_hint: l.t(if narrowed { "dossier-list-empty-narrowed" } else { "dossier-list-empty-done" }),
        reads_remarks: actor.may(audit::rights::READ_AUDIT),
        may_receive: actor.may(crate::rights::RECEIVE_DOSSIER),
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
        .filter(|agency| agency.valid_to.is_none() && agency.kind != Kind::ServiceCentre && inside(&agency.path))
        .collect();
    if units.len() > UNITS_SHOWN_MAX {
        units.retain(|agency| agency.kind != Kind::Division);
    }
    if units.len() < 2 {
        return Vec::new();
    }
    units.into_iter().map(|agency| Choice::new(agency.code.clone(), agency.short_name.clone())).collect()
}

/// With more units than these the divisions are left out of the choice.
const UNITS_SHOWN_MAX: usize = 60;

/// Where the search box of the header leads those who read dossiers.
pub const SEARCH_BOX: web::SearchBox =
    web::SearchBox { needs: crate::rights::READ_DOSSIERS, one: "/dossiers/", list: "/work?tab=all&q=" };

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
    let (l, uri, now) = (ctx.l, ctx.uri.clone(), ctx.now);
    let format = query_value(&uri, "format");
    if !format.is_empty() {
        return export(&ctx, actor, house, &format).await;
    }
    let mut page =
        ctx.db().read(move |tx| Box::pin(async move { work_page(tx, &house, &actor, l, &uri, now).await })).await?;
    page.csrf.clone_from(&ctx.csrf);
    if let Some(waiting) = page.waiting {
        ctx.nav_counts = vec![web::NavCount { href: "/work", waiting }];
    }
    Ok(ctx.page(&page.title.clone(), &page))
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

/// Dossiers read at once for a file: the rest of them is let go before the next are read.
const EXPORT_BATCH: i64 = 2_000;

/// The register of the tab as a file (form 07 of TT 03/2025/TT-VPCP names these columns).
async fn export(ctx: &Ctx, actor: Actor, house: House, format: &str) -> Answer {
    let (l, uri, now) = (ctx.l, ctx.uri.clone(), ctx.now);
    let (rows, total) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let narrow = narrow_of(&uri, &house.tree);
                let tab = tab_of(&uri, &actor, &narrow);
                let scope = Scope::of(&actor, &house);
                let rows_max = table::EXPORT_ROWS_MAX as i64;
                let mut rows: Vec<Vec<Cell>> = Vec::new();
                loop {
                    let offset = rows.len() as i64;
                    let limit = EXPORT_BATCH.min(rows_max - offset);
                    let asked = Asked { scope: &scope, tab, narrow: &narrow, now, limit, place: Place::At(offset) };
                    let found = if limit > 0 { worklist::page(tx, &house, &asked).await?.0 } else { Vec::new() };
                    let names = names(tx, found.iter().map(|loaded| loaded.dossier.handler)).await?;
                    let read = found.len() as i64;
                    rows.extend(found.iter().map(|loaded| register_row(l, &house, loaded, &names)));
                    if read < EXPORT_BATCH {
                        break;
                    }
                }
                let asked = Asked { scope: &scope, tab, narrow: &narrow, now, limit: 0, place: Place::START };
                let total = if (rows.len() as i64) < rows_max {
                    rows.len() as i64
                } else {
                    worklist::total(tx, &house, &asked).await?
                };
                Ok::<_, Fault>((rows, total))
            })
        })
        .await?;
    let headers: Vec<String> = [
        "dossier-code",
        "dossier-procedure",
        "dossier-owner",
        "dossier-owner-address",
        "dossier-owner-phone",
        "dossier-place-competent",
        "dossier-received",
        "dossier-due",
        "dossier-finished",
        "dossier-returned",
        "dossier-channel",
        "dossier-fee",
        "dossier-status",
        "dossier-handler",
    ]
    .iter()
    .map(|key| l.t(key))
    .collect();
    Ok(table::export_of(l, format, "so-theo-doi-ho-so", &headers, rows, total)?)
}

fn register_row(l: L, house: &House, loaded: &Loaded, names: &HashMap<Id, String>) -> Vec<Cell> {
    let (d, a) = (&loaded.dossier, &loaded.applicant);
    let text = Cell::Text;
    let version = house.shelf.version(d.version);
    let owed = Some(base::Dong(d.fee_dong));
    let fee = version.as_ref().map(|version| catalogue::fee_said(l, version, d.channel, owed).sum).unwrap_or_default();
    vec![
        text(d.code.clone()),
        text(version.map(|version| version.name.clone()).unwrap_or_default()),
        text(a.owner_name.clone()),
        text(a.owner_address.clone()),
        text(a.owner_phone.clone()),
        text(house.tree.name(d.competent)),
        Cell::moment(d.received_at),
        Cell::moment(d.due_at),
        Cell::moment(d.finished_at),
        Cell::moment(d.returned_at),
        text(l.t(super::channel_key(d.channel))),
        text(fee),
        text(l.t(d.state_key())),
        text(d.handler.and_then(|id| names.get(&id).cloned()).unwrap_or_default()),
    ]
}
