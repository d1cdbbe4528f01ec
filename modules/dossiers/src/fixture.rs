//! A small province for the tests of the pure rules: one department, two communes, one procedure.

use crate::apply::apply;
use crate::decide::{self, Asked, Handing, Office, Supplied};
use crate::dossier::{ComponentState, Dossier};
use crate::filing::{self, Checked, Handed, Places};
use crate::happening::{Happening, Rules};
use crate::wording::{Paper, Pieces};
use base::calendar::Calendar;
use base::{Actor, Channel, Date, Dong, Fault, Grant, Id, Instant, Level, Limit, Role};
use catalogue::{ChannelTerms, Component, Fee, Field, FieldKind, Form, Group, ServiceLevel, Step, StepUnit, Version};
use facts::Fact;
use organisation::{Agency, Kind, Tree};
use std::collections::BTreeMap;

pub const ROOT: Id = Id(1);
pub const CENTRE: Id = Id(2);
pub const JUSTICE: Id = Id(3);
pub const JUSTICE_DIVISION: Id = Id(4);
/// A commune with a desk, an office and a division for culture.
pub const NEAR: Id = Id(10);
pub const NEAR_DESK: Id = Id(11);
pub const NEAR_OFFICE: Id = Id(12);
pub const NEAR_DIVISION: Id = Id(13);
/// Another one, with an office only.
pub const FAR: Id = Id(20);
pub const FAR_DESK: Id = Id(21);
pub const FAR_OFFICE: Id = Id(22);
/// Merged away.
pub const GONE: Id = Id(30);

pub fn agency(id: Id, code: &str, name: &str, kind: Kind, level: Level, path: &str) -> Agency {
    let ids: Vec<i64> = path.split('/').filter_map(|id| id.parse().ok()).collect();
    Agency {
        id,
        code: code.to_owned(),
        name: name.to_owned(),
        short_name: name.to_owned(),
        kind,
        level,
        parent: ids.iter().rev().nth(1).map(|id| Id(*id)),
        path: path.to_owned(),
        ..Agency::default()
    }
}

pub fn tree() -> Tree {
    use Kind::{CommuneCommittee, Department, Division, PeoplesCommittee, ServiceCentre};
    use Level::{Commune, Province};
    let duty = |agency: Agency, duty: &str| Agency { duty: Some(duty.to_owned()), ..agency };
    let agencies = vec![
        agency(ROOT, "H13", "Ủy ban nhân dân thành phố", PeoplesCommittee, Province, "/1/"),
        agency(CENTRE, "H13.01", "Trung tâm Phục vụ hành chính công", ServiceCentre, Province, "/1/2/"),
        agency(JUSTICE, "H13.05", "Sở Tư pháp", Department, Province, "/1/3/"),
        agency(JUSTICE_DIVISION, "H13.05.02", "Phòng Hành chính tư pháp", Division, Province, "/1/3/4/"),
        agency(NEAR, "H13.31", "Ủy ban nhân dân phường Ninh Kiều", CommuneCommittee, Commune, "/1/10/"),
        agency(NEAR_DESK, "H13.31.01", "Trung tâm Phục vụ hành chính công", ServiceCentre, Commune, "/1/10/11/"),
        duty(agency(NEAR_OFFICE, "H13.31.02", "Văn phòng", Division, Commune, "/1/10/12/"), "office"),
        duty(
            agency(NEAR_DIVISION, "H13.31.03", "Phòng Văn hóa - Xã hội", Division, Commune, "/1/10/13/"),
            "culture-society",
        ),
        agency(FAR, "H13.32", "Ủy ban nhân dân xã Mỹ Tú", CommuneCommittee, Commune, "/1/20/"),
        agency(FAR_DESK, "H13.32.01", "Trung tâm Phục vụ hành chính công", ServiceCentre, Commune, "/1/20/21/"),
        duty(agency(FAR_OFFICE, "H13.32.02", "Văn phòng", Division, Commune, "/1/20/22/"), "office"),
        Agency {
            valid_to: Some(Date::constant(2025, 6, 30)),
            successors: vec![NEAR],
            ..agency(GONE, "H13.33", "Ủy ban nhân dân xã cũ", CommuneCommittee, Commune, "/1/30/")
        },
    ];
    Tree::new(agencies)
}

