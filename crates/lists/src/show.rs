//! A list as a page shows it: tabs with counts, views, filter form and what is filtered, table, pages.

use crate::asked::Asked;
use crate::declare::{Ask, Cell, List, On, Value};
use crate::key::Key;
use crate::source::Count;
use crate::views::View;
use askama::Template;
use base::{Dong, Problem, vn_date, vn_date_time};
use i18n::L;
use std::sync::Arc;
use web::table::{Paging, SortLink, afresh, encode, query_pairs};
use web::{Choice, Ctx};

struct Tab {
    word: String,
    href: String,
    here: bool,
    count: String,
    alarm: bool,
}

struct Field {
    name: &'static str,
    label: String,
    value: String,
    max: usize,
    all: String,
    choices: Arc<[Choice]>,
    flag: bool,
    choice: bool,
    day: bool,
    search: bool,
}

struct Chip {
    text: String,
    href: String,
}

struct Head {
    label: String,
    sort: Option<SortLink>,
    /// Read out and not shown.
    quiet: bool,
    /// Whether each cell says it too, where the table is narrow and stands as cards.
    on_cells: bool,
}

struct Shape {
    html: String,
    href: String,
    text: String,
    code: bool,
    nowrap: bool,
    colour: &'static str,
    more: String,
    under: String,
    badges: Vec<(&'static str, String)>,
}

struct Kept {
    name: String,
    href: String,
    here: bool,
    default: bool,
    lent: bool,
}

struct Views {
    all: String,
    known: Vec<Kept>,
    /// What the list shows now, as a view keeps it.
    query: String,
}

/// A list, ready to stand in a room's page as `{{ list|safe }}`.
#[derive(Template)]
#[template(path = "list.html")]
pub struct Shown {
    l: L,
    csrf: String,
    key: &'static str,
    path: &'static str,
    uri: String,
    title: String,
    problems: Vec<Problem>,
    tabs: Vec<Tab>,
    views: Option<Views>,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    chips: Vec<Chip>,
    clear: String,
    /// What is said above the table beside the files: a count, when it was read.
    pub info: String,
    /// Markup of the room's own after it.
    pub aside: String,
    /// Markup of the room's own before the table: what is done to marked rows.
    pub before: String,
    /// Whether this list, as it is asked for, may be taken along as a file.
    pub files: bool,
    empty: (String, String),
    heads: Vec<Head>,
    rows: Vec<Vec<Shape>>,
    /// Numbered pages, where the room counts its list.
    pub paging: Option<Paging>,
    first: String,
    next: String,
}

/// For whom a list is shown.
#[derive(Debug, Clone)]
pub struct Seat {
    pub l: L,
    /// The token of the page's forms.
    pub csrf: String,
    /// Whether files are theirs to take.
    pub official: bool,
}

impl Seat {
    /// Of a request.
    pub fn of(ctx: &Ctx) -> Seat {
        Seat { l: ctx.l, csrf: ctx.csrf.clone(), official: ctx.official().is_ok() }
    }
}

/// What was read of a list.
pub struct Read<R> {
    pub rows: Vec<R>,
    pub next: Option<Key>,
    pub counts: Vec<Count>,
    pub paging: Option<Paging>,
    pub views: Option<Vec<View>>,
}

impl<R> Default for Read<R> {
    fn default() -> Self {
        Read { rows: Vec::new(), next: None, counts: Vec::new(), paging: None, views: None }
    }
}

/// A value in the reader's language.
pub(crate) fn text_of(l: L, value: &Value) -> String {
    match value {
        Value::Nothing => String::new(),
        Value::Text(text) => text.clone(),
        Value::Whole(n) => l.number(*n),
        Value::Number(n) => n.to_string().replace('.', ","),
        Value::Dong(n) => Dong(*n).to_string(),
        Value::Day(day) => vn_date(*day),
        Value::Moment(at) => vn_date_time(*at),
    }
}

/// What is filtered: label and value, in words.
pub(crate) fn filtered<R>(l: L, list: &List<R>, asked: &Asked) -> Vec<(&'static str, String, String)> {
    let mut said = Vec::new();
    for filter in list.filters {
        let Some(value) = asked.given(filter.name) else { continue };
        let choices = asked.choices.get(filter.name);
        let label = choices.and_then(|all| all.iter().find(|one| one.value == value)).map(|one| one.label.clone());
        let shown = if filter.ask == Ask::Flag { String::new() } else { label.unwrap_or_else(|| value.to_owned()) };
        said.push((filter.name, l.t(filter.word), shown));
    }
    said
}

/// The query of an address with nothing but what a view keeps.
pub(crate) fn kept_query<R>(list: &List<R>, uri: &str) -> String {
    let names = list.declared().names;
    let pairs =
        query_pairs(uri).into_iter().filter(|(name, value)| names.contains(&name.as_str()) && !value.is_empty());
    pairs.map(|(name, value)| format!("{}={}", encode(&name), encode(&value))).collect::<Vec<_>>().join("&")
}

fn shape(l: L, cell: Cell) -> Shape {
    Shape {
        nowrap: matches!(cell.value, Value::Day(_) | Value::Moment(_)),
        text: match cell.value {
            Value::Text(text) => text,
            other => text_of(l, &other),
        },
        html: cell.html,
        href: cell.href,
        code: cell.code,
        colour: cell.colour,
        more: cell.more,
        under: cell.under,
        badges: cell.badges,
    }
}

fn heads<R>(l: L, columns: &[&crate::declare::Column<R>], asked: &Asked) -> Vec<Head> {
    let head = |column: &&crate::declare::Column<R>| {
        let sortable = column.sort.offers(false) || column.sort.offers(true);
        let here = asked.sort.0 == column.key;
        let next = match here {
            true if column.sort.offers(!asked.sort.1) => !asked.sort.1,
            true => asked.sort.1,
            false => !column.sort.offers(false),
        };
        let state = if !here { "none" } else { ["ascending", "descending"][usize::from(asked.sort.1)] };
        let value = if next { format!("-{}", column.key) } else { column.key.to_owned() };
        let sort = sortable.then(|| SortLink { href: afresh(&asked.uri, &[("sort", &value)]), state });
        Head { label: l.t(column.word), sort, quiet: column.spare, on_cells: column.labelled }
    };
    columns.iter().map(head).collect()
}

impl Shown {
    /// A list out of its declaration and what was read of it.
    pub fn new<R>(seat: &Seat, list: &List<R>, asked: &Asked, read: Read<R>) -> Shown {
        let l = seat.l;
        // A bare address opens the default view, if there is one: whoever wants everything says so.
        let all = if read.views.is_some() { "all" } else { "" };
        let through = if list.through.is_empty() { "view" } else { list.through };
        let current = list.tabs.get(asked.tab).copied().unwrap_or_default();
        let tabs = list.tabs.iter().enumerate().map(|(n, name)| {
            let count = read.counts.iter().find(|count| count.tab == n);
            Tab {
                word: l.t(format!("{}{name}", list.tab_word)),
                href: afresh(&asked.uri, &[("tab", name), ("view", ""), (through, "")]),
                here: n == asked.tab && !asked.is(list.through),
                count: count.map(|count| said(l, count)).unwrap_or_default(),
                alarm: count.is_some_and(|count| count.alarm && count.n > 0),
            }
        });
        let tabs: Vec<Tab> = tabs.collect();
        let whole = read.counts.iter().find(|_| list.tabs.is_empty()).map(|count| said(l, count));
        let empty = |column: &crate::declare::Column<R>| {
            read.rows.iter().all(|row| {
                let cell = (column.cell)(row);
                cell.html.is_empty() && cell.value == Value::Nothing
            })
        };
        let shown = |column: &&crate::declare::Column<R>| column.on != On::File && !(column.spare && empty(column));
        let columns: Vec<_> = list.columns.iter().filter(shown).collect();
        let cells = |row: &R| columns.iter().map(|column| shape(l, (column.cell)(row))).collect();
        let rows: Vec<Vec<Shape>> = read.rows.iter().map(cells).collect();
        let fields = list.filters.iter().filter(|filter| shows(asked, filter)).map(|filter| Field {
            name: filter.name,
            label: l.t(filter.word),
            value: match filter.ask {
                Ask::Day => web::day_shown(web::iso_day(asked.value(filter.name))),
                _ => asked.value(filter.name).to_owned(),
            },
            max: filter.max,
            all: if filter.all.is_empty() { String::new() } else { l.t(filter.all) },
            choices: asked.choices.get(filter.name).cloned().unwrap_or_default(),
            flag: filter.ask == Ask::Flag,
            choice: filter.ask == Ask::Choice,
            day: filter.ask == Ask::Day,
            search: filter.ask == Ask::Words,
        });
        let mut hidden = Vec::new();
        hidden.extend((!current.is_empty()).then(|| ("tab", current.to_owned())));
        if asked.sort != list.order {
            hidden.push(("sort", format!("{}{}", if asked.sort.1 { "-" } else { "" }, asked.sort.0)));
        }
        // A filter that is no field of this person's form stays as it is.
        let quiet = list.filters.iter().filter(|filter| !shows(asked, filter));
        hidden.extend(quiet.filter_map(|filter| Some((filter.name, asked.given(filter.name)?.to_owned()))));
        let chips = filtered(l, list, asked).into_iter().map(|(name, label, value)| Chip {
            text: if value.is_empty() { label } else { format!("{label}: {value}") },
            href: afresh(&asked.uri, &[(name, ""), ("view", all)]),
        });
        let mut cleared: Vec<(&str, &str)> = list.filters.iter().map(|filter| (filter.name, "")).collect();
        cleared.push(("view", all));
        let numbered = read.paging.is_some();
        let (title, hint) = (list.empty.0, if asked.is_narrowed() { "lists-none-hint" } else { list.empty.1 });
        Shown {
            l,
            csrf: seat.csrf.clone(),
            key: list.key,
            path: list.path,
            uri: asked.uri.clone(),
            title: l.t(list.title),
            problems: asked.problems.clone(),
            tabs,
            views: read.views.map(|views| Views {
                all: format!("{}?view=all", list.path),
                query: kept_query(list, &asked.uri),
                known: views.into_iter().map(|view| kept(list, asked, view)).collect(),
            }),
            hidden,
            fields: fields.collect(),
            chips: chips.collect(),
            clear: afresh(&asked.uri, &cleared),
            info: whole.map(|n| l.tr("lists-count", [("n", n)])).unwrap_or_default(),
            aside: String::new(),
            before: String::new(),
            files: list.files && (seat.official || asked.public),
            empty: (l.t(title), l.t(hint)),
            heads: heads(l, &columns, asked),
            rows,
            paging: read.paging,
            first: if asked.after.is_some() && !numbered { afresh(&asked.uri, &[]) } else { String::new() },
            next: read.next.map(|key| afresh(&asked.uri, &[("after", &key.text())])).unwrap_or_default(),
        }
    }

    /// Leaves the tabs that mean anything to the reader.
    pub fn keep_tabs(&mut self, means: impl Fn(usize) -> bool) {
        let mut n = 0;
        self.tabs.retain(|_| {
            n += 1;
            means(n - 1)
        });
    }

    /// Whether it was refused: something asked does not fit it.
    pub fn is_refused(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Its markup.
    pub fn html(&self) -> String {
        self.render().unwrap_or_default()
    }
}

fn said(l: L, count: &Count) -> String {
    format!("{}{}", l.number(count.n), if count.at_least { "+" } else { "" })
}

/// A choice among fewer than two is none.
fn shows(asked: &Asked, filter: &crate::declare::Filter) -> bool {
    filter.ask != Ask::Choice || asked.choices.get(filter.name).is_some_and(|choices| choices.len() > 1)
}

fn kept<R>(list: &List<R>, asked: &Asked, view: View) -> Kept {
    Kept {
        href: view.address(list.path),
        here: kept_query(list, &asked.uri) == view.query && !view.query.is_empty(),
        name: view.name,
        default: view.default,
        lent: !view.own,
    }
}
