//! What can be done to a dossier now: one small form for each act.

use super::questions::{Question, corrections, headed};
use super::show::Read;
use crate::actions::{self, Act, By, House};
use crate::decide::{self, ABSENT};
use crate::issue;
use crate::opinion::Opinion;
use crate::reading::{self, Asking};
use crate::uploads;
use crate::verbs::Verb;
use base::{Actor, Fault, Problem};
use i18n::L;
use records::Ask;
use web::{Choice, Ctx, FormMap};

/// Days an applicant is given for a supplement unless the officer writes another date.
const ASKED_DAYS: i64 = 10;
/// Working days another unit is given for an opinion unless the officer writes another date.
const OPINION_DAYS: i64 = 3;
/// Working days offered for mending what went wrong.
const MENDED_DAYS: i64 = 3;

/// One input of an act's form.
pub(super) struct Field {
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) required: bool,
    pub(super) choices: Vec<Choice>,
    /// The choice of the same form with which alone it is asked; empty: always.
    pub(super) only: &'static str,
    /// A long list that is seldom needed.
    pub(super) folded: bool,
    /// What was typed before something was refused.
    pub(super) value: String,
    /// What was ticked.
    pub(super) chosen: Vec<String>,
    pub(super) error: String,
}

/// An act that can be done now, with its form, or why it cannot.
pub(super) struct Offer {
    pub(super) verb: &'static str,
    pub(super) label: String,
    /// What the act will lead to: where it goes, what was proposed.
    pub(super) lead: String,
    pub(super) blocked: String,
    /// Where it has a page of its own.
    pub(super) page: String,
    pub(super) open: bool,
    pub(super) inputs: Vec<Field>,
}

/// Puts back what was typed into the form of an act that was refused.
pub(super) fn refill(offers: &mut [Offer], verb: Verb, fields: &FormMap) {
    for input in offers.iter_mut().filter(|offer| offer.verb == verb.as_str()).flat_map(|offer| &mut offer.inputs) {
        input.value = fields.text(&input.name).to_owned();
        input.chosen = fields.all(&input.name).to_vec();
    }
}

/// Where the summary of problems leads: an act's inputs carry the act's name before their own.
pub(super) fn at_input(problem: Problem, tried: Option<Verb>) -> Problem {
    match (&problem.field, tried) {
        (Some(field), Some(verb)) => Problem { field: Some(format!("{}-{field}", verb.as_str())), ..problem },
        _ => problem,
    }
}

/// What the inputs of an act are made of.
struct Desk<'a> {
    l: L,
    read: &'a Read,
    actor: &'a Actor,
    office: &'a decide::Office<'a>,
    house: &'a House,
}

