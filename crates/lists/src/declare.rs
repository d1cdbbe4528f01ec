//! What a room says of a list, once: columns, filters, tabs, order. Plain values; a list is a `static` of its room.

use crate::key::Shape;
use base::{Date, Instant};

/// What stands in a cell, as files carry it: a real number, a real date, a text that is never run as a formula.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    #[default]
    Nothing,
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number with a fraction.
    Number(f64),
    /// An amount in đồng.
    Dong(i64),
    /// A day.
    Day(Date),
    /// A moment, in the time of Vietnam.
    Moment(Instant),
}

impl Value {
    /// Where it stands among its like: nothing first, texts without case and marks.
    pub(crate) fn place(&self) -> (i64, String) {
        match self {
            Value::Nothing => (i64::MIN, String::new()),
            Value::Text(text) => (0, base::fold(text)),
            Value::Whole(n) | Value::Dong(n) => (*n, String::new()),
            Value::Number(n) => ((n * 1_000.0) as i64, String::new()),
            Value::Day(day) => (Instant::start_of(*day).0, String::new()),
            Value::Moment(at) => (at.0, String::new()),
        }
    }
}

/// A cell: its value, and what a page shows around it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    pub value: Value,
    /// Where it leads.
    pub href: String,
    /// A code, which breaks nowhere.
    pub code: bool,
    /// The value as a badge of this colour (see `_components.html`).
    pub colour: &'static str,
    /// More text after it.
    pub more: String,
    /// A second line.
    pub under: String,
    /// Badges after it: colour and word.
    pub badges: Vec<(&'static str, String)>,
    /// Markup of the room's own instead of all this, already escaped: a box to mark, a bar.
    pub html: String,
}

impl Cell {
    pub fn of(value: Value) -> Cell {
        Cell { value, ..Cell::default() }
    }
    pub fn text(text: impl Into<String>) -> Cell {
        let text = text.into();
        Cell::of(if text.is_empty() { Value::Nothing } else { Value::Text(text) })
    }
    pub fn code(text: impl Into<String>) -> Cell {
        Cell { code: true, ..Cell::text(text) }
    }
    pub fn whole(n: i64) -> Cell {
        Cell::of(Value::Whole(n))
    }
    pub fn moment(at: Option<Instant>) -> Cell {
        Cell::of(at.map_or(Value::Nothing, Value::Moment))
    }
    pub fn day(day: Option<Date>) -> Cell {
        Cell::of(day.map_or(Value::Nothing, Value::Day))
    }
    /// A word of a state with its colour.
    pub fn badge(colour: &'static str, word: impl Into<String>) -> Cell {
        Cell { colour, ..Cell::text(word) }
    }
    pub fn to(self, href: impl Into<String>) -> Cell {
        Cell { href: href.into(), ..self }
    }
    pub fn more(self, more: impl Into<String>) -> Cell {
        Cell { more: more.into(), ..self }
    }
    pub fn under(self, under: impl Into<String>) -> Cell {
        Cell { under: under.into(), ..self }
    }
    /// With a badge after it, where it is so.
    pub fn mark(mut self, is: bool, colour: &'static str, word: impl FnOnce() -> String) -> Cell {
        if is {
            self.badges.push((colour, word()));
        }
        self
    }
    pub fn html(self, html: impl Into<String>) -> Cell {
        Cell { html: html.into(), ..self }
    }
}

/// What a column holds, for files: width and format of the sheet's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A text of a few words at most.
    Word,
    Whole,
    Dong,
    Day,
    Moment,
}

/// Where a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Both,
    /// On the page alone: what shows several things in one cell, or what one acts by.
    Page,
    /// In files alone.
    File,
}

/// In which directions an index carries a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    No,
    Up,
    Down,
    Both,
}

impl Sort {
    /// Whether the list can be read in this direction.
    pub fn offers(self, down: bool) -> bool {
        match self {
            Sort::No => false,
            Sort::Up => !down,
            Sort::Down => down,
            Sort::Both => true,
        }
    }
}

