//! The board and the lists its numbers open to.

use crate::announcement::Announcement;
use crate::board::{Ask, Board, Row, Why};
use crate::house::Rooms;
use crate::review;
use crate::rights::READ_CONTROL;
use crate::{store, target};
use askama::Template;
use base::{Date, Dong, Fault, Id, vn_date};
use catalogue::cut::percent;
use facts::Figure;
use i18n::L;
use lists::{Ask as Asks, Asked, Cell, Column, Filter, Kind, List, Shape, Whole};
use records::{Asker, Machine};
use std::collections::HashSet;
use web::{Answer, Choice, Ctx};

/// Decisions and reviews read for one board: many years of a province's.
const READ_MAX: usize = 5_000;
/// No decision of the register is older.
const BEFORE_ALL: Date = Date::constant(1945, 9, 2);

/// Everything the board needs, in one reading: the year of a day.
async fn board(ctx: &Ctx) -> Result<Board, Fault> {
    let actor = ctx.require(READ_CONTROL)?.clone();
    let (rooms, today) = (Rooms::of(ctx).await?, ctx.now.date());
    let from = today.first_of_year();
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let ever = store::signed(tx, (BEFORE_ALL, today), READ_MAX).await?;
            let on_the_way = store::on_the_way(tx, READ_MAX).await?;
            let approved = review::State::Approved;
            let reviews = store::reviews(tx, None, approved, Id(i64::MAX), READ_MAX).await?;
            Ok::<_, Fault>((ever, on_the_way, reviews))
        })
    });
    let (ever, mut on_the_way, reviews) = read.await?;
    // What others prepare is theirs and the Office's.
    on_the_way.retain(|held| Announcement::may_read(held, &rooms, &Asker::actor(&actor, ctx.now)));
    let posted: HashSet<Id> = ever.iter().filter(|held| held.state.posted_at.is_some()).map(|held| held.id).collect();
    let signed = ever.into_iter().filter(|held| held.state.signed_on.is_some_and(|day| day >= from)).collect();
    let Rooms { house, shelf } = rooms;
    Ok(Board { shelf, calendar: house.calendar, today, signed, on_the_way, posted, reviews, from })
}

struct Tile {
    label: String,
    value: String,
    href: String,
    /// A share or another number beside it.
    beside: String,
    /// "late" where something waits too long; empty otherwise.
    colour: &'static str,
}

struct Group {
    title: String,
    tiles: Vec<Tile>,
}

struct Unit {
    name: String,
    all: String,
    received: String,
    share: String,
}

#[derive(Template)]
#[template(path = "board.html")]
struct Page {
    l: L,
    from: String,
    to: String,
    groups: Vec<Group>,
    units: Vec<Unit>,
}

fn share_of(l: L, numerator: usize, denominator: usize) -> String {
    let figure = Figure { numerator: numerator as i64, denominator: denominator as i64 };
    // Of nothing there is no share: 0 % would be another thing.
    figure.basis_points().map_or_else(|| "–".to_owned(), |share| percent(l.0, share))
}

/// "1,5" of a sum over so many.
fn mean(l: L, (n, sum): (i64, i64)) -> String {
    if n == 0 {
        return l.t("control-board-none");
    }
    let tenths = (sum * 20 + n).div_euclid(n * 2);
    l.tr(
        "control-board-days",
        [("n", format!("{}{}{}", tenths / 10, if l.0 == base::Lang::En { '.' } else { ',' }, tenths % 10))],
    )
}

