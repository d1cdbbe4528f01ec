//! One document: its text with what was read marked in it on one side, the list of it on the other, each leading to
//! the other by plain links.

use crate::actions::{self, percent_of};
use crate::document::{Body, Document, Item, Kind, State};
use crate::list_page::id_of;
use crate::pieces::{Span, cut};
use crate::{store as sql, words};
use askama::Template;
use axum::extract::Path;
use base::{Fault, vn_date, vn_date_time};
use i18n::L;
use web::table::{Paging, query_value, with};
use web::{Answer, Breadcrumb, Choice, Ctx};

/// Items of one page of the list.
const ITEMS_PER_PAGE: u32 = 100;
/// Thresholds offered for taking many proposals at once, in percent.
const THRESHOLDS: [i64; 5] = [95, 90, 85, 80, 70];

/// A piece of the text; `href` is empty where nothing was read.
#[derive(Default)]
struct Mark {
    text: String,
    href: String,
    class: String,
    /// The numbers of what was read here, shown before a quote's first piece.
    numbers: String,
    /// Where the list's links lead: the first of the numbers stands on the piece itself.
    id: String,
    more_ids: Vec<String>,
    label: String,
}

/// A word and its value.
type Line = (String, String);

struct Entry {
    n: i64,
    version: i64,
    kind: &'static str,
    state: State,
    state_word: String,
    goal: String,
    title: String,
    lines: Vec<Line>,
    quote: String,
    sure: String,
    reason: String,
    added: bool,
    note: String,
    changed: String,
}

struct Group {
    kind: &'static str,
    title: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "show.html")]
struct Page {
    l: L,
    csrf: String,
    trail: Vec<Breadcrumb>,
    title: String,
    facts: Vec<Line>,
    bases: Vec<String>,
    base: String,
    back: String,
    marks: Vec<Mark>,
    groups: Vec<Group>,
    paging: Paging,
    shown: usize,
    all: usize,
    open: usize,
    taken_targets: usize,
    version: i64,
    kind: String,
    kinds: Vec<Choice>,
    state: String,
    states: Vec<Choice>,
    level: String,
    levels: Vec<Choice>,
    thresholds: Vec<Choice>,
    draft: String,
    draft_words: String,
    has_file: bool,
}

/// What the address narrows the list to.
struct Narrow {
    kind: Option<Kind>,
    state: Option<State>,
    level: String,
}

impl Narrow {
    fn read(uri: &str) -> Narrow {
        Narrow {
            kind: Kind::read(&query_value(uri, "kind")),
            state: State::read(&query_value(uri, "state")),
            level: query_value(uri, "level"),
        }
    }

    fn takes(&self, item: &Item) -> bool {
        let level = item.body.level().map_or_else(|| "none".to_owned(), crate::fields::word);
        self.kind.is_none_or(|kind| kind == item.body.kind())
            && self.state.is_none_or(|state| state == item.state)
            // Only targets have a tier.
            && (self.level.is_empty() || item.body.kind() == Kind::Target && self.level == level)
    }
}

/// GET /plans/{id}
pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let (id, actor) = (id_of(&id)?, ctx.actor()?.clone());
    let (document, items) = ctx
        .db()
        .read(move |tx| {
            Box::pin(async move {
                let document = actions::document(tx, &actor, id).await?;
                let items = sql::items(tx, id).await?;
                Ok::<_, Fault>((document, items))
            })
        })
        .await?;
    let page = page(&ctx, &document, &items);
    Ok(ctx.page(document.title(), &page))
}

fn page(ctx: &Ctx, document: &Document, items: &[Item]) -> Page {
    let (l, narrow) = (ctx.l, Narrow::read(&ctx.uri));
    // Targets, tasks, reports; each in the order of the text.
    let mut shown: Vec<&Item> = items.iter().filter(|item| narrow.takes(item)).collect();
    shown.sort_by_key(|item| (item.body.kind(), item.body.offset(), item.n));
    let mut paging = Paging::from_uri(&ctx.uri).of(shown.len() as i64);
    paging.per_page = ITEMS_PER_PAGE;
    let first = (paging.offset().max(0) as usize).min(shown.len());
    let here = &shown[first..(first + ITEMS_PER_PAGE as usize).min(shown.len())];
    let groups = Kind::ALL
        .into_iter()
        .map(|kind| Group {
            kind: kind.as_str(),
            title: l.tr(
                format!("plan-group-{}", kind.as_str()),
                [("n", l.number(shown.iter().filter(|item| item.body.kind() == kind).count() as i64))],
            ),
            entries: here.iter().filter(|item| item.body.kind() == kind).map(|item| entry(l, item)).collect(),
        })
        .filter(|group| !group.entries.is_empty())
        .collect();
    let narrowed = |changes: &[(&str, &str)]| with(&ctx.uri, changes);
    let (offered, mut thresholds) = (items.iter().filter(|item| item.state == State::Proposed), Vec::new());
    let offered: Vec<i64> = offered
        .filter(|item| narrow.kind.is_none_or(|kind| kind == item.body.kind()))
        .map(|item| percent_of(&item.body))
        .collect();
    for percent in THRESHOLDS.into_iter().chain([0]) {
        let n = offered.iter().filter(|sure| **sure >= percent).count();
        if n > 0 {
            let key = if percent == 0 { "plan-threshold-all" } else { "plan-threshold" };
            let text = l.tr(key, [("percent", percent.to_string()), ("n", l.number(n as i64))]);
            thresholds.push(Choice::new(percent.to_string(), text));
        }
    }
    let mut levels = words::levels(l);
    levels.push(Choice::new("none", words::level(l, None)));
    Page {
        l,
        csrf: ctx.csrf.clone(),
        trail: vec![Breadcrumb::new(l.t("plan-list"), "/plans"), Breadcrumb::new(document.title(), "")],
        title: document.title().to_owned(),
        facts: facts(l, document),
        bases: document.metadata.legal_bases.clone(),
        base: format!("/plans/{}", document.id),
        // Coming back after an act keeps the filters.
        back: narrowed(&[]),
        marks: marks(l, &ctx.uri, document, &shown),
        groups,
        shown: shown.len(),
        all: items.len(),
        open: items.iter().filter(|item| item.state == State::Proposed).count(),
        taken_targets: items.iter().filter(|item| item.state.is_taken() && item.body.kind() == Kind::Target).count(),
        paging,
        version: document.version,
        kind: narrow.kind.map(Kind::as_str).unwrap_or_default().to_owned(),
        kinds: words::kinds(l),
        state: narrow.state.map(State::as_str).unwrap_or_default().to_owned(),
        states: words::states(l),
        level: narrow.level,
        levels,
        thresholds,
        draft: document.draft.map(|number| format!("/steering/drafts/{number}")).unwrap_or_default(),
        draft_words: document.saved_at.map(|at| l.tr("plan-saved-at", [("at", vn_date_time(at))])).unwrap_or_default(),
        has_file: document.file.is_some(),
    }
}

