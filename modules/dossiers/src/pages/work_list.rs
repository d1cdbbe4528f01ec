//! The worklist's columns, filters and tabs, declared once.

use crate::worklist::{ClockView, Spot, Tab};
use askama::Template;
use base::{Id, Instant, Problem};
use i18n::L;
use lists::{Ask, Cell, Column, Filter, Key, Kind, List, On, Shape, Sort};
use web::Choice;

/// A dossier as the list shows it, and as its register names it.
pub struct WorkRow {
    pub(super) code: String,
    pub(super) from: String,
    pub(super) owner: String,
    pub(super) procedure: String,
    pub(super) step: String,
    /// What should be seen at once, with the badge's colour.
    pub(super) marks: Vec<(&'static str, String)>,
    pub(super) clock: ClockView,
    pub(super) word: String,
    pub(super) due: Option<Instant>,
    pub(super) handler: String,
    /// The box by which it is marked, where something can be done to several.
    pub(super) mark: String,
    /// Written to files only.
    pub(super) register: Option<Register>,
}

/// The columns of form 07 of TT 03/2025/TT-VPCP that a page does not show.
pub struct Register {
    pub(super) address: String,
    pub(super) phone: String,
    pub(super) competent: String,
    pub(super) received: Option<Instant>,
    pub(super) finished: Option<Instant>,
    pub(super) returned: Option<Instant>,
    pub(super) channel: String,
    pub(super) fee: String,
    pub(super) status: String,
}

fn registered(row: &WorkRow, cell: fn(&Register) -> Cell) -> Cell {
    row.register.as_ref().map(cell).unwrap_or_default()
}

/// Dossiers of an official's scope.
pub static LIST: List<WorkRow> = List {
    key: "work",
    path: "/work",
    title: "dossier-work",
    tabs: &Tab::WORDS,
    tab_word: "dossier-tab-",
    through: "",
    filters: &[
        Filter { max: 100, ..Filter::new("q", "dossier-filter-words", Ask::Words) },
        Filter::new("field", "dossier-filter-field", Ask::Choice),
        Filter::new("channel", "dossier-filter-channel", Ask::Choice),
        Filter::new("unit", "dossier-filter-unit", Ask::Choice),
        Filter::new("procedure", "dossier-filter-procedure", Ask::Choice),
        Filter::new("handler", "dossier-handler", Ask::Choice),
    ],
    columns: &[
        Column::new("mark", "dossier-mark", Kind::Word, |row: &WorkRow| Cell::default().html(&row.mark))
            .on(On::Page)
            .unlabelled()
            .spare(),
        Column::new("code", "dossier-code", Kind::Word, |row: &WorkRow| {
            Cell::code(&row.code).to(format!("/dossiers/{}?from={}", row.code, row.from))
        })
        .unlabelled(),
        Column::new("procedure", "dossier-procedure", Kind::Text, |row: &WorkRow| Cell::text(&row.procedure))
            .on(On::File),
        Column::new("owner", "dossier-owner", Kind::Word, |row: &WorkRow| Cell::text(&row.owner)).unlabelled(),
        Column::new("about", "dossier-procedure", Kind::Text, |row: &WorkRow| Cell::text(&row.procedure))
            .on(On::Page)
            .unlabelled(),
        Column::new("step", "dossier-step", Kind::Word, |row: &WorkRow| Cell {
            badges: row.marks.clone(),
            ..Cell::text(&row.step)
        })
        .on(On::Page),
        Column::new("clock", "dossier-clock", Kind::Word, |row: &WorkRow| {
            let bar = ClockBar { percent: &row.clock.percent, state: row.clock.state, word: &row.word };
            Cell::text(&row.word).html(bar.render().unwrap_or_default())
        })
        .on(On::Page)
        .unlabelled(),
        Column::new("address", "dossier-owner-address", Kind::Text, |row: &WorkRow| {
            registered(row, |register| Cell::text(&register.address))
        })
        .on(On::File),
        Column::new("phone", "dossier-owner-phone", Kind::Word, |row: &WorkRow| {
            registered(row, |register| Cell::text(&register.phone))
        })
        .on(On::File),
        Column::new("competent", "dossier-place-competent", Kind::Word, |row: &WorkRow| {
            registered(row, |register| Cell::text(&register.competent))
        })
        .on(On::File),
        Column::new("received", "dossier-received", Kind::Moment, |row: &WorkRow| {
            registered(row, |register| Cell::moment(register.received))
        })
        .on(On::File),
        Column::new("due", "dossier-due", Kind::Moment, |row: &WorkRow| Cell::moment(row.due)).sorted(Sort::Both),
        Column::new("finished", "dossier-finished", Kind::Moment, |row: &WorkRow| {
            registered(row, |register| Cell::moment(register.finished))
        })
        .on(On::File),
        Column::new("returned", "dossier-returned", Kind::Moment, |row: &WorkRow| {
            registered(row, |register| Cell::moment(register.returned))
        })
        .on(On::File),
        Column::new("channel", "dossier-channel", Kind::Word, |row: &WorkRow| {
            registered(row, |register| Cell::text(&register.channel))
        })
        .on(On::File),
        Column::new("fee", "dossier-fee", Kind::Word, |row: &WorkRow| {
            registered(row, |register| Cell::text(&register.fee))
        })
        .on(On::File),
        Column::new("status", "dossier-status", Kind::Word, |row: &WorkRow| {
            registered(row, |register| Cell::text(&register.status))
        })
        .on(On::File),
        Column::new("handler", "dossier-handler", Kind::Word, |row: &WorkRow| Cell::text(&row.handler)),
    ],
    // Each tab has an order of its own.
    order: ("", false),
    shape: Shape::AT,
    empty: ("dossier-list-empty", "dossier-list-empty-done"),
    files: true,
};

/// How much of the time is used.
#[derive(Template)]
#[template(ext = "html", source = r#"{% import "_components.html" as c %}{{ c::clock_bar(percent, state, word) }}"#)]
pub(super) struct ClockBar<'a> {
    pub(super) percent: &'a i64,
    pub(super) state: &'a str,
    pub(super) word: &'a str,
}

/// The box by which a dossier is marked.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<input class="form-check-input" type="checkbox" form="marked" name="dossier" value="{{ code }}" aria-label="{{ label }} {{ code }}"{% if checked %} checked{% endif %}>"#
)]
pub(super) struct MarkBox<'a> {
    pub(super) code: &'a str,
    pub(super) label: &'a str,
    pub(super) checked: bool,
}

/// What is done to marked dossiers.
#[derive(Template)]
#[template(path = "marked.html")]
pub(super) struct Bulk<'a> {
    pub(super) l: L,
    pub(super) csrf: &'a str,
    pub(super) problems: &'a [Problem],
    pub(super) uri: &'a str,
    /// What can be done, with its name; assigning apart.
    pub(super) bulk: Vec<(&'static str, String)>,
    /// Who the marked dossiers can be assigned to; empty where nothing on the page can be assigned.
    pub(super) people: Vec<Choice>,
    pub(super) person: &'a str,
}

/// A place of the worklist as lists name one: its moment and id, or its id alone where it has no such moment.
pub(super) fn key_of(spot: Spot) -> Key {
    Key { numbers: spot.key.into_iter().chain([spot.id.0]).collect(), word: String::new() }
}

/// Read back.
pub(super) fn spot_of(key: &Key) -> Spot {
    match key.numbers[..] {
        [at, id] => Spot { key: Some(at), id: Id(id) },
        _ => Spot { key: None, id: Id(key.number(0)) },
    }
}
