//! "My work": tabs, filters, rows.

use super::{channel_choices, house, moment, names};
use crate::actions::House;
use crate::worklist::{self, Asked, Line, Narrow, Scope, Tab};
use ::store::Tx;
use askama::Template;
use base::{Actor, Fault, Id, Instant, Permission};
use i18n::L;
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
}

/// The whole list.
#[derive(Template)]
#[template(path = "work.html")]
pub struct WorkPage {
    l: L,
    uri: String,
    title: String,
    tab: &'static str,
    tabs: Vec<TabView>,
    rows: Vec<RowView>,
    narrow: Narrow,
    narrowed: bool,
    channel: String,
    fields: Vec<Choice>,
    channels: Vec<Choice>,
    paging: Paging,
    sort_due: SortLink,
    as_of: String,
    empty_hint: String,
    may_receive: bool,
}

fn narrow_of(uri: &str) -> Narrow {
    Narrow {
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
    let clock = worklist::clock_of(times, house.calendar, now);
    let step = version.as_ref().and_then(|version| version.process.get(usize::try_from(line.step).ok()?));
    RowView {
        code: line.code,
        owner: line.owner_name,
        procedure: version.as_ref().map(|version| version.name.clone()).unwrap_or_default(),
        step: match step {
            Some(step) if times.status.clock_runs() => step.name.clone(),
            _ => l.t(times.status.key()),
        },
        percent: clock.percent,
        state: clock.state,
        word: l.tr(clock.key, [("n", clock.n.to_string())]),
        due: moment(times.due_at.or(times.answer_due_at)),
        handler: line.handler.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
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
    let narrow = narrow_of(uri);
    let tab = tab_of(uri, actor, &narrow);
    let scope = Scope::of(actor, house);
    let paging = Paging::from_uri(uri);
    // Somebody who searches looks at the hits, not at how much waits.
    let searching = !narrow.words.is_empty();
    let counts = if searching { Vec::new() } else { worklist::counts(tx, house, &scope, now).await? };
    let asked = Asked { scope: &scope, tab, narrow: &narrow, now, limit: paging.limit(), offset: paging.offset() };
    let (found, total) = worklist::lines(tx, house, &asked, &counts).await?;
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
    let narrowed = !narrow.is_empty();
    Ok(WorkPage {
        l,
        uri: uri.to_owned(),
        title: l.t("dossier-work"),
        tab: tab.as_str(),
        tabs,
        rows: found.into_iter().map(|line| row(line, l, house, now, &names)).collect(),
        channel: narrow.channel.map(|channel| channel.to_string()).unwrap_or_default(),
        narrow,
        narrowed,
        fields: house.shelf.fields(now.date()).into_iter().map(|(code, name, _)| Choice::new(code, name)).collect(),
        channels: channel_choices(l),
        paging: paging.of(total),
        sort_due: table::sort_link(uri, "due"),
        as_of: base::vn_time(now),
        empty_hint: l.t(if narrowed { "dossier-list-empty-narrowed" } else { "dossier-list-empty-done" }),
        may_receive: actor.may(Permission::ReceiveDossier),
    })
}

/// `GET /work`
pub async fn work(ctx: Ctx) -> Answer {
    let actor = ctx.require(Permission::ReadDossiers)?.clone();
    let house = house(&ctx.app)?;
    let (l, uri, now) = (ctx.l, ctx.uri.clone(), ctx.now);
    let format = query_value(&uri, "format");
    if !format.is_empty() {
        return export(&ctx, actor, house, &format).await;
    }
    let page =
        ctx.db().read(move |tx| Box::pin(async move { work_page(tx, &house, &actor, l, &uri, now).await })).await?;
    Ok(ctx.page(&page.title.clone(), &page))
}

/// The register of the tab as a file (form 07 of TT 03/2025/TT-VPCP names these columns).
async fn export(ctx: &Ctx, actor: Actor, house: House, format: &str) -> Answer {
    let (l, uri, now) = (ctx.l, ctx.uri.clone(), ctx.now);
    let shown = house.clone();
    let (found, names) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let narrow = narrow_of(&uri);
                let tab = tab_of(&uri, &actor, &narrow);
                let scope = Scope::of(&actor, &house);
                let rows_max = table::EXPORT_ROWS_MAX as i64 + 1;
                let asked = Asked { scope: &scope, tab, narrow: &narrow, now, limit: rows_max, offset: 0 };
                let (found, _) = worklist::page(tx, &house, &asked).await?;
                let names = names(tx, found.iter().map(|loaded| loaded.dossier.handler)).await?;
                Ok::<_, Fault>((found, names))
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
        "dossier-status",
        "dossier-handler",
    ]
    .iter()
    .map(|key| l.t(key))
    .collect();
    let text = |text: String| Cell::Text(text);
    let rows = found
        .iter()
        .map(|loaded| {
            let (d, a) = (&loaded.dossier, &loaded.applicant);
            vec![
                text(d.code.clone()),
                text(shown.shelf.version(d.version).map(|version| version.name.clone()).unwrap_or_default()),
                text(a.owner_name.clone()),
                text(a.owner_address.clone()),
                text(a.owner_phone.clone()),
                text(shown.tree.name(d.competent)),
                text(moment(d.received_at)),
                text(moment(d.due_at)),
                text(moment(d.finished_at)),
                text(moment(d.returned_at)),
                text(l.t(super::channel_key(d.channel))),
                text(l.t(d.status.key())),
                text(d.handler.and_then(|id| names.get(&id).cloned()).unwrap_or_default()),
            ]
        })
        .collect();
    Ok(table::export(l, format, "so-theo-doi-ho-so", &headers, rows)?)
}
