//! HTML of the one-stop.

mod acts;
mod answers;
mod closing;
mod draft;
mod handover;
mod intake;
mod load;
mod marked;
mod opinions;
mod oversight;
mod posting;
mod questions;
mod rate;
mod register;
mod show;
mod slip;
mod timeline;
mod together;
mod track;
mod work;
mod work_list;

pub use answers::{Answered, answer_text, answered};
pub(crate) use closing::list as closing;
pub use draft::{keep as draft_keep, preview as draft_preview, show as draft, version as draft_version};
pub use handover::handover;
pub use intake::{choose_or_form, drop_begun, keep_typed, receive, received};
pub use load::load;
pub use marked::marked;
pub use oversight::{oversight, oversight_one};
pub use posting::posting;
pub(crate) use questions::headed;
pub use questions::{Question, corrections, question};
pub use rate::{rate_answer, rate_form, rate_look_up, remarks};
pub use register::register;
pub(crate) use show::looked;
pub use show::{act, download, show, sources};
pub use slip::{give, print, slip};
pub(crate) use timeline::said_by;
pub(crate) use track::look_up;
pub use track::track;
pub use work::{SEARCH_BOX, WorkPage, nav_counts, next, work, work_page};
pub use work_list::LIST as WORK_LIST;

use crate::actions::House;
use ::store::Tx;
use base::{Fault, Id};
use i18n::L;
use std::collections::HashMap;
use web::{App, Choice};

/// What actions look things up in, as it stands now.
pub fn house(app: &App) -> Result<House, Fault> {
    let missing = |what: &str| Fault::internal(format!("{what} is not loaded"));
    Ok(House {
        tree: app.get::<organisation::Tree>().ok_or_else(|| missing("the agency tree"))?,
        shelf: app.get::<catalogue::Shelf>().ok_or_else(|| missing("the catalogue"))?,
        calendar: organisation::calendar_of(app),
    })
}

/// Names of accounts, for showing who did what.
pub(crate) async fn names(tx: &Tx, ids: impl Iterator<Item = Option<Id>>) -> Result<HashMap<Id, String>, Fault> {
    let mut wanted: Vec<Id> = ids.flatten().collect();
    wanted.sort_unstable();
    wanted.dedup();
    Ok(identity::names(tx, &wanted).await?)
}

/// People work is given to, each with who acts meanwhile where somebody is away.
pub(crate) async fn told_who_is_away(
    tx: &Tx,
    l: L,
    people: Vec<(Id, String)>,
    now: base::Instant,
) -> Result<Vec<(Id, String)>, Fault> {
    let ids: Vec<Id> = people.iter().map(|(id, _)| *id).collect();
    let away = identity::substitutes::acting_for(tx, &ids, now).await?;
    let told = |(id, name): (Id, String)| match away.iter().find(|(absent, ..)| *absent == id) {
        Some((_, _, substitute, to)) => {
            let words = [("name", name), ("to", base::vn_date(*to)), ("substitute", substitute.clone())];
            (id, l.tr("dossier-handler-away", words))
        }
        None => (id, name),
    };
    Ok(people.into_iter().map(told).collect())
}

/// The three channels as choices.
pub(crate) fn channel_choices(l: L) -> Vec<Choice> {
    vec![
        Choice::new("1", l.t("dossier-channel-counter")),
        Choice::new("2", l.t("dossier-channel-online")),
        Choice::new("3", l.t("dossier-channel-post")),
    ]
}

/// Name of a channel.
pub(crate) fn channel_key(channel: base::Channel) -> String {
    format!("dossier-channel-{}", channel.as_str())
}

/// `22/11/2026 17:00`, or nothing.
pub(crate) fn moment(at: Option<base::Instant>) -> String {
    at.map(base::vn_date_time).unwrap_or_default()
}

/// Papers other than a Vietnamese number that a person may be known by; none chosen is such a number.
pub fn paper_choices(l: i18n::L) -> Vec<web::Choice> {
    use crate::PaperKind::{Other, Passport};
    [Passport, Other]
        .map(|kind| web::Choice::new(kind.as_str(), l.t(format!("dossier-owner-paper-{}", kind.as_str()))))
        .to_vec()
}

/// The owner's number with the paper it is of, where that is no Vietnamese number: `C01234567 (hộ chiếu, Hoa Kỳ)`.
pub(crate) fn number_words(l: L, applicant: &crate::Applicant) -> String {
    if applicant.owner_paper.is_empty() {
        return applicant.owner_number.clone();
    }
    let paper = l.t(format!("dossier-owner-paper-{}", applicant.owner_paper));
    let beside: Vec<&str> =
        [paper.as_str(), &applicant.owner_nationality].into_iter().filter(|word| !word.is_empty()).collect();
    format!("{} ({})", applicant.owner_number, beside.join(", "))
}

/// An address that says what for, where that had to be said.
pub(crate) fn with_purpose(address: String, purpose: &str) -> String {
    if purpose.is_empty() { address } else { format!("{address}?purpose={}", web::table::encode(purpose)) }
}

/// The list a person came from, as its address says; the plain list for anything else.
pub(crate) fn list_of(typed: &str) -> String {
    let back = web::safe_next(typed);
    if back.split('?').next() == Some("/work") { back } else { "/work".to_owned() }
}

/// The lists of this module.
pub fn lists() -> Vec<::lists::Declared> {
    vec![
        WORK_LIST.declared(),
        oversight::LIST.declared(),
        closing::LIST.declared(),
        crate::wording::pages::LIST.declared(),
    ]
}
