//! Form 07: the register of what a desk took in over a period.

use super::{Own, REGISTER};
use crate::actions::House;
use crate::dossier::mark;
use crate::happening::{HandedOver, Happening, Receiver};
use crate::store::{Loaded, read};
use crate::wording::Paper;
use ::store::{Tx, params};
use base::{Actor, Date, Fault, Id, Instant, Problem};
use i18n::L;
use organisation::{Agency, Kind};
use print::{Pdf, Sheet};
use serde::Serialize;

/// What the law calls it.
pub(crate) const TITLE: &str = "Sổ theo dõi hồ sơ";
/// Dossiers in one register: a longer period is printed in parts.
pub const ROWS_MAX: i64 = 1_000;
/// What is received in a period was filed at most so long before, in milliseconds: the reading stays within a range of ids.
const FILED_BEFORE_MS: i64 = 366 * 86_400_000;
/// … and, by post, entered at most so long after: some working days, over the longest holidays.
const ENTERED_AFTER_MS: i64 = 30 * 86_400_000;
/// Codes named for one field that is missing.
const GAPS_NAMED: usize = 20;

::store::statements! {
    /// What a place of intake received from $4 until before $5, of those filed between two ids: its own dossiers, those of others, and those that
    /// moved on since with its open work; not what moved to it.
    RECEIVED = "SELECT * FROM (SELECT * FROM dossier WHERE competent_id = $1 AND intake_id = $1 AND first_intake IS NULL AND id >= $2 AND id <= $3 AND received_at >= $4 AND received_at < $5 UNION ALL SELECT * FROM dossier WHERE intake_id = $1 AND intake_id <> competent_id AND first_intake IS NULL AND id >= $2 AND id <= $3 AND received_at >= $4 AND received_at < $5 UNION ALL SELECT * FROM dossier WHERE first_intake = $1 AND id >= $2 AND id <= $3 AND received_at >= $4 AND received_at < $5) AS taken ORDER BY received_at, id LIMIT $6";
}

/// Which register is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The place of intake.
    pub unit: Id,
    /// First and last day of receiving.
    pub from: Date,
    pub to: Date,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Row {
    code: String,
    procedure: String,
    owner: String,
    address: String,
    competent: String,
    received: String,
    due: String,
    passed: String,
    settled: String,
    returned: String,
    way: String,
    note: String,
}

/// What stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Register {
    above: String,
    unit: String,
    place: String,
    day: String,
    from: String,
    to: String,
    total: String,
    rows: Vec<Row>,
    /// Fields that are missing, each with the dossiers that lack it.
    gaps: Vec<String>,
    keeper: String,
    /// What the province's own version of the form says.
    own: Own,
}

impl Register {
    /// How many dossiers it holds.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The places of intake whose register a person may print: those where they read all that comes in, of every field.
pub fn units_of<'h>(actor: &Actor, house: &'h House) -> Vec<&'h Agency> {
    let reads = |path: &str| actor.may_at(crate::rights::READ_DOSSIERS, path);
    let takes_in = |agency: &&Agency| {
        agency.valid_to.is_none()
            && !matches!(agency.kind, Kind::Division | Kind::ServiceCentre)
            && (reads(&agency.path) || reads(house.tree.desk_path(agency.id)))
    };
    house.tree.all().iter().filter(takes_in).collect()
}

fn way_key(handed: &HandedOver) -> &'static str {
    match handed.to {
        Receiver::Owner => "dossier-register-owner",
        Receiver::Authorised => "dossier-register-authorised",
        Receiver::Post => "dossier-register-post",
        Receiver::Account => "dossier-register-account",
    }
}

/// Reads and words a register in the caller's snapshot.
///
/// # Errors
/// A place that is none of theirs and days the wrong way round are `Invalid` at their fields; more than [`ROWS_MAX`] dossiers at `to`.
pub async fn register(
    tx: &Tx,
    house: &House,
    actor: &Actor,
    l: L,
    asked: Asked,
    now: Instant,
) -> Result<Register, Fault> {
    let Asked { unit, from, to } = asked;
    if !units_of(actor, house).iter().any(|agency| agency.id == unit) {
        return Err(Fault::invalid(Problem::new("dossier-register-unit").field("unit")));
    }
    if to < from {
        return Err(Fault::invalid(Problem::new("dossier-register-days").field("to")));
    }
    let (begin, end) = (Instant::start_of(from), Instant::start_of(to).plus_ms(86_400_000));
    let first = Id::from_parts(begin.0 - FILED_BEFORE_MS, 0);
    let last = Id::from_parts(end.0 + ENTERED_AFTER_MS, u32::MAX);
    let rows = tx.query(RECEIVED, params![unit, first, last, begin, end, ROWS_MAX + 1]).await?;
    if rows.len() as i64 > ROWS_MAX {
        return Err(Fault::invalid(Problem::new("dossier-register-long").field("to").arg("max", ROWS_MAX)));
    }
    let found = rows.iter().map(read).collect::<Result<Vec<Loaded>, _>>()?;
    let mut words = Vec::with_capacity(found.len());
    for loaded in &found {
        let events = audit::events(tx, loaded.dossier.id).await?;
        words.push(row(house, l, loaded, &events));
    }
    let desk = house.tree.desk_of(unit);
    let wordings = crate::wording::store::in_force(tx, now.date()).await?;
    Ok(Register {
        above: house.tree.name(unit),
        unit: desk.map_or_else(|| house.tree.name(unit), |desk| desk.name.clone()),
        place: house.tree.place_of(unit),
        day: base::vn_date_words(now.date()),
        from: base::vn_date(from),
        to: base::vn_date(to),
        total: l.tr("dossier-register-total", [("n", l.number(words.len() as i64))]),
        rows: words,
        gaps: gaps(l, &found),
        keeper: actor.name.clone(),
        own: Own::on(&wordings, Paper::Register, now.date()),
    })
}

