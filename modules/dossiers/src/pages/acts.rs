//! What can be done to a dossier now: one small form for each act.

use super::questions::{Question, corrections, headed};
use super::show::Read;
use crate::actions::House;
use crate::correct::ANSWER;
use crate::decide::{self, ABSENT};
use crate::input::Input;
use crate::transitions::Verb;
use base::{Actor, Problem};
use i18n::L;
use std::collections::BTreeMap;
use web::{Choice, FormMap};

/// Days an applicant is given for a supplement unless the officer writes another date.
const ASKED_DAYS: i64 = 10;

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
    pub(super) open: bool,
    pub(super) inputs: Vec<Field>,
}

/// What was typed into the inputs whose names begin so, by the rest of their names.
pub fn named(fields: &FormMap, prefix: &str) -> BTreeMap<String, String> {
    let own = |name: &String| Some((name.strip_prefix(prefix)?.to_owned(), fields.text(name).to_owned()));
    fields.0.keys().filter_map(own).collect()
}

/// What was typed into the form of an act.
pub(super) fn typed(fields: &FormMap) -> Input {
    let text = |name: &str| fields.text(name).to_owned();
    Input {
        reason: text("reason"),
        again: text("again"),
        note: text("note"),
        handler: text("handler"),
        on_paper: fields.get("paper").is_some(),
        papers: fields.all("papers").to_vec(),
        asked_answers: fields.all("asked_answers").to_vec(),
        other: text("other"),
        until: web::iso_day(&text("until")),
        answers: named(fields, ANSWER),
        absent: named(fields, ABSENT),
        sure: fields.get("sure").is_some(),
        sign_draft: fields.get("sign_draft").is_some(),
        amount_dong: text("amount_dong"),
        basis: text("basis"),
        wished_how: text("wished_how"),
        wished_by: text("wished_by"),
        wished_words: text("wished_words"),
        handed_to: text("handed_to"),
        receiver: text("receiver"),
        authority: text("authority"),
        tracking: text("tracking"),
        address: text("address"),
        score: text("score"),
    }
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

/// Acts an official does not offer: they belong to the applicant or have their own page.
pub(super) fn is_office_act(verb: Verb) -> bool {
    !matches!(verb, Verb::FileOnline | Verb::ReceiveAtCounter | Verb::Rate)
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
    fn input(&self, verb: Verb, kind: &'static str, name: &str, required: bool, problems: &[Problem]) -> Field {
        Field { required, ..self.labelled(verb, kind, name, self.l.t(format!("dossier-input-{name}")), problems) }
    }

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

    fn words(&self, field: &str, words: &[&str]) -> Vec<Choice> {
        words.iter().map(|word| Choice::new(*word, self.l.t(format!("dossier-{field}-{word}")))).collect()
    }

    fn inputs(&self, verb: Verb, problems: &[Problem]) -> Vec<Field> {
        let (l, read) = (self.l, self.read);
        let one = |kind, name: &str, required| self.input(verb, kind, name, required, problems);
        let people = |people: &[(base::Id, String)]| -> Vec<Choice> {
            people.iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect()
        };
        match verb {
            Verb::RefuseIntake | Verb::SendBack | Verb::Refuse | Verb::Stop => vec![one("textarea", "reason", true)],
            Verb::Withdraw => {
                let mut how = one("select", "wished_how", true);
                how.choices = self.words("wished", &["paper", "spoken"]);
                let (by, words) = (one("text", "wished_by", true), one("text", "wished_words", true));
                vec![how, by, words, one("file", "file", false), one("textarea", "reason", true)]
            }
            Verb::Assign => {
                let mut handler = one("select", "handler", true);
                handler.choices = people(&read.people);
                if !read.people.iter().any(|(id, _)| *id == self.actor.account) {
                    handler.choices.insert(0, Choice::new(self.actor.account.to_string(), l.t("dossier-handler-me")));
                }
                vec![handler]
            }
            Verb::Forward => {
                let mut handler = one("select", "handler", false);
                handler.choices.push(Choice::new("", l.t("dossier-handler-anybody")));
                handler.choices.extend(people(&read.next_people));
                let mut draft = one("file", "file", false);
                draft.label = l.t("dossier-input-draft");
                vec![handler, one("textarea", "note", false), draft, one("check", "paper", false)]
            }
            Verb::RequestSupplement => self.asking(verb, problems),
            Verb::CompleteSupplement => self.completing(verb, problems),
            Verb::RequestPayment => {
                vec![one("number", "amount_dong", true), one("textarea", "reason", true), one("text", "basis", true)]
            }
            Verb::Approve => {
                let mut inputs = vec![one("textarea", "note", false), one("file", "result", false)];
                if let Some((name, _)) = proposed(read) {
                    let label = l.tr("dossier-input-sign_draft", [("name", name)]);
                    inputs.push(self.labelled(verb, "check", "sign_draft", label, problems));
                }
                inputs
            }
            Verb::ReturnResult => {
                let mut to = one("select", "handed_to", true);
                to.choices = self.words("handed", &["owner", "authorised", "post"]);
                if read.loaded().dossier.account.is_some() {
                    to.choices.extend(self.words("handed", &["account"]));
                }
                let only = |only, name: &str| {
                    let hint = l.t(format!("dossier-hint-{name}"));
                    Field { hint, only, ..one("text", name, false) }
                };
                let mut address = only("post", "address");
                address.value.clone_from(&read.loaded().applicant.owner_address);
                let (receiver, authority) = (only("authorised", "receiver"), only("authorised", "authority"));
                let names = [receiver, authority, only("post", "tracking"), address];
                std::iter::once(to).chain(names).chain([one("file", "result", false)]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A supplement is asked for with a reason, a list and a last day.
    fn asking(&self, verb: Verb, problems: &[Problem]) -> Vec<Field> {
        let one = |kind, name: &str, required| self.input(verb, kind, name, required, problems);
        let mut inputs = vec![one("textarea", "reason", true)];
        if self.read.loaded().dossier.supplements > 0 {
            let mut again = one("textarea", "again", true);
            again.hint = self.l.t("dossier-second-supplement-warning");
            inputs.push(again);
        }
        let version = self.office.version;
        let mut papers = one("checks", "papers", false);
        papers.choices = version.components.iter().map(|paper| Choice::new(&paper.code, &paper.name)).collect();
        let mut answers = one("checks", "asked_answers", false);
        answers.folded = true;
        answers.choices = headed(version).map(|(label, field)| Choice::new(&field.name, label)).collect();
        inputs.extend([papers, answers].into_iter().filter(|list| !list.choices.is_empty()));
        let mut until = one("date", "until", true);
        let days = jiff::Span::new().days(ASKED_DAYS);
        until.value = self.office.now.date().checked_add(days).map(|day| day.to_string()).unwrap_or_default();
        inputs.extend([one("textarea", "other", false), until]);
        inputs
    }

    /// What was asked for, each with its place, and why it cannot be brought; whatever else came, below.
    fn completing(&self, verb: Verb, problems: &[Problem]) -> Vec<Field> {
        let (l, read) = (self.l, self.read);
        let one = |kind, name: &str| self.input(verb, kind, name, false, problems);
        let asked = decide::asked_last(&read.events);
        let listed = |code: &String| asked.as_ref().is_some_and(|asked| asked.papers.contains(code));
        let mut inputs = Vec::new();
        for (n, paper) in read.papers.iter().filter(|(_, paper)| listed(&paper.code)) {
            let file = self.labelled(verb, "file", &format!("component_{n}"), paper.name.clone(), problems);
            inputs.push(Field { required: true, ..file });
            let why = l.t("dossier-input-absent");
            inputs.push(self.labelled(verb, "text", &format!("{ABSENT}{}", paper.code), why, problems));
        }
        inputs.extend(self.corrections(verb, problems));
        if crate::filing::asks_whether_sure(problems) {
            inputs.push(self.labelled(verb, "check", "sure", l.t("dossier-sure"), problems));
        }
        let mut component = one("select", "component");
        component.choices.push(Choice::new("", l.t("dossier-paper-other")));
        let others = read.papers.iter().filter(|(_, paper)| !listed(&paper.code));
        component.choices.extend(others.map(|(n, paper)| Choice::new(n.to_string(), &paper.name)));
        let hint = l.t("dossier-supplement-hollow-warning");
        inputs.extend([component, Field { hint, ..one("file", "file") }, one("textarea", "note")]);
        inputs
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
        .filter(|(verb, _)| is_office_act(*verb))
        .collect();
    // The act that moves the dossier on is the likely one; what was just tried stays open.
    let likely =
        [Verb::ReceiveOnline, Verb::CompleteSupplement, Verb::Approve, Verb::Forward, Verb::ReturnResult, Verb::Assign]
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
            inputs: match (&blocked, tried == Some(verb)) {
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
