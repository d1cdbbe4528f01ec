//! Every calendar this province ever had, for a proof that meets many names: each is put together once.

use super::together;
use crate::calendar_store::{self as sql, Line};
use ::store::{StoreError, Tx};
use base::Id;
use base::calendar::{Calendar, Name};
use std::collections::HashMap;

/// The lines of all revisions, and the calendars made of them so far.
#[derive(Debug, Default)]
pub struct Calendars {
    revisions: HashMap<String, i64>,
    /// Each with the revisions it came with and went with.
    lines: Vec<(i64, Option<i64>, Line)>,
    provinces: HashMap<String, Option<Calendar>>,
    named: HashMap<String, Option<Calendar>>,
}

impl Calendars {
    /// Reads all lines.
    ///
    /// # Errors
    /// The database's.
    pub async fn load(tx: &Tx) -> Result<Calendars, StoreError> {
        let (revisions, lines) = sql::everything(tx).await?;
        Ok(Calendars { revisions, lines, ..Calendars::default() })
    }

    /// The calendar of a name, as [`super::calendar_named`] gives it.
    pub fn named(&mut self, version: &str) -> Option<Calendar> {
        if let Some(known) = self.named.get(version) {
            return known.clone();
        }
        let name = Name::read(version);
        let province = name.of_province().to_string();
        let made = match self.provinces.get(&province) {
            Some(made) => made.clone(),
            None => {
                let made = self.province(&name, &province);
                self.provinces.insert(province, made.clone());
                made
            }
        };
        let agency = |named: Option<Id>| named.unwrap_or(Id(0));
        let own = made.map(|province| province.at(agency(name.takes_in), agency(name.settles)));
        self.named.insert(version.to_owned(), own.clone());
        own
    }

    fn province(&self, name: &Name, version: &str) -> Option<Calendar> {
        let shipped = Calendar::shipped();
        let Some(revision) = self.revisions.get(&name.revision) else {
            // Before the calendar was written, it is counted by all the same.
            return (self.revisions.is_empty() && version == shipped.version()).then(|| shipped.clone());
        };
        let holds = |(came, went, line): &&(i64, Option<i64>, Line)| {
            let stands = came <= revision && went.is_none_or(|went| went > *revision);
            stands || line.closing.is_some() && name.closed.contains(came)
        };
        let lines: Vec<Line> = self.lines.iter().filter(holds).map(|(.., line)| line.clone()).collect();
        together(version, &lines).ok()
    }
}