fn row(house: &House, l: L, loaded: &Loaded, events: &[audit::Event]) -> Row {
    let (d, a) = (&loaded.dossier, &loaded.applicant);
    let day = |at: Option<Instant>| at.map(base::vn_date_time).unwrap_or_default();
    let passed = events.iter().find(|event| event.kind == "forwarded").map(|event| event.at);
    let handed = events.iter().rev().find(|event| event.kind == "result-returned");
    let way = match handed.and_then(|event| Happening::read(&event.data).ok()) {
        Some(Happening::ResultReturned { handed: Some(handed), .. }) => l.t(way_key(&handed)),
        Some(Happening::ResultReturned { by_post: true, .. }) => l.t("dossier-register-post"),
        _ => String::new(),
    };
    let address = [a.owner_address.as_str(), a.owner_phone.as_str()];
    Row {
        code: d.code.clone(),
        procedure: house.shelf.version(d.version).map(|version| version.name.clone()).unwrap_or_default(),
        owner: a.owner_name.clone(),
        address: address.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "),
        competent: house.tree.name(d.competent),
        received: day(d.received_at),
        due: day(d.counted_by()),
        passed: day(passed),
        settled: day(d.finished_at),
        returned: day(d.returned_at),
        way,
        note: match d.promised_at {
            Some(_) => {
                let key =
                    if d.flags & mark::PUT_OFF != 0 { "dossier-register-put-off" } else { "dossier-register-moved" };
                format!("{}; {}", l.t(d.state_key()), l.tr(key, [("due", day(d.due_at))]))
            }
            None => l.t(d.state_key()),
        },
    }
}

/// Fields of the form that dossiers lack; the number of sets is not kept at all.
fn gaps(l: L, found: &[Loaded]) -> Vec<String> {
    let lacking = |key: &str, lacks: fn(&Loaded) -> bool| {
        let codes: Vec<&str> =
            found.iter().filter(|loaded| lacks(loaded)).map(|loaded| loaded.dossier.code.as_str()).collect();
        let named = codes.iter().take(GAPS_NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = if codes.len() > GAPS_NAMED { ", …" } else { "" };
        let values = [("field", l.t(key)), ("n", l.number(codes.len() as i64)), ("codes", format!("{named}{more}"))];
        (!codes.is_empty()).then(|| l.tr("dossier-register-gap", values))
    };
    let fields = [
        lacking("dossier-owner-address", |loaded| loaded.applicant.owner_address.is_empty()),
        lacking("dossier-owner-phone", |loaded| loaded.applicant.owner_phone.is_empty()),
    ];
    let sets = (!found.is_empty()).then(|| l.t("dossier-register-sets"));
    fields.into_iter().flatten().chain(sets).collect()
}

/// Prints it.
///
/// # Errors
/// Those of [`print::print`].
pub async fn printed(register: &Register, subject: &str, now: Instant) -> Result<Pdf, Fault> {
    print::print(REGISTER, Sheet { title: TITLE, subject, at: now, data: register }).await
}

#[cfg(test)]
pub(super) fn sample(rows: usize) -> Register {
    let text = |text: &str| text.to_owned();
    let row = |n: usize| Row {
        code: format!("H13.31-261125-{n:04}"),
        procedure: text("Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con"),
        owner: text("Nguyễn Thị Mỹ Đường"),
        address: text("12 đường Nguyễn Trãi, phường Ninh Kiều, thành phố Cần Thơ; 0939111222"),
        competent: text("Ủy ban nhân dân phường Ninh Kiều"),
        received: text("09:00 25/11/2026"),
        due: text("16:00 30/11/2026"),
        passed: text("09:20 25/11/2026"),
        settled: text("15:20 27/11/2026"),
        returned: text("09:20 30/11/2026"),
        way: text("Trực tiếp"),
        note: text("Đã trả kết quả"),
    };
    Register {
        above: text("Ủy ban nhân dân phường Ninh Kiều"),
        unit: text("Trung tâm Phục vụ hành chính công phường Ninh Kiều"),
        place: text("Ninh Kiều"),
        day: text("ngày 30 tháng 11 năm 2026"),
        from: text("01/11/2026"),
        to: text("30/11/2026"),
        total: format!("{rows} hồ sơ"),
        rows: (1..=rows).map(row).collect(),
        gaps: vec![text("Địa chỉ: 1 hồ sơ (H13.31-261125-0001)")],
        keeper: text("Trần Văn Một"),
        own: Own::default(),
    }
}