fn groups(l: L, board: &Board) -> Vec<Group> {
    let n = |ask: Ask| board.rows(ask).len();
    let tile = |ask: Ask, beside: String, colour: &'static str| {
        let count = n(ask);
        Tile {
            label: l.t(format!("control-ask-{}", ask.as_str())),
            value: l.number(count),
            href: format!("/procedure-control/list?which={}", ask.as_str()),
            beside,
            colour: if count > 0 { colour } else { "" },
        }
    };
    let said = |key: &str, value: String, beside: String| Tile {
        label: l.t(key),
        value,
        href: String::new(),
        beside,
        colour: "",
    };
    let share = |numerator, denominator| share_of(l, numerator, denominator);
    let plain = |ask| tile(ask, String::new(), "");
    let late = |ask| tile(ask, String::new(), "late");
    let (public, internal) = (n(Ask::InForce), n(Ask::Internal));
    let [entry, posting] = board.delays();
    let (cost, saved) = board.compliance();
    let published = internal - n(Ask::InternalUnposted);
    let simplified = n(Ask::Simplified);
    let so_far = share(simplified, public);
    let reached = Figure { numerator: simplified as i64, denominator: public as i64 }.basis_points().unwrap_or(0);
    let target = target::simplified_on(board.today).map(|target| {
        let key = if reached >= target.basis_points { "control-board-reached" } else { "control-board-below" };
        let asked = percent(l.0, target.basis_points);
        format!("{so_far} · {}", l.tr(key, [("target", asked), ("source", target.source.clone())]))
    });
    let cut = board.mean_cut();
    let cut = cut.map(|(mean, n)| l.tr("control-board-mean-cut", [("cut", percent(l.0, mean)), ("n", n.to_string())]));
    // Where nobody said when the legal text takes effect, nobody can say whether it was in time.
    let dated = board.dated();
    let timely = share(dated - n(Ask::AnnouncedLate), dated);
    let group = |key: &str, tiles| Group { title: l.t(key), tiles };
    vec![
        group(
            "control-board-announcing",
            vec![
                tile(Ask::Announced, l.tr("control-board-timely", [("share", timely)]), ""),
                late(Ask::AnnouncedLate),
                plain(Ask::AnnouncedUndated),
                plain(Ask::Waiting),
                late(Ask::WaitingLate),
            ],
        ),
        group(
            "control-board-posting",
            vec![
                tile(Ask::Unposted, String::new(), "near"),
                late(Ask::PostedLate),
                tile(Ask::NotInFull, String::new(), "near"),
                said("control-board-to-entry", mean(l, entry), String::new()),
                said("control-board-to-posting", mean(l, posting), String::new()),
            ],
        ),
        group(
            "control-board-reviewing",
            vec![
                tile(Ask::Unreviewed, share(n(Ask::Unreviewed), public), ""),
                tile(Ask::Simplified, target.unwrap_or(so_far), ""),
                tile(Ask::TimeCut, cut.unwrap_or_default(), ""),
                said("control-board-cost", Dong(cost).to_string(), String::new()),
                said("control-board-saved", Dong(saved).to_string(), String::new()),
            ],
        ),
        group(
            "control-board-offered",
            vec![
                plain(Ask::InForce),
                tile(Ask::OneStop, share(n(Ask::OneStop), public), ""),
                plain(Ask::NotOneStop),
                tile(Ask::Delegated, share(n(Ask::Delegated), board.delegable()), ""),
                plain(Ask::Provincial),
                tile(Ask::Eligible, share(n(Ask::Eligible), public), ""),
                plain(Ask::Ineligible),
                tile(Ask::Unjudged, String::new(), "near"),
                plain(Ask::Duty),
            ],
        ),
        group(
            "control-board-apart",
            vec![
                tile(Ask::Internal, l.tr("control-board-published", [("share", share(published, internal))]), ""),
                tile(Ask::InternalUnposted, String::new(), "near"),
                plain(Ask::Party),
            ],
        ),
    ]
}