fn step(id: &str, role: Role, unit: StepUnit, norm: Limit, allowed: &[&str]) -> Step {
    Step {
        id: id.to_owned(),
        name: id.to_owned(),
        role,
        unit,
        norm,
        allowed: allowed.iter().map(|word| (*word).to_owned()).collect(),
        asks: Vec::new(),
    }
}

fn component(code: &str, required: bool, reusable: bool) -> Component {
    Component {
        code: code.to_owned(),
        name: format!("Giấy {code}"),
        originals: 1,
        copies: 0,
        required,
        reusable,
        lasting_months: 0,
        group: String::new(),
    }
}

fn field(name: &str, kind: FieldKind, required: bool) -> Field {
    Field {
        name: name.to_owned(),
        label: name.to_owned(),
        kind,
        required,
        options: if kind == FieldKind::Select { vec!["Nam".to_owned(), "Nữ".to_owned()] } else { Vec::new() },
        needs_address: Vec::new(),
        help: String::new(),
        max_len: 40,
        not_future: false,
        of: String::new(),
    }
}

/// Three working days, 8.000 đ, five steps from the desk over a division to the leader and back.
pub fn version() -> Version {
    let terms = |channel| ChannelTerms {
        channel,
        limit: Limit::WorkingDays(3),
        limit_text: String::new(),
        fee: vec![Fee { name: "Lệ phí".to_owned(), amount: Dong(8_000), note: String::new() }],
        fee_text: String::new(),
    };
    let division = || StepUnit::Division("culture-society".to_owned());
    Version {
        id: Id(501),
        procedure_id: Id(500),
        effective_from: Date::constant(2020, 1, 1),
        code: "1.001193".to_owned(),
        name: "Đăng ký khai sinh".to_owned(),
        field: "ho-tich".to_owned(),
        levels: vec![Level::Commune],
        channels: vec![terms(Channel::Counter), terms(Channel::Online), terms(Channel::Post)],
        components: vec![
            component("to-khai", true, false),
            component("giay-chung-sinh", true, true),
            component("anh", false, false),
        ],
        service_level: ServiceLevel::Full,
        payable_online: true,
        process: vec![
            step("receive", Role::Clerk, StepUnit::Desk, Limit::Hours(4), &["forward"]),
            step(
                "appraise",
                Role::Officer,
                division(),
                Limit::WorkingDays(1),
                &["forward", "request_supplement", "refuse"],
            ),
            step("review", Role::DivisionHead, division(), Limit::Hours(4), &["forward", "return"]),
            step("sign", Role::Leader, StepUnit::Leader, Limit::Hours(4), &["approve", "refuse", "return"]),
            step("hand-out", Role::Clerk, StepUnit::Desk, Limit::Hours(2), &[]),
        ],
        form: Form {
            groups: vec![Group {
                title: "Người được khai sinh".to_owned(),
                fields: vec![
                    field("name", FieldKind::Text, true),
                    field("born", FieldKind::Date, false),
                    field("weight", FieldKind::Number, false),
                    field("sex", FieldKind::Select, true),
                    field("phone", FieldKind::Phone, false),
                    field("number", FieldKind::CitizenNumber, false),
                    field("more", FieldKind::Textarea, false),
                ],
            }],
        },
        yields_document: true,
        ..Version::default()
    }
}

/// The same with something else in it.
pub fn version_where(change: impl FnOnce(&mut Version)) -> Version {
    let mut version = version();
    change(&mut version);
    version
}

fn official(account: i64, role: Role, agency: Id, path: &str) -> Actor {
    let grants = vec![Grant::new(role, agency, path.to_owned())];
    Actor { account: Id(account), name: format!("Người {account}"), grants, citizen_number: None }
}

pub fn clerk() -> Actor {
    official(101, Role::Clerk, NEAR_DESK, "/1/10/11/")
}

pub fn officer() -> Actor {
    official(102, Role::Officer, NEAR_DIVISION, "/1/10/13/")
}

pub fn second_officer() -> Actor {
    official(103, Role::Officer, NEAR_DIVISION, "/1/10/13/")
}

pub fn head() -> Actor {
    official(104, Role::DivisionHead, NEAR_DIVISION, "/1/10/13/")
}

