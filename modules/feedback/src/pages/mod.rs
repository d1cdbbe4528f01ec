//! HTML of petitions.

mod dialogues;
mod forms;
mod heard;
mod letter;
mod mine;
mod office;
mod public;
mod sending;
mod show;
mod sittings;

pub use dialogues::{ask_before, dialogue, dialogues, minutes};
pub use heard::{heard, heard_print};
pub use letter::{letter, own_letter};
pub use mine::{mine, mine_act, sent, sent_one};
pub use office::work;
pub use public::{find, list, one};
pub(crate) use public::{narrow_of, place, place_of};
pub use sending::{send, send_form, take, take_form};
pub use show::{act, download, show};
pub use sittings::{sitting, sitting_act, sitting_form, sitting_item, sitting_item_act, sitting_new, sittings};

use crate::petition::State;
use crate::rules::House;
use base::{Fault, Id, Instant, vn_date_time};
use i18n::L;
use web::{App, Choice, Ctx};

/// The lists of this module.
pub fn lists() -> Vec<::lists::Declared> {
    vec![
        office::LIST.declared(),
        heard::HEARD.declared(),
        public::PUBLIC.declared(),
        dialogues::DIALOGUES.declared(),
        dialogues::SITTINGS.declared(),
    ]
}

/// What acts look things up in, as it stands now.
pub(crate) async fn house(app: &App) -> Result<House, Fault> {
    Ok(House::new(organisation::tree_of(app).await?, organisation::calendar_of(app)))
}

/// What a state is called.
pub(crate) fn state_word(l: L, state: State) -> String {
    l.t(format!("feedback-state-{}", state.as_str()))
}

/// The badge's colour of a state.
pub(crate) fn state_colour(state: State) -> &'static str {
    match state {
        State::New => "new",
        State::Handling | State::Joined | State::Drafted => "ontime",
        State::Asked => "near",
        State::Answered | State::Published => "done",
        State::Kept | State::Refused | State::HandedOver | State::Withdrawn => "paused",
    }
}

fn moment(at: Option<Instant>) -> String {
    at.map(vn_date_time).unwrap_or_default()
}

/// The communes, by name.
fn areas(house: &House) -> Vec<Choice> {
    house.tree.communes().iter().map(|agency| Choice::new(agency.id.to_string(), agency.name.clone())).collect()
}

/// Subjects that can be chosen today.
fn topics(ctx: &Ctx) -> Vec<Choice> {
    crate::rules::topics(ctx.now.date()).map(|topic| Choice::new(topic.id.as_str(), topic.name(ctx.lang))).collect()
}

/// So many letters of what was written, and that it goes on.
fn clipped(text: &str, letters: usize) -> String {
    let short = base::text::clip(text, letters);
    if short.len() < text.len() { format!("{short}…") } else { text.to_owned() }
}

fn unit_name(house: &House, unit: Option<Id>) -> String {
    unit.and_then(|unit| house.tree.get(unit)).map(|agency| agency.name.clone()).unwrap_or_default()
}
