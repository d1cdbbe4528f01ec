//! What can be filed together with a procedure at the counter, and the part of the page for each that is.

use super::Before;
use super::papers::{PaperRow, Questions, answers_of, paper_rows, papers_of, questions};
use crate::actions::linked::prefix;
use crate::actions::{House, LinkedTyped};
use crate::filing::Handed;
use base::{Channel, Fault, Problem};
use catalogue::linked::Member;
use catalogue::{Linked, Version};
use std::sync::Arc;
use web::{Ctx, FormMap};

/// A group that can be chosen.
pub(super) struct Offered {
    pub code: String,
    pub short: String,
    pub chosen: bool,
}

/// One more procedure on the page.
pub(super) struct PartForm {
    pub n: usize,
    pub name: String,
    pub code: String,
    /// Who settles it; empty where the same agency does.
    pub body: String,
    /// Its fee, to be received when it begins; empty where it is free.
    pub fee: String,
    pub papers: Vec<PaperRow>,
    pub groups: Vec<(String, Questions)>,
    /// Names of papers that need not be handed in.
    pub taken: Vec<String>,
}

/// The groups that a procedure leads, the chosen one marked.
pub(super) fn offered(ctx: &Ctx, house: &House, version: &Version, chosen: &str) -> Vec<Offered> {
    let led = house.shelf.led_by(&version.code, ctx.now.date()).into_iter();
    let one =
        |group: &Linked| Offered { code: group.code.clone(), short: group.short.clone(), chosen: group.code == chosen };
    led.map(one).collect()
}

/// The versions of a chosen group after the leading one, with what is asked of each.
pub(super) struct Chosen {
    pub group: Linked,
    pub versions: Vec<Arc<Version>>,
}

impl Chosen {
    /// None where nothing is chosen.
    pub(super) fn of(ctx: &Ctx, house: &House, version: &Version, code: &str) -> Result<Option<Self>, Fault> {
        if code.is_empty() {
            return Ok(None);
        }
        let today = ctx.now.date();
        let unknown = || Fault::invalid(Problem::new("dossier-linked-unknown").field("linked").arg("code", code));
        let led = house.shelf.led_by(&version.code, today);
        let group = led.into_iter().find(|group| group.code == code).cloned().ok_or_else(unknown)?;
        let later = group.members.iter().skip(1);
        let found: Option<Vec<_>> = later.map(|member| house.shelf.by_code(&member.procedure, today)).collect();
        Ok(Some(Self { versions: found.ok_or_else(unknown)?, group }))
    }

    fn members(&self) -> impl Iterator<Item = (usize, &Member, &Version)> {
        let later = self.group.members.iter().skip(1).zip(&self.versions).enumerate();
        later.map(|(n, (member, version))| (n + 1, member, version.as_ref()))
    }

    /// What the form says of each part.
    pub(super) fn typed(&self, fields: &FormMap, all_papers: bool) -> LinkedTyped {
        let part = |(n, member, version): (usize, &Member, &Version)| {
            let start = prefix(n);
            let mut components = papers_of(fields, version, &start, all_papers);
            components.retain(|code, _| !member.papers.contains_key(code));
            Handed { components, answers: answers_of(fields, version, &start), ..Handed::default() }
        };
        LinkedTyped { code: self.group.code.clone(), parts: self.members().map(part).collect() }
    }

    /// The page's part for each.
    pub(super) fn forms(
        &self,
        (ctx, house): (&Ctx, &House),
        lead: &Version,
        (owner, typed): (&Handed, Option<&LinkedTyped>),
        (before, problems): (&Before, &[Problem]),
    ) -> Vec<PartForm> {
        let none = Handed::default();
        let form = |(n, member, version): (usize, &Member, &Version)| {
            let said = typed.and_then(|typed| typed.parts.get(n - 1)).unwrap_or(&none);
            let handed = Handed {
                owner_number: owner.owner_number.clone(),
                submitter_name: owner.submitter_name.clone(),
                ..said.clone()
            };
            let start = prefix(n);
            let rows = paper_rows(ctx, version, (&start, &handed), before, problems);
            let known =
                |name: &str| member.answers.contains_key(name) || lead.form.fields().any(|field| field.name == name);
            let body = member.body.as_ref().and_then(|code| {
                house.tree.all().iter().find(|agency| agency.code == *code && agency.valid_to.is_none())
            });
            let taken = version.components.iter().filter(|component| member.papers.contains_key(&component.code));
            PartForm {
                n,
                name: version.name.clone(),
                code: version.code.clone(),
                fee: match version.terms(Channel::Counter).or_else(|| version.channels.first()).map(|t| t.fee_total()) {
                    Some(fee) if fee.0 > 0 => fee.to_string(),
                    _ => String::new(),
                },
                body: body.map(|body| body.name.clone()).unwrap_or_default(),
                papers: rows.into_iter().filter(|row| !member.papers.contains_key(row.bare())).collect(),
                groups: questions(version, (&start, &handed), known),
                taken: taken.map(|component| component.name.clone()).collect(),
            }
        };
        self.members().map(form).collect()
    }
}