/// GET /procedure-control
pub(crate) async fn show(ctx: Ctx) -> Answer {
    let (l, board) = (ctx.l, board(&ctx).await?);
    let house = organisation::House::of(&ctx.app).await?;
    let name = |unit: &str| {
        let department = house.tree.departments().into_iter().find(|d| catalogue::rules::slug(&d.name) == unit);
        let level = format!("catalogue-level-{unit}");
        let known = department.map(|department| department.name.clone());
        known.unwrap_or_else(|| if i18n::has(l.0, &level) { l.t(level) } else { unit.replace('-', " ") })
    };
    let units = board.one_stop().into_iter().map(|(unit, (all, received))| Unit {
        name: name(&unit),
        all: l.number(all),
        received: l.number(received),
        share: share_of(l, received as usize, all as usize),
    });
    let page = Page {
        l,
        from: vn_date(board.from),
        to: vn_date(board.today),
        groups: groups(l, &board),
        units: units.collect(),
    };
    Ok(ctx.page(&l.t("control-board-title"), &page))
}

/// A procedure of a list, with the language its reason is told in.
#[derive(Clone)]
pub struct Told {
    l: L,
    row: Row,
}

impl Told {
    fn why(&self) -> Cell {
        let l = self.l;
        match &self.row.why {
            Why::Nothing => Cell::text(""),
            Why::Decision { code, number, late_days } => {
                let late = || l.tr("control-late-days", [("n", late_days.to_string())]);
                Cell::text(number).to(format!("/announcements/{code}")).mark(*late_days > 0, "late", late)
            }
            Why::Parts(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| l.t(format!("catalogue-part-{part}"))).collect();
                Cell::text(l.tr("control-line-lacks", [("parts", parts.join(", "))]))
            }
            Why::Cut(basis_points) => Cell::text(percent(l.0, *basis_points)),
            Why::Said(text) => Cell::text(text),
        }
    }
}

/// The procedures behind a number of the board.
pub static LIST: List<Told> = List {
    key: "procedure-control",
    path: "/procedure-control/list",
    title: "control-board-list",
    tabs: &[],
    tab_word: "",
    through: "",
    filters: &[Filter::new("which", "control-board-which", Asks::Choice)],
    columns: &[
        Column::new("name", "catalogue-name", Kind::Text, |told: &Told| {
            Cell::text(&told.row.name).to(format!("/procedures/{}", told.row.code))
        })
        .unlabelled(),
        Column::new("code", "catalogue-code", Kind::Word, |told: &Told| Cell::code(&told.row.code)).unlabelled(),
        Column::new("field", "catalogue-field", Kind::Text, |told: &Told| Cell::text(&told.row.field_name)),
        Column::new("why", "control-board-why", Kind::Text, Told::why),
    ],
    order: ("place", false),
    shape: Shape::AT,
    empty: ("control-board-empty", "control-board-empty-hint"),
    files: true,
};

#[derive(Template)]
#[template(path = "board_list.html")]
struct Listed {
    l: L,
    trail: Vec<web::Breadcrumb>,
    title: String,
    list: String,
}

/// GET /procedure-control/list?which=
pub(crate) async fn list(ctx: Ctx) -> Answer {
    let (l, board) = (ctx.l, board(&ctx).await?);
    let word = |ask: &Ask| l.t(format!("control-ask-{}", ask.as_str()));
    let choices = Ask::ALL.iter().map(|ask| Choice::new(ask.as_str(), word(ask))).collect();
    let asked = Asked::read(&LIST, &ctx.uri, 0, vec![("which", choices)]);
    let ask = Ask::read(asked.value("which")).unwrap_or(Ask::InForce);
    let rows = board.rows(ask).into_iter().map(|row| Told { l, row }).collect();
    let whole = Whole::of(&LIST, &asked, rows, |told| told.row.id);
    let title = word(&ask);
    let trail = vec![
        web::Breadcrumb::new(l.t("control-board-title"), "/procedure-control"),
        web::Breadcrumb::new(title.clone(), ""),
    ];
    let opened = lists::open(&ctx, &LIST, asked, whole).await?;
    opened.page(&ctx, &title.clone(), |list| Listed { l, trail, title, list })
}
