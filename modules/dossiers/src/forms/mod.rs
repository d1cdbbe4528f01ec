//! The printed forms of the one-stop (TT 03/2025/TT-VPCP): which there are of a dossier, and what stands in each.
//!
//! What is printed is read once ([`read`]), by whoever has the right to the dossier, and put into words by one function for each
//! form; the page of the receipt shows the same words.

mod control;
pub mod handover;
mod own;
pub mod posting;
mod receipt;
pub mod register;
mod requests;
pub mod result;

use crate::actions::{House, Told};
use crate::apply::apply;
use crate::dossier::{Component, ComponentState, Dossier};
use crate::happening::Happening;
use crate::pages::names;
use crate::papers::Papers;
use crate::store::{self as sql, Loaded};
use crate::wording::{Paper, Template as Wording};
use ::store::Tx;
use base::{Date, Fault, Id, Instant, Lang};
use i18n::L;
use print::{Pdf, Sheet, Template};
use records::Held;
use serde::Serialize;
use std::collections::HashMap;

pub(crate) use own::Own;
pub(crate) use receipt::Receipt;

print::templates! {
    /// Form 01.
    pub RECEIPT = "receipt", include_str!("../../forms/receipt.typ");
    /// Form 02.
    pub SUPPLEMENT = "supplement", include_str!("../../forms/supplement.typ");
    /// Form 03.
    pub REFUSAL = "refusal", include_str!("../../forms/refusal.typ");
    /// Form 04.
    pub APOLOGY = "apology", include_str!("../../forms/apology.typ");
    /// Form 05.
    pub STOP = "stop", include_str!("../../forms/stop.typ");
    /// Form 06.
    pub CONTROL = "control", include_str!("../../forms/control.typ");
    /// Form 07.
    pub REGISTER = "register", include_str!("../../forms/register.typ");
    /// An apology for what went wrong.
    pub MISHAP = "mishap", include_str!("../../forms/mishap.typ");
    /// What hangs at the counter.
    pub POSTING = "posting", include_str!("../../forms/posting.typ");
    /// What a dossier results in.
    pub RESULT = "result", include_str!("../../forms/result.typ");
    /// The pieces of a form that a province may change, to be looked at.
    pub PREVIEW = "preview", include_str!("../../forms/preview.typ");
    /// Papers that a unit hands over.
    pub HANDOVER = "handover", include_str!("../../forms/handover.typ");
}

/// A form of one dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Mẫu số 01: Giấy tiếp nhận hồ sơ và hẹn trả kết quả.
    Receipt,
    /// Mẫu số 02: Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ. The latest request.
    Supplement,
    /// Mẫu số 03: Phiếu từ chối tiếp nhận giải quyết hồ sơ.
    Refusal,
    /// Mẫu số 04: Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết.
    Apology,
    /// Thư xin lỗi vì sai sót, thất lạc (NĐ 61/2018/NĐ-CP Điều 21): no form of its own is prescribed.
    Mishap,
    /// Mẫu số 05: Thông báo dừng giải quyết hồ sơ.
    Stop,
    /// Mẫu số 06: Phiếu kiểm soát quá trình giải quyết hồ sơ. The office's own.
    Control,
}

impl Form {
    pub const ALL: [Self; 7] =
        [Self::Receipt, Self::Supplement, Self::Refusal, Self::Apology, Self::Mishap, Self::Stop, Self::Control];

    /// Its word in addresses.
    pub fn as_str(self) -> &'static str {
        self.template().name
    }

    /// The form of that word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == word)
    }

    /// Fluent key of its name.
    pub fn key(self) -> String {
        format!("dossier-print-{}", self.as_str())
    }

    fn template(self) -> Template {
        match self {
            Self::Receipt => RECEIPT,
            Self::Supplement => SUPPLEMENT,
            Self::Refusal => REFUSAL,
            Self::Apology => APOLOGY,
            Self::Mishap => MISHAP,
            Self::Stop => STOP,
            Self::Control => CONTROL,
        }
    }

    /// What the law calls it.
    fn title(self) -> &'static str {
        match self {
            Self::Receipt => "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            Self::Supplement => "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            Self::Refusal => "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
            Self::Apology => "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
            Self::Mishap => "Văn bản xin lỗi và thông báo khắc phục",
            Self::Stop => "Thông báo dừng giải quyết hồ sơ",
            Self::Control => "Phiếu kiểm soát quá trình giải quyết hồ sơ",
        }
    }

    /// Name of the file, without personal data.
    pub fn file_name(self, code: &str) -> String {
        let name = match self {
            Self::Receipt => "giay-tiep-nhan",
            Self::Supplement => "phieu-yeu-cau-bo-sung",
            Self::Refusal => "phieu-tu-choi",
            Self::Apology => "van-ban-xin-loi",
            Self::Mishap => "van-ban-xin-loi-khac-phuc",
            Self::Stop => "thong-bao-dung",
            Self::Control => "phieu-kiem-soat",
        };
        format!("{name}-{code}.pdf")
    }

    /// Whether it is about the office's own work: applicants get the others.
    pub fn is_internal(self) -> bool {
        self == Self::Control
    }

    /// Whether a dossier with these events has it.
    pub fn is_of(self, events: &[audit::Event]) -> bool {
        let any = |kinds: &[&str]| events.iter().any(|event| kinds.contains(&event.kind.as_str()));
        match self {
            Self::Receipt | Self::Control => any(&["received"]),
            Self::Supplement => any(&["supplement-requested"]),
            Self::Refusal => any(&["intake-refused", "refused"]),
            Self::Apology => any(&["put-off"]),
            Self::Mishap => any(&["mishap-reported"]),
            Self::Stop => any(&["withdrawn", "stopped"]),
        }
    }
}

