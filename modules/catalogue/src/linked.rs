//! Linked procedures (thủ tục hành chính liên thông): one filing opens cases of several procedures at several agencies, and what they
//! come to is handed out together (NĐ 63/2024/NĐ-CP; NĐ 61/2018/NĐ-CP Điều 19 khoản 6, 7).

use crate::Shelf;
use base::{BadData, Date, Limit};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

/// A group of procedures that are filed together.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Linked {
    /// Its national code.
    pub code: String,
    pub name: String,
    /// What a clerk may pick it for, in a few words.
    pub short: String,
    pub since: Date,
    /// The first day on which it can be filed no more.
    #[serde(default)]
    pub until: Option<Date>,
    /// Within this time everything is done, from the filing.
    pub limit: Limit,
    /// What is filed later counts from the next working day: `15:00`.
    #[serde(default)]
    pub cut_off: Option<String>,
    /// The article it comes from.
    pub source: String,
    /// The first is the leading one: whose code the applicant is given, and with whose result everything is handed out.
    #[serde(rename = "member")]
    pub members: Vec<Member>,
}

/// One procedure of a group.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub procedure: String,
    /// Begins when these, named before it, are granted; with none, when the filing is received.
    #[serde(default)]
    pub after: Vec<String>,
    /// Code of the body that settles it; without, the agency that is competent for the leading one.
    #[serde(default)]
    pub body: Option<String>,
    /// Papers not handed in for it: code of the component → where the paper comes from.
    #[serde(default)]
    pub papers: BTreeMap<String, From>,
    /// Questions not asked for it: name of its field → the leading one's field whose answer it takes.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
}

/// Where a paper of a member comes from.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// The member it comes from.
    pub of: String,
    /// Code of the component handed in there; without, what that one results in.
    #[serde(default)]
    pub paper: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Vec<Linked>,
}

impl Linked {
    pub fn in_force(&self, on: Date) -> bool {
        self.since <= on && self.until.is_none_or(|until| on < until)
    }

    /// The one whose result everything is handed out with.
    pub fn leading(&self) -> &str {
        self.members.first().map_or("", |member| member.procedure.as_str())
    }

    /// Where a member stands among them.
    pub fn place_of(&self, procedure: &str) -> Option<usize> {
        self.members.iter().position(|member| member.procedure == procedure)
    }

    /// Local hour after which the clock starts on the next working day.
    pub fn cut_off(&self) -> Option<base::Time> {
        base::Time::strptime("%H:%M", self.cut_off.as_deref()?).ok()
    }

    /// What is wrong with it: each member once, waiting for members before it and taking from them only.
    fn problem(&self) -> Option<String> {
        if self.members.len() < 2 {
            return Some("fewer than two members".to_owned());
        }
        if self.cut_off.is_some() && self.cut_off().is_none() {
            return Some("cut_off is no time".to_owned());
        }
        let mut before: HashSet<&str> = HashSet::new();
        for (n, member) in self.members.iter().enumerate() {
            let named = |what: &str| Some(format!("{}: {what}", member.procedure));
            if n == 0 && (!member.after.is_empty() || member.body.is_some() || !member.papers.is_empty()) {
                return named("the leading one waits for nothing and takes nothing");
            }
            if !member.after.iter().all(|after| before.contains(after.as_str())) {
                return named("waits for what does not stand before it");
            }
            // What another one results in is there when that one is granted.
            let taken = |from: &From| match from.paper {
                Some(_) => before.contains(from.of.as_str()),
                None => member.after.contains(&from.of),
            };
            if !member.papers.values().all(taken) {
                return named("takes a paper from where there is none yet");
            }
            if !before.insert(&member.procedure) {
                return named("named twice");
            }
        }
        None
    }
}

/// Reads groups; a sentence about the first that cannot be.
///
/// # Errors
/// What is wrong with the text.
pub fn read(text: &str) -> Result<Vec<Linked>, BadData> {
    let bad = |what: String| BadData(format!("data/procedures/linked.toml: {what}"));
    let groups = toml::from_str::<File>(text).map_err(|error| bad(error.to_string()))?.group;
    match groups.iter().find_map(|group| group.problem().map(|what| format!("{}: {what}", group.code))) {
        Some(what) => Err(bad(what)),
        None => Ok(groups),
    }
}

