//! What should be seen of a dossier at once, in its queue and on its page.

use crate::dossier::{Status, mark};
use base::Date;

/// Something on a dossier that those who watch over the work should see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The applicant has supplemented it.
    Supplemented,
    /// The applicant's time for a supplement has run out.
    Unanswered,
    AskedLate,
    Hollow,
    AskedAfterBack,
    /// The applicant was given a later date, with an apology.
    PutOff,
    /// Handed back as misrouted.
    Misrouted,
    /// Handed over, and not taken yet.
    Offered,
    /// Papers are on their way.
    PapersFollow,
    /// Opinions were asked for, and are not summed up.
    Opinions,
    /// Something that went wrong by the office's own doing is being mended.
    Mishap,
    /// An emergency decision moved what was promised.
    DateMoved,
}

impl Mark {
    /// Those of a dossier on a day; `offered`: not taken yet, and papers on their way.
    pub fn of(
        flags: i64,
        status: Status,
        asked_until: Option<Date>,
        (offered, papers): (bool, bool),
        today: Date,
    ) -> Vec<Self> {
        let overdue = status == Status::Supplement && asked_until.is_some_and(|until| today > until);
        [
            (flags & mark::SUPPLEMENTED != 0, Self::Supplemented),
            (overdue, Self::Unanswered),
            (flags & mark::ASKED_LATE != 0, Self::AskedLate),
            (flags & mark::HOLLOW != 0, Self::Hollow),
            (flags & mark::ASKED_AFTER_BACK != 0, Self::AskedAfterBack),
            (flags & mark::PUT_OFF != 0, Self::PutOff),
            (flags & mark::MISROUTED != 0, Self::Misrouted),
            (offered, Self::Offered),
            (papers, Self::PapersFollow),
            (flags & mark::TO_SUM_UP != 0, Self::Opinions),
            (flags & mark::MISHAP != 0, Self::Mishap),
            (flags & mark::DATE_MOVED != 0, Self::DateMoved),
        ]
        .into_iter()
        .filter_map(|(holds, mark)| holds.then_some(mark))
        .collect()
    }

    /// Fluent key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::Supplemented => "dossier-mark-supplemented",
            Self::Unanswered => "dossier-mark-unanswered",
            Self::AskedLate => "dossier-mark-asked-late",
            Self::Hollow => "dossier-mark-hollow",
            Self::AskedAfterBack => "dossier-mark-asked-after-back",
            Self::PutOff => "dossier-mark-put-off",
            Self::Misrouted => "dossier-mark-misrouted",
            Self::Offered => "dossier-mark-offered",
            Self::PapersFollow => "dossier-mark-papers-follow",
            Self::Opinions => "dossier-mark-opinions",
            Self::Mishap => "dossier-mark-mishap",
            Self::DateMoved => "dossier-mark-date-moved",
        }
    }

    /// Whether it speaks of the office's own work, for heads and inspectors to look at.
    pub fn is_watched(self) -> bool {
        matches!(self, Self::AskedLate | Self::Hollow | Self::AskedAfterBack | Self::PutOff | Self::Mishap)
    }
}
