//! Procedures that are filed together (decision 0035), as one form: the leading one's questions and papers, and of each other what is not asked
//! already, under names of its own (`1.name` of the first after the leading one). What is typed is taken apart again when it is filed.

use crate::draft::Body;
use askama::Template;
use axum::extract::Path;
use base::{Channel, Date, Dong, Fault, Problem};
use catalogue::linked::Member;
use catalogue::{Field, Group, Linked, Shelf, Version};
use dossiers::{Handed, LinkedTyped};
use i18n::L;
use std::collections::BTreeMap;
use std::sync::Arc;
use web::{Answer, Breadcrumb, Ctx};

/// A group of linked procedures that can be filed online.
pub(crate) struct Together {
    pub(crate) linked: Linked,
    /// Of its members, the leading one first.
    versions: Vec<Arc<Version>>,
}

impl Together {
    /// The group of that code, where it stands and its leading one is filed online.
    pub(crate) fn of(shelf: &Shelf, code: &str, on: Date) -> Option<Together> {
        let linked = shelf.linked(code)?;
        let led = shelf.led_by(linked.leading(), on).into_iter().any(|led| led.code == linked.code);
        let versions: Option<Vec<_>> =
            linked.members.iter().map(|member| shelf.by_code(&member.procedure, on)).collect();
        let versions = versions.filter(|all| led && all.first().is_some_and(|lead| lead.can_be_filed_online()))?;
        Some(Together { linked: linked.clone(), versions })
    }

    /// Those that a procedure leads.
    pub(crate) fn led_by(shelf: &Shelf, procedure: &str, on: Date) -> Vec<Together> {
        shelf.led_by(procedure, on).into_iter().filter_map(|led| Together::of(shelf, &led.code, on)).collect()
    }

    pub(crate) fn lead(&self) -> &Version {
        // One that can be filed has at least two members.
        &self.versions[0]
    }

    /// The others, each with its number.
    fn others(&self) -> impl Iterator<Item = (usize, &Member, &Version)> {
        let all = self.linked.members.iter().zip(&self.versions).enumerate().skip(1);
        all.map(|(n, (member, version))| (n, member, version.as_ref()))
    }

    /// What is asked of a member that the leading one's form does not ask.
    fn asked<'v>(&self, member: &Member, version: &'v Version) -> impl Iterator<Item = (&'v Group, Vec<&'v Field>)> {
        let known: Vec<&str> = self.lead().form.fields().map(|field| field.name.as_str()).collect();
        let asked =
            move |field: &&Field| !member.answers.contains_key(&field.name) && !known.contains(&field.name.as_str());
        let groups: Vec<_> =
            version.form.groups.iter().map(|group| (group, group.fields.iter().filter(&asked).collect())).collect();
        groups.into_iter().filter(|(_, fields): &(_, Vec<_>)| !fields.is_empty())
    }

    /// All of it as one procedure's form and papers.
    pub(crate) fn as_one(&self) -> Version {
        let mut whole =
            Version { code: self.linked.code.clone(), name: self.linked.name.clone(), ..self.lead().clone() };
        for (n, member, version) in self.others() {
            let start = dossiers::linked_prefix(n);
            for (group, fields) in self.asked(member, version) {
                let own = |field: &Field| Field { name: format!("{start}{}", field.name), ..field.clone() };
                let fields = fields.into_iter().map(own).collect();
                whole.form.groups.push(Group { title: of_member(version, &group.title), fields });
            }
            for component in version.components.iter().filter(|one| !member.papers.contains_key(&one.code)) {
                let mut own = component.clone();
                own.code = format!("{start}{}", component.code);
                own.group = match component.group.as_str() {
                    "" => version.name.clone(),
                    group => of_member(version, group),
                };
                whole.components.push(own);
            }
        }
        whole
    }

    /// What was typed, taken apart: the leading one's, and each other's.
    pub(crate) fn handed(&self, body: &Body, person: &str) -> (Handed, LinkedTyped) {
        let whole = self.as_one();
        let own = |map: &BTreeMap<String, String>| {
            map.iter()
                .filter(|(name, _)| !name.contains('.'))
                .map(|(name, text)| (name.clone(), text.clone()))
                .collect()
        };
        let lead = Body { answers: own(&body.answers), ..body.clone() }.handed(self.lead(), person);
        let all = body.handed(&whole, person);
        let part = |(n, ..): (usize, &Member, &Version)| {
            let start = dossiers::linked_prefix(n);
            let of = |name: &str| name.strip_prefix(&start).map(str::to_owned);
            let answers = all.answers.iter().filter_map(|(name, text)| Some((of(name)?, text.clone()))).collect();
            let components = all.components.iter().filter_map(|(code, one)| Some((of(code)?, one.clone()))).collect();
            Handed { answers, components, ..Handed::default() }
        };
        (lead, LinkedTyped { code: self.linked.code.clone(), parts: self.others().map(part).collect() })
    }

    /// What is asked once is wrong once, and where it is asked.
    pub(crate) fn where_asked(&self, problems: Vec<Problem>) -> Vec<Problem> {
        let asked = |problem: &Problem| {
            let (n, name) = problem.field.as_deref()?.strip_prefix("answer_")?.split_once('.')?;
            let member = self.linked.members.get(n.parse::<usize>().ok()?)?;
            let name = member.answers.get(name).map_or(name, String::as_str);
            let of_lead = self.lead().form.fields().any(|field| field.name == name);
            of_lead.then(|| format!("answer_{name}"))
        };
        let mut told: Vec<Problem> = Vec::new();
        for problem in problems {
            let moved = asked(&problem);
            let there = |field: &String| told.iter().any(|one| one.field.as_ref() == Some(field));
            match moved {
                Some(field) if there(&field) => {}
                Some(field) => told.push(problem.field(field)),
                None => told.push(problem),
            }
        }
        told
    }

    /// What all of it costs.
    pub(crate) fn fee(&self) -> Dong {
        let of = |version: &Arc<Version>| {
            let terms = version.terms(Channel::Online).or_else(|| version.channels.first());
            terms.map_or(0, |terms| terms.fee_total().0)
        };
        Dong(self.versions.iter().map(of).sum())
    }

    pub(crate) fn limit(&self, l: L) -> String {
        let (key, n) = self.linked.limit.words();
        l.tr(key, [("n", n.to_string())])
    }
}