/// The shipped ones; a test reads the file, so it is well-formed.
pub(crate) static SHIPPED: LazyLock<Vec<Linked>> =
    LazyLock::new(|| read(include_str!("../../../data/procedures/linked.toml")).unwrap_or_default());

impl Shelf {
    /// The groups that a procedure leads, on a day on which every one of them stands on the shelf.
    pub fn led_by(&self, procedure: &str, on: Date) -> Vec<&Linked> {
        let there = |group: &&Linked| group.members.iter().all(|member| self.by_code(&member.procedure, on).is_some());
        self.groups().iter().filter(|group| group.leading() == procedure && group.in_force(on)).filter(there).collect()
    }

    /// A group by its code.
    pub fn linked(&self, code: &str) -> Option<&Linked> {
        self.groups().iter().find(|group| group.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Date = Date::constant(2026, 11, 2);

    fn problem(members: &str) -> String {
        let text = format!(
            "[[group]]\ncode = \"x\"\nname = \"x\"\nshort = \"x\"\nsince = \"2025-07-01\"\nlimit = \"3wd\"\nsource = \"x\"\n{members}"
        );
        read(&text).map(|_| String::new()).unwrap_or_else(|bad| bad.0)
    }

    #[test]
    fn the_shipped_groups_lead_from_procedures_that_ship_and_name_papers_and_questions_there_are() {
        let groups = read(include_str!("../../../data/procedures/linked.toml")).unwrap();
        assert!(!groups.is_empty());
        let shelf = Shelf::of(crate::shipped::versions().unwrap());
        for group in &groups {
            assert!(shelf.led_by(group.leading(), DAY).contains(&group));
            let lead = shelf.by_code(group.leading(), DAY).unwrap();
            for member in &group.members {
                let version = shelf.by_code(&member.procedure, DAY).unwrap();
                for (code, from) in &member.papers {
                    assert!(version.components.iter().any(|component| component.code == *code), "{code}");
                    let of = shelf.by_code(&from.of, DAY).unwrap();
                    let there = |paper: &String| of.components.iter().any(|component| component.code == *paper);
                    assert!(from.paper.as_ref().is_none_or(there), "{code}");
                }
                for (name, taken) in &member.answers {
                    assert!(version.form.fields().any(|field| field.name == *name), "{name}");
                    assert!(lead.form.fields().any(|field| field.name == *taken), "{taken}");
                }
            }
        }
    }

    #[test]
    fn a_member_waits_for_and_takes_from_those_before_it_alone() {
        let member = |rest: &str| format!("[[group.member]]\n{rest}\n");
        let first = member("procedure = \"a\"");
        assert!(problem(&first).contains("fewer than two"));
        let with = |rest: &str| problem(&format!("{first}{}", member(rest)));
        assert_eq!(with("procedure = \"b\"\nafter = [\"a\"]\npapers = { p = { of = \"a\" } }"), "");
        assert!(with("procedure = \"b\"\nafter = [\"c\"]").contains("waits for"));
        assert!(with("procedure = \"b\"\npapers = { p = { of = \"a\" } }").contains("takes a paper"));
        assert_eq!(with("procedure = \"b\"\npapers = { p = { of = \"a\", paper = \"q\" } }"), "");
        assert!(with("procedure = \"a\"").contains("twice"));
        let leading = member("procedure = \"a\"\nbody = \"H13\"") + &member("procedure = \"b\"");
        assert!(problem(&leading).contains("leading"));
    }

    #[test]
    fn a_group_is_filed_from_its_day_to_its_last_and_while_its_procedures_stand() {
        let group = Linked { until: Some(Date::constant(2026, 12, 1)), ..SHIPPED[0].clone() };
        assert!(group.in_force(DAY) && !group.in_force(Date::constant(2026, 12, 1)));
        assert!(!group.in_force(group.since.yesterday().unwrap()));
        let versions = crate::shipped::versions().unwrap();
        let without = group.members[1].procedure.clone();
        let shelf = Shelf::of(versions.into_iter().filter(|version| version.code != without).collect());
        assert!(!shelf.led_by(group.leading(), DAY).iter().any(|led| led.code == group.code));
        assert!(shelf.linked(&group.code).is_some());
    }
}