/// What the law calls a form.
pub(crate) fn title_of(paper: Paper) -> &'static str {
    match Form::read(paper.as_str()) {
        Some(form) => form.title(),
        None => register::TITLE,
    }
}

/// The forms there are of a dossier with these events; `own` for its applicant, who is not given the office's own.
pub fn forms_of(events: &[audit::Event], own: bool) -> Vec<Form> {
    Form::ALL.into_iter().filter(|form| form.is_of(events) && !(own && form.is_internal())).collect()
}

/// All that the forms of a dossier are made of, read in one snapshot.
pub struct Read {
    pub(crate) loaded: Loaded,
    papers: Vec<(i64, Component)>,
    events: Vec<audit::Event>,
    names: HashMap<Id, String>,
    rating_code: String,
    /// What was filed together, itself among it.
    together: Vec<Told>,
    /// The papers handed in for the others of them.
    papers_together: Vec<(Id, Component)>,
    /// Versions of the forms' own pieces, in the order of their first days.
    wordings: Vec<Held<Wording>>,
}

/// Reads it; the caller has the right to the dossier.
pub async fn read(tx: &Tx, loaded: Loaded) -> Result<Read, Fault> {
    let papers = sql::components(tx, loaded.dossier.id).await?;
    let events = audit::events(tx, loaded.dossier.id).await?;
    let held = events.iter().map(|event| match Happening::read(&event.data) {
        Ok(Happening::Assigned { handler }) => Some(handler),
        Ok(Happening::Forwarded { place, .. } | Happening::SentBack { place, .. }) => place.handler,
        _ => None,
    });
    let absent = events.iter().map(|event| Happening::instead_of(&event.data));
    let mentioned: Vec<Option<Id>> = events.iter().map(|event| event.actor).chain(held).chain(absent).collect();
    let names = names(tx, mentioned.into_iter()).await?;
    let rating_code = crate::rating::code_of(tx, loaded.dossier.id).await?.unwrap_or_default();
    let together = crate::actions::together(tx, &loaded.dossier).await?;
    let mut papers_together = Vec::new();
    for one in together.iter().filter(|one| one.id != loaded.dossier.id) {
        papers_together.extend(sql::components(tx, one.id).await?.into_iter().map(|(_, paper)| (one.id, paper)));
    }
    let wordings = crate::wording::store::in_force(tx, Date::MAX).await?;
    Ok(Read { loaded, papers, events, names, rating_code, together, papers_together, wordings })
}

impl Read {
    /// Names of the papers handed in for one that was filed together.
    fn papers_together(&self, of: Id) -> Vec<String> {
        let handed = |paper: &Component| matches!(paper.state, ComponentState::Paper | ComponentState::File);
        let of_it = self.papers_together.iter().filter(|(id, paper)| *id == of && handed(paper));
        of_it.map(|(_, paper)| paper.name.clone()).collect()
    }

    /// The dossier and its papers as they were at a moment, by their events: what is printed again is of that moment.
    pub(crate) fn as_of(&self, at: Instant) -> (Dossier, Papers) {
        let (mut state, mut papers) = (None, Papers::default());
        for event in self.events.iter().take_while(|event| event.at <= at) {
            let Some((rules, happening)) = Happening::read_with_rules(&event.data) else { break };
            let before = state.clone();
            if apply(&mut state, event.subject, event.at, (rules, event.actor), &happening).is_err() {
                state = before;
                break;
            }
            papers.follow(event.at, &happening);
        }
        (state.unwrap_or_else(|| self.loaded.dossier.clone()), papers)
    }

    /// The dossier's code.
    pub fn code(&self) -> &str {
        &self.loaded.dossier.code
    }

    /// The latest event of these kinds, with what happened.
    fn last(&self, kinds: &[&str]) -> Option<(&audit::Event, Happening)> {
        let event = self.events.iter().rev().find(|event| kinds.contains(&event.kind.as_str()))?;
        Some((event, Happening::read(&event.data).ok()?))
    }