fn of_member(version: &Version, title: &str) -> String {
    format!("{}: {title}", version.name)
}

/// A member as the group's page shows it.
struct MemberRow {
    code: String,
    name: String,
    /// The body that settles it; empty for the agency one chooses.
    body: String,
    /// Names of those it waits for.
    after: String,
    /// Papers handed in for it, and those that come from another one.
    papers: Vec<String>,
    taken: Vec<String>,
}

#[derive(Template)]
#[template(path = "together.html")]
struct TogetherPage {
    l: L,
    trail: Vec<Breadcrumb>,
    code: String,
    name: String,
    source: String,
    limit: String,
    fee: String,
    members: Vec<MemberRow>,
}

/// `GET /together/{group}`: what is filed once and settled by several, and the way to file it.
pub(crate) async fn show(ctx: Ctx, Path(group): Path<String>) -> Answer {
    let (l, today) = (ctx.l, ctx.now.date());
    let shelf = catalogue::fresh_shelf(&ctx.app, ctx.now).await?;
    let together = Together::of(&shelf, &group, today).ok_or(Fault::NotFound("dossier-procedure-unknown"))?;
    let tree = organisation::tree_of(&ctx.app).await?;
    let name_of = |code: &String| shelf.by_code(code, today).map(|version| version.name.clone()).unwrap_or_default();
    let row = |(member, version): (&Member, &Arc<Version>)| {
        let body = member.body.as_ref().and_then(|code| tree.all().iter().find(|agency| agency.code == *code));
        let (taken, papers): (Vec<_>, Vec<_>) =
            version.components.iter().partition(|one| member.papers.contains_key(&one.code));
        let names = |all: Vec<&catalogue::Component>| all.into_iter().map(|one| one.name.clone()).collect();
        MemberRow {
            code: version.code.clone(),
            name: version.name.clone(),
            body: body.map(|body| body.name.clone()).unwrap_or_default(),
            after: member.after.iter().map(name_of).collect::<Vec<_>>().join("; "),
            papers: names(papers.into_iter().filter(|one| one.required).collect()),
            taken: names(taken),
        }
    };
    let lead = together.lead();
    let page = TogetherPage {
        l,
        trail: vec![
            Breadcrumb::new(lead.name.clone(), format!("/procedures/{}", lead.code)),
            Breadcrumb::new(together.linked.name.clone(), ""),
        ],
        code: together.linked.code.clone(),
        name: together.linked.name.clone(),
        source: together.linked.source.clone(),
        limit: together.limit(l),
        fee: catalogue::fee_said(l, lead, Channel::Online, Some(together.fee())).sum,
        members: together.linked.members.iter().zip(&together.versions).map(row).collect(),
    };
    Ok(ctx.page(&together.linked.name, &page))
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalogue::linked;

    const DAY: Date = Date::constant(2026, 11, 2);

    fn birth() -> Together {
        let shelf = Shelf::of(catalogue::shipped::versions().unwrap());
        Together::of(&shelf, "2.000986", DAY).unwrap()
    }

    #[test]
    fn nothing_is_asked_twice_and_what_one_results_in_is_not_asked_for() {
        let together = birth();
        let whole = together.as_one();
        let mut labels: Vec<&str> = whole.form.fields().map(|field| field.name.as_str()).collect();
        let all = labels.len();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!((labels.len(), whole.code.as_str()), (all, "2.000986"));
        let bare: Vec<&str> = whole.form.fields().map(|field| field.name.rsplit('.').next().unwrap()).collect();
        let lead: Vec<&str> = together.lead().form.fields().map(|field| field.name.as_str()).collect();
        assert!(bare.iter().skip(lead.len()).all(|name| !lead.contains(name)), "asked once: {bare:?}");
        let codes: Vec<&str> = whole.components.iter().map(|component| component.code.as_str()).collect();
        assert!(!codes.contains(&"1.quan-he") && !codes.contains(&"2.giay-khai-sinh"), "{codes:?}");
        assert!(codes.iter().any(|code| code.starts_with("1.")), "{codes:?}");
    }

    #[test]
    fn what_was_typed_is_taken_apart_for_each() {
        let together = birth();
        let whole = together.as_one();
        let paper = |file: i64| {
            let (file, name, reused_from) = (base::Id(file), "x.pdf".to_owned(), String::new());
            vec![crate::Paper { file, name, size_bytes: 1, reused_from }]
        };
        let mut body = Body { owner_name: "Nguyễn Thị Lan".into(), ..Body::default() };
        for (n, component) in whole.components.iter().enumerate() {
            body.cases.insert(component.group.clone());
            body.papers.insert(component.code.clone(), paper(n as i64 + 1));
        }
        for field in whole.form.fields() {
            body.answers.insert(field.name.clone(), format!("trả lời {}", field.name));
        }
        let (lead, typed) = together.handed(&body, "Nguyễn Thị Lan");
        assert!(lead.answers.keys().chain(lead.components.keys()).all(|name| !name.contains('.')));
        assert_eq!((typed.code.as_str(), typed.parts.len()), ("2.000986", 2));
        let asked: usize = typed.parts.iter().map(|part| part.answers.len()).sum();
        assert_eq!(lead.answers.len() + asked, whole.form.fields().count());
        for (n, part) in typed.parts.iter().enumerate() {
            let member = &together.linked.members[n + 1];
            assert!(part.components.keys().all(|code| !member.papers.contains_key(code)));
            let start = format!("{}.", n + 1);
            let own = whole.components.iter().filter(|one| one.code.starts_with(&start)).count();
            assert_eq!(part.components.len(), own, "{}", member.procedure);
        }
    }

    #[test]
    fn what_is_asked_once_is_wrong_once_and_where_it_is_asked() {
        let together = birth();
        let at = |field: &str| Problem::new("x").field(field);
        let fields = |problems: Vec<Problem>| {
            let told = together.where_asked(problems);
            told.into_iter().map(|problem| problem.field.unwrap_or_default()).collect::<Vec<_>>()
        };
        let twice = vec![at("answer_applicant_name"), at("answer_1.applicant_name"), at("answer_2.applicant_name")];
        assert_eq!(fields(twice), ["answer_applicant_name"]);
        // Of a part alone it stays there, and so do papers.
        let own = vec![at("answer_1.new_address"), at("component_1.ct01"), at("answer_2.applicant_phone")];
        assert_eq!(fields(own), ["answer_1.new_address", "component_1.ct01", "answer_applicant_phone"]);
    }

    #[test]
    fn a_group_is_offered_from_its_first_day_while_its_leading_one_is_filed_online() {
        let versions = catalogue::shipped::versions().unwrap();
        let shelf = Shelf::of(versions.clone());
        assert!(Together::of(&shelf, "2.000986", Date::constant(2025, 6, 30)).is_none());
        assert!(Together::of(&shelf, "1.001193", DAY).is_none(), "no group");
        assert_eq!(Together::led_by(&shelf, "1.001193", DAY).len(), 2);
        let offline = versions.into_iter().map(|version| match version.code.as_str() {
            "1.001193" => Version { service_level: catalogue::ServiceLevel::InfoOnly, ..version },
            _ => version,
        });
        assert!(Together::of(&Shelf::of(offline.collect()), "2.000986", DAY).is_none());
        assert!(!linked::read(include_str!("../../../data/procedures/linked.toml")).unwrap().is_empty());
    }
}