fn facts(l: L, document: &Document) -> Vec<Line> {
    let metadata = &document.metadata;
    let day = metadata.date.as_deref().and_then(|day| day.parse().ok()).map(vn_date);
    let seconds = web::chart::number(l, (document.read_ms as f64 / 100.0).ceil() / 10.0);
    let read = [("who", document.read_by_name.clone()), ("at", vn_date_time(document.read_at)), ("seconds", seconds)];
    let all = [
        ("plan-fact-kind", metadata.kind.clone()),
        ("plan-fact-number", metadata.number.clone()),
        ("plan-fact-issuer", metadata.issuer.clone()),
        ("plan-fact-day", day),
        ("plan-fact-file", Some(document.file_name.clone())),
        ("plan-fact-read", Some(l.tr("plan-read-by", read))),
    ];
    let lines = all.into_iter().filter_map(|(key, value)| Some((l.t(key), value?)));
    lines.collect()
}

/// The text in marked pieces. `shown` in the order of the list.
fn marks(l: L, uri: &str, document: &Document, shown: &[&Item]) -> Vec<Mark> {
    let spans: Vec<Span> = shown
        .iter()
        .map(|item| {
            let start = item.body.offset();
            Span { start, end: start + item.body.quote().chars().count() }
        })
        .collect();
    let page_here = Paging::from_uri(uri).page as usize;
    let href = |at: usize| {
        let page = at / ITEMS_PER_PAGE as usize + 1;
        // On another page of the list the link leads there.
        let to = if page == page_here { String::new() } else { with(uri, &[("page", &page.to_string())]) };
        format!("{to}#i-{}", shown[at].n)
    };
    let mut pieces = cut(&document.text, &spans);
    if let Some(first) = pieces.first_mut() {
        // Blank lines at the head only push the text down.
        first.text = first.text.trim_start();
    }
    pieces
        .into_iter()
        .map(|piece| {
            let Some(inner) = piece.within.first().copied() else {
                return Mark { text: piece.text.to_owned(), ..Mark::default() };
            };
            let item = shown[inner];
            let mut ids = piece.begins.iter().map(|at| format!("q-{}", shown[*at].n));
            let numbers: Vec<String> = piece.begins.iter().map(|at| shown[*at].n.to_string()).collect();
            let dim = if item.state == State::Rejected { " hl-off" } else { "" };
            Mark {
                text: piece.text.to_owned(),
                href: href(inner),
                class: format!("hl hl-{}{dim}", item.body.kind().as_str()),
                numbers: numbers.join(", "),
                id: ids.next().unwrap_or_default(),
                more_ids: ids.collect(),
                label: format!("{} {}", words::kind(l, item.body.kind()), item.n),
            }
        })
        .collect()
}

fn entry(l: L, item: &Item) -> Entry {
    let percent = percent_of(&item.body);
    let mut lines = Vec::new();
    let mut say = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            lines.push((l.t(key), value));
        }
    };
    let (goal, title) = match &item.body {
        Body::Target(one) => {
            say("plan-field-level", Some(words::level(l, one.level)));
            say("plan-field-due", Some(one.due.clone().unwrap_or_else(|| l.t("plan-no-due"))));
            (words::goal(l, one), one.subject.clone())
        }
        Body::Task(one) => {
            say("plan-field-group", one.group.clone());
            say("plan-field-product", one.product.clone());
            say("plan-field-lead", one.lead.clone());
            say("plan-field-coordinating", one.coordinating.clone());
            say("plan-field-deadline", one.deadline.clone());
            (one.ordinal.clone().unwrap_or_default(), one.task.clone())
        }
        Body::Report(one) => {
            say("plan-field-to", one.to.clone());
            say("plan-field-by", one.by.clone());
            (String::new(), one.from.clone().unwrap_or_else(|| l.t("plan-from-nobody")))
        }
    };
    Entry {
        n: item.n,
        version: item.version,
        kind: item.body.kind().as_str(),
        state: item.state,
        state_word: words::state(l, item.state),
        goal,
        title,
        lines,
        // A task's quote is often its own words: said once is enough.
        quote: if item.body.kind() == Kind::Task { String::new() } else { item.body.quote().to_owned() },
        sure: l.tr("plan-sure", [("percent", percent.to_string()), ("word", words::sureness(l, percent))]),
        reason: words::reason(l, &item.body),
        added: item.added,
        note: item.note.clone(),
        changed: item.changed_at.map(|at| format!("{}, {}", item.changed_name, vn_date_time(at))).unwrap_or_default(),
    }
}