/// One column.
pub struct Column<R: 'static> {
    /// Its name in addresses (`sort=`).
    pub key: &'static str,
    /// Key of its label.
    pub word: &'static str,
    pub kind: Kind,
    pub cell: fn(&R) -> Cell,
    pub sort: Sort,
    pub on: On,
    /// Whether a phone's card repeats the label before the value; not before what speaks for itself.
    pub labelled: bool,
    /// Left out of the page where no row has anything in it; its head is read out only.
    pub spare: bool,
}

impl<R> Column<R> {
    pub const fn new(key: &'static str, word: &'static str, kind: Kind, cell: fn(&R) -> Cell) -> Column<R> {
        Column { key, word, kind, cell, sort: Sort::No, on: On::Both, labelled: true, spare: false }
    }
    pub const fn sorted(mut self, sort: Sort) -> Column<R> {
        self.sort = sort;
        self
    }
    pub const fn on(mut self, on: On) -> Column<R> {
        self.on = on;
        self
    }
    pub const fn spare(mut self) -> Column<R> {
        self.spare = true;
        self
    }
    pub const fn unlabelled(mut self) -> Column<R> {
        self.labelled = false;
        self
    }
}

/// How something is filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Words looked for.
    Words,
    /// A short text, such as a code.
    Text,
    /// One of the choices that the room offers with the request.
    Choice,
    /// Yes, or everything.
    Flag,
    /// A day, as people write it.
    Day,
}

/// One filter: a name in the address and a field of the form.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    pub name: &'static str,
    pub word: &'static str,
    pub ask: Ask,
    /// Letters it takes.
    pub max: usize,
    /// Key of the word for everything.
    pub all: &'static str,
}

impl Filter {
    pub const fn new(name: &'static str, word: &'static str, ask: Ask) -> Filter {
        let max = match ask {
            Ask::Words => 200,
            Ask::Text | Ask::Choice => 60,
            Ask::Flag => 1,
            Ask::Day => 20,
        };
        Filter { name, word, ask, max, all: "lists-all" }
    }
}

/// A list.
pub struct List<R: 'static> {
    /// Its name where views are kept.
    pub key: &'static str,
    /// Its page.
    pub path: &'static str,
    /// Key of its name, which is the page's title and the file's name.
    pub title: &'static str,
    /// Names of its tabs in the address (`tab=`); none where it has none.
    pub tabs: &'static [&'static str],
    /// What stands before a tab's name in its word's key.
    pub tab_word: &'static str,
    /// The filter that looks through all tabs, whichever is open; empty where there is none.
    pub through: &'static str,
    pub filters: &'static [Filter],
    pub columns: &'static [Column<R>],
    /// The order it has by itself: a column's key and whether it runs downwards.
    pub order: (&'static str, bool),
    /// What the places in it look like.
    pub shape: Shape,
    /// Keys of what an empty list says, and of its hint.
    pub empty: (&'static str, &'static str),
    /// Whether officials may take it with them as a file.
    pub files: bool,
}

/// What of a list is known without its rows: for views, and for the test of words.
#[derive(Clone, Debug)]
pub struct Declared {
    pub key: &'static str,
    pub path: &'static str,
    pub title: &'static str,
    /// Names that a view of it may carry.
    pub names: Vec<&'static str>,
    /// Every word it speaks in.
    pub words: Vec<String>,
}

/// The lists of the program; put among the extensions. Without it lists have no views.
pub struct Lists(pub Vec<Declared>);

impl Lists {
    pub fn find(&self, key: &str) -> Option<&Declared> {
        self.0.iter().find(|list| list.key == key)
    }
}

impl<R> List<R> {
    /// What others may know of it.
    pub fn declared(&self) -> Declared {
        let mut names: Vec<&'static str> = self.filters.iter().map(|filter| filter.name).collect();
        names.extend(["sort", "per_page"]);
        names.extend((!self.tabs.is_empty()).then_some("tab"));
        let mut words: Vec<String> = self.columns.iter().map(|column| column.word.to_owned()).collect();
        words.extend(self.filters.iter().flat_map(|filter| [filter.word.to_owned(), filter.all.to_owned()]));
        words.extend(self.tabs.iter().map(|tab| format!("{}{tab}", self.tab_word)));
        words.extend([self.title, self.empty.0, self.empty.1].map(str::to_owned));
        Declared { key: self.key, path: self.path, title: self.title, names, words }
    }
}