impl Desk<'_> {
    fn labelled(&self, verb: Verb, kind: &'static str, name: &str, label: String, problems: &[Problem]) -> Field {
        Field {
            kind,
            id: format!("{}-{name}", verb.as_str()),
            name: name.to_owned(),
            label,
            hint: String::new(),
            required: false,
            choices: Vec::new(),
            only: "",
            folded: false,
            value: String::new(),
            chosen: Vec::new(),
            error: web::error_of(self.l, problems, name),
        }
    }

    /// The inputs of an act: what its row asks for, in that order.
    fn inputs(&self, verb: Verb, problems: &[Problem]) -> Vec<Field> {
        verb.row().asks.iter().flat_map(|asked| self.inputs_of(verb, asked, problems)).collect()
    }

    /// The inputs of one thing asked for; none where it is not asked for now.
    fn inputs_of(&self, verb: Verb, asked: &records::Field, problems: &[Problem]) -> Vec<Field> {
        let (l, read) = (self.l, self.read);
        let kind = match (asked.ask, asked.name) {
            (Ask::Texts, "absent") => return self.listed(verb, problems),
            (Ask::Texts, _) => return self.corrections(verb, problems),
            (Ask::Line, _) => "text",
            (Ask::Lines, _) => "textarea",
            (Ask::Check, _) => "check",
            (Ask::Words, _) => "checks",
            (Ask::Day, _) => "date",
            (Ask::Number(..), "opinion") => "select",
            (Ask::Number(..), _) => "number",
            (Ask::Files(_), _) => "file",
            (Ask::OneOf(_) | Ask::Word | Ask::Unit | Ask::Person, _) => "select",
        };
        let label = match (verb, asked.name) {
            (Verb::Forward | Verb::ForwardOpinion, "file") => l.t("dossier-input-draft"),
            (_, "sure") => l.t("dossier-sure"),
            (_, "issue") => match &read.loaded().dossier.written {
                // What says the opposite is no result of this act.
                Some(written) if written.paper.refuses() == (verb == Verb::Refuse) => {
                    let said = [("paper", l.t(written.paper.key())), ("n", written.drafts.to_string())];
                    l.tr("dossier-input-issue", said)
                }
                _ => return Vec::new(),
            },
            (_, "sign_draft") => match proposed(read) {
                Some((name, _)) => l.tr("dossier-input-sign_draft", [("name", name)]),
                None => return Vec::new(),
            },
            (_, name) => l.t(format!("dossier-input-{name}")),
        };
        let hint = match (verb, asked.name) {
            (_, "again") => l.t("dossier-second-supplement-warning"),
            (Verb::RequestSupplement, "basis") => {
                l.tr("dossier-supplement-late-basis", [("days", decide::ASKED_WITHIN_DAYS.to_string())])
            }
            (_, "unforeseen") => l.t("dossier-put-off-short-notice"),
            (Verb::CompleteSupplement, "file") => l.t("dossier-supplement-hollow-warning"),
            _ if asked.only.is_empty() => String::new(),
            (_, name) => l.t(format!("dossier-hint-{name}")),
        };
        let value = match asked.name {
            "until" if verb == Verb::AskOpinions => {
                let soon = self.office.calendar.nth_working_day_after(self.office.now.date(), OPINION_DAYS);
                let due =
                    read.loaded().dossier.due_at.map(|due| due.date()).filter(|due| *due > self.office.now.date());
                due.map_or(soon, |due| due.min(soon)).to_string()
            }
            "mend_until" => self.office.calendar.nth_working_day_after(self.office.now.date(), MENDED_DAYS).to_string(),
            "until" => {
                let days = jiff::Span::new().days(ASKED_DAYS);
                self.office.now.date().checked_add(days).map(|day| day.to_string()).unwrap_or_default()
            }
            "address" => read.loaded().applicant.owner_address.clone(),
            _ => String::new(),
        };
        let choices = self.choices(verb, asked);
        let idle = match asked.name {
            "again" => read.loaded().dossier.supplements == 0,
            "basis" if verb == Verb::RequestSupplement => !decide::is_asked_late(&read.loaded().dossier, self.office),
            "unforeseen" => !decide::is_short_notice(&read.loaded().dossier, self.office.now),
            "papers_came" => read.loaded().dossier.papers_by.is_none(),
            // Where one alone is waited for, it is that one.
            "opinion" => choices.len() < 2,
            "sure" => !crate::filing::asks_whether_sure(problems),
            _ => asked.ask == Ask::Words && choices.is_empty(),
        };
        if idle {
            return Vec::new();
        }
        let (required, only, folded) = (asked.required, asked.only, matches!(asked.name, "asked_answers" | "units"));
        let input = self.labelled(verb, kind, asked.name, label, problems);
        vec![Field { hint, value, choices, required, only, folded, ..input }]
    }

    /// What can be chosen.
    fn choices(&self, verb: Verb, asked: &records::Field) -> Vec<Choice> {
        let (l, read) = (self.l, self.read);
        let people = |people: &[(base::Id, String)]| -> Vec<Choice> {
            people.iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect()
        };
        match (asked.ask, asked.name) {
            (Ask::Person, _) if verb == Verb::Forward => {
                let anybody = Choice::new("", l.t("dossier-handler-anybody"));
                std::iter::once(anybody).chain(people(&read.next_people)).collect()
            }
            (Ask::Person, _) => {
                let those = if verb == Verb::AssignOpinion { &read.asked_people } else { &read.people };
                let mut all = people(those);
                if !those.iter().any(|(id, _)| *id == self.actor.account) {
                    all.insert(0, Choice::new(self.actor.account.to_string(), l.t("dossier-handler-me")));
                }
                all
            }
            // `handed_to`, `wished_how`: words `dossier-handed-…`, `dossier-wished-…`.
            (Ask::OneOf(words), name) => {
                let has_account = read.loaded().dossier.account.is_some();
                let (family, _) = name.split_once('_').unwrap_or((name, ""));
                let words = words.iter().filter(|word| **word != "account" || has_account);
                words.map(|word| Choice::new(*word, l.t(format!("dossier-{family}-{word}")))).collect()
            }
            (_, "opinion") => self
                .opinions(verb)
                .into_iter()
                .map(|opinion| Choice::new(opinion.n.to_string(), self.house.tree.name(opinion.unit)))
                .collect(),
            (_, "units") => decide::askable(&read.loaded().dossier, self.office)
                .into_iter()
                .map(|unit| Choice::new(unit.to_string(), self.house.tree.name(unit)))
                .collect(),
            (Ask::Unit, _) => decide::elsewhere(&read.loaded().dossier, self.office)
                .into_iter()
                .map(|unit| Choice::new(unit.to_string(), self.house.tree.name(unit)))
                .collect(),
            (_, "papers") => {
                let papers = self.office.version.components.iter();
                papers.map(|paper| Choice::new(&paper.code, &paper.name)).collect()
            }
            (_, "asked_answers") => {
                headed(self.office.version).map(|(label, field)| Choice::new(&field.name, label)).collect()
            }
            (_, "component") => {
                let listed = self.listed_papers();
                let others = read.papers.iter().filter(|(_, paper)| !listed.contains(&paper.code));
                let others = others.map(|(n, paper)| Choice::new(n.to_string(), &paper.name));
                std::iter::once(Choice::new("", l.t("dossier-paper-other"))).chain(others).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The opinions that an act can be about.
    fn opinions(&self, verb: Verb) -> Vec<&Opinion> {
        let d = &self.read.loaded().dossier;
        match verb {
            Verb::GoOnWithout => d.opinions.iter().filter(|opinion| opinion.is_open()).collect(),
            _ => decide::answerable(d, self.actor, self.office, verb),
        }
    }

    /// Codes of the papers that were asked for.
    fn listed_papers(&self) -> Vec<String> {
        decide::asked_last(&self.read.events).map(|asked| asked.papers).unwrap_or_default()
    }

    /// The papers that were asked for, each with its place, and why it cannot be brought.
    fn listed(&self, verb: Verb, problems: &[Problem]) -> Vec<Field> {
        let listed = self.listed_papers();
        let asked = self.read.papers.iter().filter(|(_, paper)| listed.contains(&paper.code));
        let both = asked.flat_map(|(n, paper)| {
            let file = self.labelled(verb, "file", &format!("component_{n}"), paper.name.clone(), problems);
            let (name, why) = (format!("{ABSENT}{}", paper.code), self.l.t("dossier-input-absent"));
            [Field { required: true, ..file }, self.labelled(verb, "text", &name, why, problems)]
        });
        both.collect()
    }

    /// The answers that were asked to be corrected, as they are.
    fn corrections(&self, verb: Verb, problems: &[Problem]) -> Vec<Field> {
        let asked = decide::asked_last(&self.read.events).map(|asked| asked.answers).unwrap_or_default();
        let questions = corrections(self.office.version, &self.read.loaded().applicant, &asked);
        let input = |question: Question| {
            let kind = if question.choices.is_empty() { question.kind } else { "select" };
            let mut input = self.labelled(verb, kind, &question.name, question.label, problems);
            (input.value, input.choices, input.hint) = (question.value, question.choices, question.hint);
            Field { required: true, ..input }
        };
        questions.into_iter().map(input).collect()
    }

    fn lead(&self, verb: Verb) -> String {
        let (l, read) = (self.l, self.read);
        match verb {
            Verb::Forward => decide::next_place(&read.loaded().dossier, self.office)
                .map(|next| {
                    let step = usize::try_from(next.step).ok().and_then(|n| self.office.version.process.get(n));
                    let step = step.map(|step| step.name.clone()).unwrap_or_default();
                    l.tr("dossier-forward-lead", [("step", step), ("unit", self.house.tree.name(next.unit))])
                })
                .unwrap_or_default(),
            Verb::TakeOver => {
                let d = &read.loaded().dossier;
                let from = d.sender.or(d.papers_from).map(|unit| self.house.tree.name(unit)).unwrap_or_default();
                let said = match (d.offered_at, d.take_by) {
                    (None, _) => String::new(),
                    (Some(_), None) => l.tr("dossier-take-over-lead", [("unit", from.as_str())]),
                    (Some(_), Some(by)) => {
                        let by = base::vn_date_time(by);
                        l.tr("dossier-take-over-lead-by", [("unit", from.as_str()), ("by", by.as_str())])
                    }
                };
                let papers = d.papers_by.map(|by| {
                    let by = base::vn_date_time(by);
                    l.tr("dossier-papers-lead", [("unit", from.as_str()), ("by", by.as_str())])
                });
                [said, papers.unwrap_or_default()].join(" ").trim().to_owned()
            }
            Verb::ForwardOpinion => {
                let d = &read.loaded().dossier;
                let next = |opinion: &&Opinion| {
                    let step = decide::branch::step_after(opinion, self.office)?;
                    let unit = decide::branch::next_place(d, self.office, opinion)?.unit;
                    let said = [("step", step.name), ("unit", self.house.tree.name(unit))];
                    Some(l.tr("dossier-branch-lead", said))
                };
                self.opinions(verb).iter().filter_map(next).collect::<Vec<_>>().join(" ")
            }
            Verb::GiveOpinion | Verb::DeclineOpinion => {
                let questions = super::opinions::questions(&read.events, &read.asides);
                let said = |opinion: &&Opinion| {
                    let question = questions.get(&opinion.n).map(String::as_str).unwrap_or_default();
                    let by = base::vn_date_time(opinion.due_at);
                    let unit = self.house.tree.name(opinion.asked_by);
                    l.tr("dossier-opinion-lead", [("unit", unit.as_str()), ("by", by.as_str()), ("question", question)])
                };
                self.opinions(verb).iter().map(said).collect::<Vec<_>>().join(" ")
            }
            Verb::PutOff => {
                let due = read.loaded().dossier.due_at.map(base::vn_date_time).unwrap_or_default();
                l.tr("dossier-put-off-lead", [("due", due)])
            }
            Verb::ReportMishap => l.t("dossier-mishap-lead"),
            Verb::MendMishap => {
                let until = read.loaded().dossier.mishap_until.map(base::vn_date).unwrap_or_default();
                let reported = read.events.iter().rfind(|event| event.kind == "mishap-reported");
                let what = reported.and_then(|event| crate::happening::Happening::read(&event.data).ok());
                let what = what.map(|happening| happening.words().to_owned()).unwrap_or_default();
                l.tr("dossier-mishap-mend-lead", [("what", what), ("day", until)])
            }
            Verb::Approve => match proposed(read) {
                Some((name, note)) => l.tr("dossier-approve-lead", [("name", name), ("note", note)]),
                None => String::new(),
            },
            _ => String::new(),
        }
    }
}

/// The latest proposal that came with a hand-over: its file's name and what was written with it.
fn proposed(read: &Read) -> Option<(String, String)> {
    let (seal, note) = decide::proposed(&read.events)?;
    let file = read.files.iter().find(|(file, ..)| *file == seal.id)?;
    Some((file.2.clone(), note))
}

/// The acts open to a person, the likely one first and open, those blocked by a rule last, with the rule.
pub(super) fn offers(
    l: L,
    read: &Read,
    actor: &Actor,
    (office, house): (&decide::Office<'_>, &House),
    problems: &[Problem],
    tried: Option<Verb>,
) -> Vec<Offer> {
    let desk = Desk { l, read, actor, office, house };
    let offers: Vec<(Verb, Option<Problem>)> = decide::offers(&read.loaded().dossier, actor, office)
        .into_iter()
        .filter(|(verb, _)| verb.row().is_of_the_office())
        .map(|(verb, blocked)| match verb {
            Verb::ReturnResult => (verb, blocked.or_else(|| read.bars_handing_out())),
            _ => (verb, blocked),
        })
        .collect();
    // The act that moves the dossier on is the likely one; what was just tried stays open.
    let likely = [
        Verb::ReceiveOnline,
        Verb::CompleteSupplement,
        Verb::GiveOpinion,
        Verb::ForwardOpinion,
        Verb::Redirect,
        Verb::Approve,
        Verb::Forward,
        Verb::ReturnResult,
        Verb::Assign,
        Verb::TakeOver,
    ]
    .into_iter()
    .find(|verb| offers.iter().any(|(offered, blocked)| offered == verb && blocked.is_none()));
    let mut shown: Vec<Offer> = offers
        .into_iter()
        .map(|(verb, blocked)| Offer {
            verb: verb.as_str(),
            label: l.t(verb.key()),
            lead: desk.lead(verb),
            open: tried.map_or(likely == Some(verb), |tried| tried == verb),
            // Several acts ask for a reason: what was wrong with one is not said of the others.
            page: match verb.row().own_page {
                true => format!("/dossiers/{}/{}", read.loaded().dossier.code, verb.as_str()),
                false => String::new(),
            },
            inputs: match (&blocked, tried == Some(verb)) {
                _ if verb.row().own_page => Vec::new(),
                (None, true) => desk.inputs(verb, problems),
                (None, false) => desk.inputs(verb, &[]),
                (Some(_), _) => Vec::new(),
            },
            blocked: blocked.map(|problem| web::problem_text(l, &problem)).unwrap_or_default(),
        })
        .collect();
    shown.sort_by_key(|offer| (!offer.open, !offer.blocked.is_empty()));
    shown
}

/// Does it in one transaction, with the files that came and the result that was set.
pub(super) async fn done(
    ctx: &Ctx,
    house: &House,
    (by, code): (&By, &str),
    typed: &Act,
    staged: &[(Option<i64>, files::Staged)],
    ready: Option<issue::Ready>,
) -> Result<crate::Dossier, Fault> {
    let (house, by, code) = (house.clone(), by.clone(), code.to_owned());
    let (typed, staged) = (typed.clone(), staged.to_vec());
    let written = ctx.db().write(move |tx| {
        Box::pin(async move {
            // What may not be read may not be acted on, and is not told apart from what is not there.
            let asking = Asking::official(&by.actor, by.now);
            let loaded = reading::readable(tx, &house, asking, &code).await?.into_loaded();
            let mut papers = Vec::with_capacity(staged.len());
            for (component, staged) in &staged {
                papers.extend(uploads::came(tx, Some(staged), *component, loaded.dossier.id, &by).await?);
            }
            let issued = issue::keep(tx, ready.as_ref(), loaded.dossier.id, &by).await?;
            actions::act(tx, &house, &by, &code, &Act { issued, ..typed.bringing(papers) }).await
        })
    });
    written.await
}
