//! How a dossier leaves the office: taken back, or handed over.

use super::*;
use crate::aside::{self, Aside, Asker, Recipient};
use crate::happening::{AskedHow, HandedOver, Receiver, Wish};

/// An applicant's wish to withdraw, as the desk writes it down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wished {
    /// Who asked.
    pub by: String,
    /// `paper` with its file, or `spoken`.
    pub how: String,
    /// In person, by which phone; number and date of the paper.
    pub words: String,
    /// The paper is there as a file.
    pub paper: bool,
}

/// The applicant takes it back by an act of their own; possible until there is a decision (NĐ 118/2025/NĐ-CP Điều 21).
pub fn withdraw(dossier: &Dossier, actor: &Actor, office: &Office<'_>, why: &str) -> Result<Happening, Fault> {
    withdraw_for(dossier, actor, office, why, &Wished::default()).map(|(happening, _)| happening)
}

/// The applicant takes it back. Through the desk only on the applicant's request, which is kept: who asked, how, and the paper.
///
/// # Errors
/// Each with its field: `reason`, `wished_how`, `wished_by`, `wished_words`, `file`.
pub fn withdraw_for(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    why: &str,
    wished: &Wished,
) -> Result<(Happening, Option<Aside>), Fault> {
    check(dossier, Verb::Withdraw, actor, office)?;
    let own = standing(dossier, Verb::Withdraw, actor, office).is_some_and(|by| by.agency.is_none());
    if own {
        let wish = Some(Wish { how: AskedHow::Own, aside: None, paper: None });
        return Ok((Happening::Withdrawn { reason: in_words("reason", why)?, wish }, None));
    }
    let mut problems = Vec::new();
    let reason = or_problems(substantial("reason", why), &mut problems);
    let rule = "NĐ 118/2025/NĐ-CP Điều 21";
    let how = match wished.how.as_str() {
        "paper" => AskedHow::Paper,
        "spoken" => AskedHow::Spoken,
        _ => {
            problems.push(Problem::new("dossier-wish-how").field("wished_how").rule(rule));
            AskedHow::Spoken
        }
    };
    for (field, text) in [("wished_by", &wished.by), ("wished_words", &wished.words)] {
        or_problems(short(field, text), &mut problems);
        if text.trim().is_empty() {
            problems.push(Problem::new("dossier-wish-who").field(field).rule(rule));
        }
    }
    if how == AskedHow::Paper && !wished.paper {
        problems.push(Problem::new("dossier-wish-paper").field("file").rule(rule));
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let asker = Asker { name: wished.by.trim().to_owned(), how: wished.words.trim().to_owned() };
    let aside = Aside::of(aside::WISH, &asker);
    let wish = Some(Wish { how, aside: Some(aside.digest()), paper: None });
    Ok((Happening::Withdrawn { reason, wish }, Some(aside)))
}

/// Into whose hands a result goes, as the desk writes it down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handing {
    /// `owner`, `authorised`, `post` or `account`.
    pub to: String,
    /// Who received it, where it is not the applicant.
    pub name: String,
    /// Number and date of the paper that authorises.
    pub authority: String,
    /// The post's number of the item.
    pub tracking: String,
    /// Who carries it.
    pub carrier: String,
    /// Where the post takes it; where nothing is typed, the address the applicant gave.
    pub address: String,
}

impl Handing {
    /// With the applicant's own address where the post is not told another.
    pub fn to_applicant(mut self, address: &str) -> Self {
        if self.to == "post" && self.address.trim().is_empty() {
            address.clone_into(&mut self.address);
        }
        self
    }
}

/// Hands the result over: to whom, and on what authority.
///
/// # Errors
/// Each with its field: `handed_to`, `receiver`, `authority`, `tracking`, `address`, `result`.
pub fn return_result(
    dossier: &Dossier,
    actor: &Actor,
    office: &Office<'_>,
    handing: &Handing,
    digitised: bool,
) -> Result<(Happening, Option<Aside>), Fault> {
    check(dossier, Verb::ReturnResult, actor, office)?;
    let mut problems = Vec::new();
    let mut text = |field: &'static str, text: &str| or_problems(short(field, text), &mut problems);
    let recipient = Recipient {
        name: text("receiver", &handing.name),
        authority: text("authority", &handing.authority),
        tracking: text("tracking", &handing.tracking),
        carrier: text("carrier", &handing.carrier),
        // Kept only where it is needed.
        address: if handing.to == "post" { text("address", &handing.address) } else { String::new() },
    };
    let to = match handing.to.as_str() {
        "owner" => Receiver::Owner,
        "authorised" => Receiver::Authorised,
        "post" => Receiver::Post,
        "account" => Receiver::Account,
        _ => {
            let rule = "NĐ 118/2025/NĐ-CP Điều 20";
            problems.push(Problem::new("dossier-handed-to").field("handed_to").rule(rule));
            return Err(Fault::Invalid(problems));
        }
    };
    let missing = match to {
        Receiver::Authorised => {
            vec![("receiver", recipient.name.is_empty()), ("authority", recipient.authority.is_empty())]
        }
        Receiver::Post => vec![("tracking", recipient.tracking.is_empty()), ("address", recipient.address.is_empty())],
        Receiver::Owner | Receiver::Account => Vec::new(),
    };
    let missing = missing.into_iter().filter(|(_, missing)| *missing);
    problems.extend(missing.map(|(field, _)| Problem::new("dossier-handed-missing").field(field)));
    if !recipient.address.is_empty() {
        problems.extend(base::person::address_problem(&recipient.address).map(|problem| problem.field("address")));
    }
    let frozen = dossier.written.as_ref().is_some_and(|written| written.file.is_some());
    let has_file = digitised || frozen || dossier.flags & crate::flag::DIGITISED != 0;
    if to == Receiver::Account && dossier.account.is_none() {
        problems.push(Problem::new("dossier-handed-no-account").field("handed_to"));
    } else if to == Receiver::Account && !has_file {
        problems.push(Problem::new("dossier-handed-needs-file").field("result"));
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let aside = (recipient != Recipient::default()).then(|| Aside::of(aside::RECEIPT, &recipient));
    let handed = Some(HandedOver { to, aside: aside.as_ref().map(Aside::digest) });
    Ok((Happening::ResultReturned { by_post: to == Receiver::Post, digitised, result: None, handed }, aside))
}
