//! What hangs at the counter (niêm yết): the procedures an agency settles, with papers, times, fees and the decision that announced them, as
//! they are in force on a day. It is made of the very versions that the portal shows and the counter takes dossiers in by, so none of the three can be of
//! another day (NĐ 63/2010/NĐ-CP Điều 17; NĐ 61/2018/NĐ-CP Điều 13).

use super::POSTING;
use crate::actions::House;
use crate::places::department_of;
use base::{Date, Fault, Instant, Lang, Level, Problem};
use catalogue::Version;
use i18n::L;
use organisation::Agency;
use print::{Pdf, Sheet};
use serde::Serialize;
use std::sync::Arc;

/// Procedures on one sheet: of a catalogue of thousands a field is chosen.
pub const ROWS_MAX: usize = 400;

/// One procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub code: String,
    pub name: String,
    /// Each way of filing with its time and fee.
    pub ways: Vec<String>,
    pub papers: Vec<String>,
    /// What is said of the fee beside its sum, each once.
    pub notes: Vec<String>,
    /// By which decision it was announced, and from when it holds.
    pub announced: String,
}

/// A field with its procedures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    pub code: String,
    pub name: String,
    pub rows: Vec<Row>,
}

/// The sheet of an agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posting {
    above: String,
    pub unit: String,
    place: String,
    day: String,
    /// `30/11/2026`.
    pub on: String,
    pub fields: Vec<Field>,
}

/// Whether an agency settles a procedure.
fn settles(house: &House, agency: &Agency, version: &Version) -> bool {
    match agency.level {
        Level::Commune => version.levels.contains(&Level::Commune),
        _ => version.levels.contains(&Level::Province) && department_of(&house.tree, version) == Some(agency.id),
    }
}

/// The agencies that have a sheet: communes, departments and the province's committee.
pub fn agencies(house: &House) -> Vec<&Agency> {
    let tree = &house.tree;
    tree.root().into_iter().chain(tree.departments()).chain(tree.communes()).collect()
}

/// What an agency settles on a day, in the order of the shelf: by field, then by name.
pub struct Settled<'h> {
    house: &'h House,
    agency: &'h Agency,
    day: Date,
    versions: Vec<Arc<Version>>,
}

fn row(l: L, version: &Version) -> Row {
    let mut lines = catalogue::ChannelLine::all(l, version);
    let notes = catalogue::common_notes(&mut lines);
    let ways = lines.iter().map(|line| {
        let said = [line.channel.clone(), line.limit.clone(), line.fee.clone()];
        let more = [line.limit_text.clone(), line.fee_text.clone()];
        said.into_iter().chain(more).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("; ")
    });
    let papers = version.components.iter().map(|paper| {
        let count = match (paper.originals, paper.copies) {
            (0, 0) => String::new(),
            (originals, 0) => format!(" ({originals} bản chính)"),
            (0, copies) => format!(" ({copies} bản sao)"),
            (originals, copies) => format!(" ({originals} bản chính, {copies} bản sao)"),
        };
        let rare = if paper.required { "" } else { ", nếu có" };
        format!("{}{count}{rare}", paper.name)
    });
    // The sources' own mark of what they could not verify, in the words of the wall.
    let said = |text: String| text.replace("unverified", "chưa xác minh");
    Row {
        code: version.code.clone(),
        name: version.name.clone(),
        ways: ways.map(said).collect(),
        papers: papers.map(said).collect(),
        notes: notes.into_iter().map(said).collect(),
        announced: said(format!("{}, từ {}", version.decision, base::vn_date(version.effective_from))),
    }
}

