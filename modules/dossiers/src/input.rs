//! What a person types, or a program sends, for an act: the page's form and the API's body both become this, so that they are
//! judged alike.

use crate::Dossier;
use crate::actions::{self, Act, By, House, NewPaper, Supplement};
use crate::decide::{self, Asked, Handing, Wished};
use crate::transitions::Verb;
use ::store::Tx;
use base::{Fault, Problem};
use std::collections::BTreeMap;

/// The inputs of all acts; which of them matter depends on the verb.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    pub reason: String,
    pub again: String,
    pub note: String,
    /// An account.
    pub handler: String,
    /// The hand-over is on paper.
    pub on_paper: bool,
    /// Components asked for, by code.
    pub papers: Vec<String>,
    /// Fields of the form asked to be corrected, by name.
    pub asked_answers: Vec<String>,
    pub other: String,
    pub until: String,
    /// Corrected answers, by the name of their field.
    pub answers: BTreeMap<String, String>,
    /// Why papers asked for cannot be brought, by the component's code.
    pub absent: BTreeMap<String, String>,
    /// What disagrees with the personal number is so.
    pub sure: bool,
    /// The proposal that came with the dossier is the result.
    pub sign_draft: bool,
    pub amount_dong: String,
    pub basis: String,
    pub wished_how: String,
    pub wished_by: String,
    pub wished_words: String,
    pub handed_to: String,
    pub receiver: String,
    pub authority: String,
    pub tracking: String,
    pub address: String,
    pub score: String,
}

impl Input {
    /// Does the act to the dossier of that code. Whether the person may is asked before what they typed: who may not is not told what
    /// is missing. `what`: the verb, and the file that came with it.
    ///
    /// # Errors
    /// Those of [`Input::act`] and of the act itself.
    pub async fn carry_out(
        self,
        tx: &Tx,
        house: &House,
        by: &By,
        code: &str,
        (verb, papers): (Verb, Vec<NewPaper>),
    ) -> Result<Dossier, Fault> {
        if matches!(verb, Verb::FileOnline | Verb::ReceiveAtCounter) {
            return Err(Fault::NotFound("dossier-act-unknown"));
        }
        let loaded = actions::load(tx, code).await?;
        let version = house.version(loaded.dossier.version)?;
        decide::check(&loaded.dossier, verb, &by.actor, &house.office(&version, by.now))?;
        let act = self.act(verb, papers)?;
        actions::act(tx, house, by, code, &act).await
    }

    /// The act meant. `papers`: the files that came with it; of most acts the first counts.
    ///
    /// # Errors
    /// What cannot be read, with its field; and `dossier-act-unknown` for the verbs that make a dossier, which have ways of their own.
    pub fn act(self, verb: Verb, papers: Vec<NewPaper>) -> Result<Act, Fault> {
        if verb == Verb::CompleteSupplement {
            let Self { note, answers, absent, sure, .. } = self;
            return Ok(Act::CompleteSupplement(Supplement { note, papers, answers, absent, sure }));
        }
        let paper = papers.into_iter().next();
        Ok(match verb {
            Verb::ReceiveOnline => Act::ReceiveOnline,
            Verb::RefuseIntake => Act::RefuseIntake { reason: self.reason },
            Verb::Assign => Act::Assign {
                handler: self
                    .handler
                    .parse()
                    .map_err(|_| Fault::invalid(Problem::new("dossier-handler-required").field("handler")))?,
            },
            Verb::Forward => {
                let handler = match self.handler.trim() {
                    "" => None,
                    word => Some(
                        word.parse()
                            .map_err(|_| Fault::invalid(Problem::new("dossier-handler-not-there").field("handler")))?,
                    ),
                };
                Act::Forward { electronic: !self.on_paper, note: self.note, handler, draft: paper }
            }
            Verb::SendBack => Act::SendBack { reason: self.reason },
            Verb::RequestSupplement => Act::RequestSupplement(Asked {
                reason: self.reason,
                again: self.again,
                papers: self.papers,
                answers: self.asked_answers,
                other: self.other,
                until: self.until,
            }),
            Verb::RequestPayment => {
                Act::RequestPayment {
                    amount_dong: self.amount_dong.trim().parse().map_err(|_| {
                        Fault::invalid(Problem::new("dossier-amount-not-a-number").field("amount_dong"))
                    })?,
                    reason: self.reason,
                    basis: self.basis,
                }
            }
            Verb::RecordPayment => Act::RecordPayment,
            Verb::Approve => Act::Approve { note: self.note, result: paper, sign_draft: self.sign_draft },
            Verb::Refuse => Act::Refuse { reason: self.reason },
            Verb::Withdraw => Act::Withdraw {
                reason: self.reason,
                wished: Wished {
                    by: self.wished_by,
                    how: self.wished_how,
                    words: self.wished_words,
                    paper: paper.is_some(),
                },
                request: paper,
            },
            Verb::Stop => Act::Stop { reason: self.reason },
            Verb::ReturnResult => Act::ReturnResult {
                handing: Handing {
                    to: self.handed_to,
                    name: self.receiver,
                    authority: self.authority,
                    tracking: self.tracking,
                    address: self.address,
                },
                result: paper,
            },
            Verb::Rate => Act::Rate { score: self.score.trim().parse().unwrap_or(0), note: self.note },
            Verb::CompleteSupplement | Verb::FileOnline | Verb::ReceiveAtCounter => {
                return Err(Fault::NotFound("dossier-act-unknown"));
            }
        })
    }
}
