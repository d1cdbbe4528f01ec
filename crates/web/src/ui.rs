//! Small helpers the components call: drawings, the words of a problem, choices of a list.

use base::Problem;
use i18n::L;

/// One choice of a select or of radio buttons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into() }
    }
}

/// One step of the way to a page; the last one has no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breadcrumb {
    pub label: String,
    pub href: String,
}

impl Breadcrumb {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Breadcrumb {
        Breadcrumb { label: label.into(), href: href.into() }
    }
}

/// The words of a problem in the reader's language.
pub fn problem_text(l: L, problem: &Problem) -> String {
    l.tr(problem.code, problem.args.iter().map(|(n, v)| (n.as_str(), v.as_str())))
}

/// The words of the problems of one field, put together; empty when it has none.
pub fn error_of(l: L, problems: &[Problem], field: impl AsRef<str>) -> String {
    let field = field.as_ref();
    let texts: Vec<String> =
        problems.iter().filter(|p| p.field.as_deref() == Some(field)).map(|p| problem_text(l, p)).collect();
    texts.join(" ")
}

/// The lines inside a 24 × 24 drawing of that name; a dot for a name not known.
fn lines(name: &str) -> &'static str {
    match name {
        "home" => "M4 11 12 4l8 7M6 10v10h12V10M10 20v-6h4v6",
        "inbox" => "M4 13l3-8h10l3 8v6H4zM4 13h5l1 3h4l1-3h5",
        "list" => "M9 6h11M9 12h11M9 18h11M4 6h1M4 12h1M4 18h1",
        "search" => "M10 4a6 6 0 1 1 0 12a6 6 0 1 1 0-12M15 15l5 5",
        "file" => "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
        "files" => "M8 3h8l4 4v11H8zM16 3v4h4M5 7v14h11",
        "chart" => "M4 20h16M6 20v-7h3v7M11 20V8h3v12M16 20V4h3v16",
        "target" => "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16M12 8a4 4 0 1 1 0 8a4 4 0 1 1 0-8M12 12h.01",
        "building" => "M5 21V5l8-2v18M13 9h6v12M3 21h18M8 8h2M8 12h2M8 16h2M16 13h1M16 17h1",
        "map" => "M4 6l5-2 6 2 5-2v14l-5 2-6-2-5 2zM9 4v14M15 6v14",
        "book" => "M5 4h6a2 2 0 0 1 2 2v14a2 2 0 0 0-2-2H5zM13 6a2 2 0 0 1 2-2h5v14h-5a2 2 0 0 0-2 2",
        "user" => "M12 4a4 4 0 1 1 0 8a4 4 0 1 1 0-8M5 20a7 7 0 0 1 14 0",
        "users" => {
            "M9 5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7M3 20a6 6 0 0 1 12 0M16 5a3.5 3.5 0 0 1 0 7M17 14a6 6 0 0 1 4 6"
        }
        "settings" => {
            "M12 9a3 3 0 1 1 0 6a3 3 0 1 1 0-6M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M5.6 18.4l2.1-2.1M16.3 7.7l2.1-2.1"
        }
        "shield" => "M12 3l8 3v6c0 5-3.5 8-8 9c-4.5-1-8-4-8-9V6zM9 12l2 2 4-4",
        "bell" => "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4M12 3v2",
        "send" => "M4 12l16-8-6 16-3-7zM11 13l9-9",
        "clock" => "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16M12 8v4l3 2",
        "calendar" => "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5",
        "plus" => "M12 5v14M5 12h14",
        "download" => "M12 4v11M7 11l5 5 5-5M4 20h16",
        "upload" => "M12 16V5M7 9l5-5 5 5M4 20h16",
        "check" => "M5 12l5 5L20 7",
        "cross" => "M6 6l12 12M18 6L6 18",
        "alert" => "M12 4l9 16H3zM12 10v4M12 17h.01",
        "info" => "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16M12 11v5M12 8h.01",
        "more" => "M5 12h.01M12 12h.01M19 12h.01",
        "language" => "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16M4 12h16M12 4c3 3 3 13 0 16M12 4c-3 3-3 13 0 16",
        "help" => "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16M10 10a2 2 0 1 1 2.5 2c-.5.2-.5.8-.5 1.5M12 16.5h.01",
        "out" => "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
        "in" => "M14 4h5v16h-5M10 8l4 4-4 4M14 12H4",
        "arrow-left" => "M19 12H5M11 6l-6 6 6 6",
        "arrow-right" => "M5 12h14M13 6l6 6-6 6",
        "arrow-up" => "M12 19V5M6 11l6-6 6 6",
        "arrow-down" => "M12 5v14M6 13l6 6 6-6",
        "baby" | "baby-carriage" => {
            "M12 4a5 5 0 1 1 0 10a5 5 0 1 1 0-10M10 8h.01M14 8h.01M10.5 11c1 .8 2 .8 3 0M6 21c0-4 3-6 6-6s6 2 6 6"
        }
        "hearts" => "M12 20l-7-7a4.5 4.5 0 0 1 7-5.6a4.5 4.5 0 0 1 7 5.6z",
        "map-pin" => {
            "M12 21c-4-5-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2.5 6-6.5 11M12 8a2.2 2.2 0 1 1 0 4.4a2.2 2.2 0 1 1 0-4.4"
        }
        "candle" => "M9 21V11h6v10M7 21h10M12 11V8M12 3c1.5 1.6 1.8 3 0 4.5c-1.8-1.5-1.5-2.9 0-4.5",
        "ring" => "M9 9a6 6 0 1 0 .01 0M15 9a6 6 0 1 0 .01 0M9 5l1.5-2h-3z",
        "house" => "M4 11 12 4l8 7M6 10v10h12V10M10 20v-6h4v6",
        "shop" | "building-store" => {
            "M4 9l2-5h12l2 5M4 9v11h16V9M4 9c0 3 4 3 4 0c0 3 4 3 4 0c0 3 4 3 4 0c0 3 4 3 4 0M10 20v-5h4v5"
        }
        "key" => "M8 11a4 4 0 1 1 0 8a4 4 0 1 1 0-8M11 12l8-8M16 7l3 3",
        "flower" => {
            "M12 9a3 3 0 1 1 0 6a3 3 0 1 1 0-6M12 9V3M12 21v-6M15 12h6M3 12h6M14 10l4-4M6 18l4-4M14 14l4 4M6 6l4 4"
        }
        "star" => "M12 4l2.5 5 5.5.8-4 3.9 1 5.5-5-2.6-5 2.6 1-5.5-4-3.9 5.5-.8z",
        "print" => "M7 8V4h10v4M7 17H4V9h16v8h-3M7 14h10v6H7z",
        "money" => "M3 7h18v10H3zM12 9.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0-5M6 12h.01M18 12h.01",
        "pause" => "M8 5v14M16 5v14",
        "edit" => "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
        "log" => "M5 4h14v16H5zM9 9h6M9 13h6M9 17h3",
        _ => "M12 12h.01",
    }
}

/// A small drawing in the colour of the text beside it, silent for screen readers: `{{ web::icon("file")|safe }}`.
pub fn icon(name: impl AsRef<str>) -> String {
    format!(
        "<svg class=\"icon\" viewBox=\"0 0 24 24\" width=\"20\" height=\"20\" fill=\"none\" stroke=\"currentColor\" \
         stroke-width=\"1.75\" stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\" \
         focusable=\"false\"><path d=\"{}\"/></svg>",
        lines(name.as_ref())
    )
}

/// Width of a clock bar's used part, 0 to 100.
pub fn percent_width(used: impl i18n::Whole) -> i64 {
    used.whole().clamp(0, 100)
}

/// Whether two texts are the same, whatever their types.
pub fn same(a: impl AsRef<str>, b: impl AsRef<str>) -> bool {
    a.as_ref() == b.as_ref()
}

/// Whether a text is one of the lines of another: what was ticked of several boxes.
pub fn is_line(word: impl AsRef<str>, lines: impl AsRef<str>) -> bool {
    lines.as_ref().lines().any(|line| line == word.as_ref())
}