pub fn leader() -> Actor {
    official(105, Role::Leader, NEAR, "/1/10/")
}

/// Who keeps the wordings of the whole province, and who announces them.
pub fn keeper() -> Actor {
    official(301, Role::CatalogueKeeper, ROOT, "/1/")
}

pub fn chairman() -> Actor {
    official(302, Role::Leader, ROOT, "/1/")
}

pub fn far_clerk() -> Actor {
    official(201, Role::Clerk, FAR_DESK, "/1/20/21/")
}

pub fn citizen() -> Actor {
    official(901, Role::Citizen, Id(0), "/")
}

pub fn stranger() -> Actor {
    official(902, Role::Citizen, Id(0), "/")
}

/// Everybody.
pub fn people() -> Vec<Actor> {
    vec![clerk(), officer(), second_officer(), head(), leader(), far_clerk(), citizen(), stranger()]
}

/// A local moment of November 2026; the 2nd is a Monday, the 24th a holiday.
pub fn november(day: i8, hour: i8, minute: i8) -> Instant {
    Instant::from_local(jiff::civil::date(2026, 11, day).at(hour, minute, 0, 0))
}

/// Everything in order.
pub fn handed() -> Handed {
    Handed {
        owner_name: "Nguyễn Thị Đường".to_owned(),
        owner_number: "094190000017".to_owned(),
        owner_phone: "0912345678".to_owned(),
        owner_address: "Ninh Kiều".to_owned(),
        answers: BTreeMap::from([
            ("name".to_owned(), "Nguyễn Văn Bé".to_owned()),
            ("sex".to_owned(), "Nam".to_owned()),
        ]),
        components: BTreeMap::from([
            ("to-khai".to_owned(), ComponentState::File.into()),
            ("giay-chung-sinh".to_owned(), ComponentState::File.into()),
        ]),
        ..Handed::default()
    }
}

pub fn places(channel: Channel) -> Places {
    let account = (channel == Channel::Online).then(|| citizen().account);
    Places { channel, intake: NEAR, competent: NEAR, return_to: NEAR, account }
}

/// A request for a supplement with everything it needs: the photo, by the end of the year.
pub fn asked(reason: &str, again: &str) -> Asked {
    Asked {
        reason: reason.to_owned(),
        again: again.to_owned(),
        papers: vec!["anh".to_owned()],
        until: "2026-12-31".to_owned(),
        basis: "Luật Hộ tịch Điều 16".to_owned(),
        ..Asked::default()
    }
}

/// One new paper.
pub const BROUGHT: Supplied = Supplied { papers: 1, again: 0, corrected: false, absent: Vec::new() };

/// A draft of a permit that says so much.
pub fn draft(text: &str) -> decide::Drafting {
    let pieces = Pieces {
        title: "Giấy phép".to_owned(),
        text: text.to_owned(),
        signer: "Chủ tịch".to_owned(),
        symbol: "GP-UBND".to_owned(),
        ..Pieces::default()
    };
    let (template, name) = ("goc-permit".to_owned(), "Giấy phép (mẫu chung)".to_owned());
    decide::Drafting { template, name, paper: Paper::Permit, pieces, before: None }
}

/// Into the applicant's own hands.
pub fn to_owner() -> Handing {
    Handing { to: "owner".to_owned(), ..Handing::default() }
}

/// The code of the only problem of a refusal.
#[track_caller]
pub fn code<T: std::fmt::Debug>(refused: Result<T, Fault>) -> &'static str {
    match refused {
        Err(Fault::Invalid(problems)) if problems.len() == 1 => problems[0].code,
        Err(Fault::Conflict(problem) | Fault::Forbidden(problem)) => problem.code,
        other => panic!("no refusal with one problem: {other:?}"),
    }
}

/// A dossier being worked on, with everything it left behind.
#[derive(Clone)]
pub struct Story {
    pub tree: Tree,
    pub version: Version,
    pub now: Instant,
    pub state: Option<Dossier>,
    pub log: Vec<(Instant, Happening)>,
    pub facts: Vec<Fact>,
    /// Its papers are handed in on paper.
    pub paper: bool,
    /// Whose it is, where what was answered matters.
    pub applicant: Option<crate::Applicant>,
}