    fn name(&self, account: Option<Id>) -> String {
        account.and_then(|id| self.names.get(&id).cloned()).unwrap_or_default()
    }
}

/// What a form is put into words with.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    pub l: L,
    pub house: &'a House,
    /// Where this site is reached: see [`web::Ctx::origin`].
    pub origin: &'a str,
}

impl<'a> Words<'a> {
    /// The forms themselves are Vietnamese, whoever prints them.
    pub fn of_forms(house: &'a House, origin: &'a str) -> Self {
        Self { l: L(Lang::Vi), house, origin }
    }
}

/// The head that all forms begin with, and whom they are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Head {
    pub code: String,
    /// The agency above the desk, and the desk.
    pub above: String,
    pub unit: String,
    pub place: String,
    /// `ngày 25 tháng 11 năm 2026`.
    pub day: String,
    pub submitter: String,
    pub owner: String,
    pub number: String,
    pub phone: String,
    pub address: String,
    pub channel: String,
    pub procedure: String,
    pub procedure_code: String,
    pub summary: String,
    /// Where its status is looked up, and the same as a drawing for a phone.
    pub track: String,
    pub qr: String,
    /// What the province's own version of the form says.
    pub own: Own,
}

impl Head {
    /// Of a form given out at a moment: places and names are those of that day.
    fn of(words: Words<'_>, read: &Read, paper: Paper, at: Instant) -> Result<Self, Fault> {
        let Words { l, house, origin } = words;
        let (d, a) = (&read.as_of(at).0, &read.loaded.applicant);
        let day = at.date();
        let version = house.version(d.version)?;
        let track = format!("{origin}/track?code={}", d.code);
        let desk = house.tree.desk_of(d.intake);
        Ok(Self {
            code: d.code.clone(),
            above: name_on(house, d.intake, day),
            unit: desk.map_or_else(|| name_on(house, d.intake, day), |desk| desk.name_on(day).to_owned()),
            place: house.tree.place_on(d.intake, day),
            day: base::vn_date_words(day),
            submitter: if a.submitter_name.is_empty() { a.owner_name.clone() } else { a.submitter_name.clone() },
            owner: a.owner_name.clone(),
            number: crate::pages::number_words(l, a),
            phone: a.owner_phone.clone(),
            address: a.owner_address.clone(),
            channel: l.t(crate::pages::channel_key(d.channel)),
            procedure: version.name.clone(),
            procedure_code: version.code.clone(),
            summary: a.summary.clone(),
            qr: print::qr(&track),
            track,
            own: Own::on(&read.wordings, paper, day),
        })
    }
}

/// What an agency was called on a day.
fn name_on(house: &House, id: Id, day: Date) -> String {
    house.tree.get(id).map(|agency| agency.name_on(day).to_owned()).unwrap_or_default()
}

/// Prints a form of a dossier.
///
/// # Errors
/// `NotFound` with `dossier-form-none` where the dossier has no such form; those of [`print::print`].
pub async fn printed(form: Form, words: Words<'_>, read: &Read, now: Instant) -> Result<Pdf, Fault> {
    let none = || Fault::NotFound("dossier-form-none");
    let code = read.loaded.dossier.code.as_str();
    let title = format!("{} {code}", form.title());
    match form {
        Form::Receipt => {
            let data = Receipt::of(words, read)?.ok_or_else(none)?;
            print::print(RECEIPT, Sheet { title: &title, subject: code, at: now, data: &data }).await
        }
        Form::Supplement => {
            let data = requests::Supplement::of(words, read)?.ok_or_else(none)?;
            print::print(SUPPLEMENT, Sheet { title: &title, subject: code, at: now, data: &data }).await
        }
        Form::Refusal => {
            let data = requests::Refusal::of(words, read)?.ok_or_else(none)?;
            print::print(REFUSAL, Sheet { title: &title, subject: code, at: now, data: &data }).await
        }
        Form::Apology => {
            let data = requests::Apology::of(words, read)?.ok_or_else(none)?;
            print::print(APOLOGY, Sheet { title: &title, subject: code, at: now, data: &data }).await
        }
        Form::Mishap => {
            let data = requests::Regret::of(words, read)?.ok_or_else(none)?;
            print::print(MISHAP, Sheet { title: &title, subject: code, at: now, data: &data }).await
        }
        Form::Stop => {
            let data = requests::Stop::of(words, read)?.ok_or_else(none)?;
            print::print(STOP, Sheet { title: &title, subject: code, at: now, data: &data }).await
        }
        Form::Control => {
            let data = control::Control::of(words, read)?.ok_or_else(none)?;
            print::print(CONTROL, Sheet { title: &title, subject: code, at: now, data: &data }).await
        }
    }
}

#[cfg(test)]
mod tests;