impl<'h> Settled<'h> {
    pub fn by(house: &'h House, agency: &'h Agency, day: Date) -> Settled<'h> {
        let all = house.shelf.all(day).into_iter();
        let versions = all.filter(|version| settles(house, agency, version)).collect();
        Settled { house, agency, day, versions }
    }

    /// The fields there are procedures of, with their names.
    pub fn fields(&self) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for version in &self.versions {
            if fields.last().is_none_or(|(code, _)| *code != version.field) {
                fields.push((version.field.clone(), version.field_name.clone()));
            }
        }
        fields
    }

    /// The sheet, of one field or (empty) of all.
    ///
    /// # Errors
    /// `Invalid` at `field` for more than a sheet holds.
    pub fn posting(&self, field: &str) -> Result<Posting, Fault> {
        let (tree, agency, l) = (&self.house.tree, self.agency, L(Lang::Vi));
        let mut fields: Vec<Field> = Vec::new();
        let wanted: Vec<_> =
            self.versions.iter().filter(|version| field.is_empty() || version.field == field).collect();
        if wanted.len() > ROWS_MAX {
            return Err(Fault::invalid(Problem::new("dossier-posting-long").field("field").arg("max", ROWS_MAX)));
        }
        for version in wanted {
            if fields.last().is_none_or(|last| last.code != version.field) {
                let (code, name) = (version.field.clone(), version.field_name.clone());
                fields.push(Field { code, name, rows: Vec::new() });
            }
            if let Some(last) = fields.last_mut() {
                last.rows.push(row(l, version));
            }
        }
        Ok(Posting {
            above: agency.parent.map(|parent| tree.name(parent)).unwrap_or_default(),
            unit: agency.name.clone(),
            place: tree.place_of(agency.id),
            day: base::vn_date_words(self.day),
            on: base::vn_date(self.day),
            fields,
        })
    }
}

impl Posting {
    /// How many procedures it holds.
    pub fn len(&self) -> usize {
        self.fields.iter().map(|field| field.rows.len()).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The sheet as PDF.
    ///
    /// # Errors
    /// Those of [`print::print`].
    pub async fn print(&self, subject: &str, now: Instant) -> Result<Pdf, Fault> {
        print::print(POSTING, Sheet { title: "Niêm yết thủ tục hành chính", subject, at: now, data: self }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use base::Id;

    #[test]
    fn a_sheet_says_what_the_version_in_force_says_and_changes_with_it_on_its_day() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let mut old = fixture::version();
        (old.effective_from, old.effective_to, old.decision) =
            (day("2026-01-01"), Some(day("2026-12-01")), "1/QĐ".into());
        let mut new = old.clone();
        (new.id, new.effective_from, new.effective_to) = (Id(old.id.0 + 1), day("2026-12-01"), None);
        new.decision = "2/QĐ-UBND".into();
        new.channels.iter_mut().for_each(|terms| {
            terms.fee =
                vec![catalogue::Fee { name: "Lệ phí".into(), amount: base::Dong(30_000), note: String::new() }];
        });
        let house = House {
            tree: Arc::new(fixture::tree()),
            shelf: Arc::new(catalogue::Shelf::of(vec![old, new])),
            calendar: base::calendar::Calendar::shipped().clone(),
        };
        let commune = house.tree.communes()[0];
        let sheet = |on: &str| Settled::by(&house, commune, day(on)).posting("").expect("a sheet");
        let (before, after) = (sheet("2026-11-30"), sheet("2026-12-01"));
        assert_eq!((before.len(), after.len()), (1, 1));
        let (before, after) = (&before.fields[0].rows[0], &after.fields[0].rows[0]);
        assert!(before.announced.starts_with("1/QĐ, từ 01/01/2026"), "{before:?}");
        assert!(after.announced.starts_with("2/QĐ-UBND, từ 01/12/2026"), "{after:?}");
        assert!(after.ways.iter().all(|way| way.contains("30.000")), "{after:?}");
        assert!(!before.papers.is_empty());
        let settled = Settled::by(&house, commune, day("2026-11-30"));
        assert!(settled.posting("khong-co").expect("a sheet").is_empty());
        assert_eq!(settled.fields().len(), 1);
    }
}