/// Its dossier's id.
pub const DOSSIER: Id = Id(7_000);

impl Story {
    pub fn begin(version: Version, now: Instant) -> Self {
        Self {
            tree: tree(),
            version,
            now,
            state: None,
            log: Vec::new(),
            facts: Vec::new(),
            paper: false,
            applicant: None,
        }
    }

    /// Filed online on Monday, 2 November, 09:00.
    pub fn filed() -> Self {
        let mut story = Self::begin(version(), november(2, 9, 0));
        story.file();
        story
    }

    pub fn file(&mut self) {
        let checked = self.checked(places(Channel::Online));
        let answer_due_at = Some(decide::answer_due(&self.office(), checked.filing.intake));
        self.happen(Happening::Filed { filing: checked.filing, answer_due_at });
    }

    /// Received at the counter on Monday, 2 November, 09:00.
    pub fn received() -> Self {
        Self::received_under(version())
    }

    pub fn received_under(version: Version) -> Self {
        let mut story = Self::begin(version, november(2, 9, 0));
        story.receive(places(Channel::Counter));
        story
    }

    /// Taken in on paper at another commune's desk, on Monday, 2 November, 09:00; the result goes back there.
    pub fn from_afar() -> Self {
        let mut story = Self::begin(version(), november(2, 9, 0));
        story.paper = true;
        story.receive(Places { intake: FAR, return_to: FAR, ..places(Channel::Counter) });
        story
    }

    pub fn receive(&mut self, places: Places) {
        let checked = self.checked(places);
        let office = self.office();
        let happening = Happening::Received {
            filing: Some(checked.filing.clone()),
            clock: decide::start_clock(&office, (places.intake, places.competent), places.channel).unwrap(),
            place: office.place_of(&checked.filing),
            between: decide::passing(&self.tree, &checked.filing),
            post: None,
            part: None,
        };
        self.happen(happening);
    }

    /// At the step of that name, untouched by anybody.
    pub fn at_step(name: &str) -> Self {
        let mut story = Self::received();
        for (step, person) in [("appraise", officer()), ("review", head())] {
            if step == name {
                break;
            }
            story.does(1, |d, o| decide::forward(d, &person, o, true, ""));
        }
        let at = story.dossier().step;
        assert_eq!(story.version.process[at as usize].id, name);
        story
    }

    fn checked(&self, places: Places) -> Checked {
        let mut handed = handed();
        if self.paper {
            handed.components.values_mut().for_each(|paper| paper.state = ComponentState::Paper);
        }
        let mut checked = filing::check(&self.tree, &self.version, places, (&handed, &[]), self.now).unwrap();
        checked.filing.code = "H13.31-261102-0001".to_owned();
        checked
    }

    pub fn office(&self) -> Office<'_> {
        Office {
            tree: &self.tree,
            calendar: Calendar::shipped(),
            version: &self.version,
            now: self.now,
            applicant: self.applicant.as_ref(),
        }
    }

    #[track_caller]
    pub fn dossier(&self) -> &Dossier {
        self.state.as_ref().unwrap()
    }

    /// Asks a rule, changing nothing.
    pub fn ask<T>(&self, rule: impl FnOnce(&Dossier, &Office<'_>) -> T) -> T {
        rule(self.dossier(), &self.office())
    }

    /// Somebody does something so many minutes later.
    #[track_caller]
    pub fn does(&mut self, minutes: i64, rule: impl FnOnce(&Dossier, &Office<'_>) -> Result<Happening, Fault>) {
        self.now = self.now.plus_ms(minutes * 60_000);
        let happening = self.ask(rule).unwrap();
        self.happen(happening);
    }

    #[track_caller]
    pub fn happen(&mut self, happening: Happening) {
        let outcomes =
            apply(&mut self.state, DOSSIER, self.now, (Rules::NOW, Some(officer().account)), &happening).unwrap();
        self.facts.extend(outcomes.facts);
        self.log.push((self.now, happening));
    }

    /// The net sum of a measure's facts, and of those with all of `flags`.
    pub fn sum(&self, measure: &str, flags: i64) -> i64 {
        self.facts
            .iter()
            .filter(|fact| fact.measure.name == measure && fact.flags & flags == flags)
            .map(|f| f.qty)
            .sum()
    }
}
