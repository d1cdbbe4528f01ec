//! What is wrong with a filing is told in one go, each with its field.

use super::*;
use crate::fixture::*;
use base::Date;

fn problems(result: Result<Checked, Fault>) -> Vec<(String, &'static str)> {
    match result {
        Err(Fault::Invalid(problems)) => {
            problems.into_iter().map(|problem| (problem.field.unwrap_or_default(), problem.code)).collect()
        }
        other => panic!("not invalid: {other:?}"),
    }
}

fn checked(version: &Version, places: Places, handed: &Handed) -> Result<Checked, Fault> {
    check(&tree(), version, places, (handed, &[]), november(2, 9, 0))
}

fn online(change: impl FnOnce(&mut Handed)) -> Vec<(String, &'static str)> {
    let mut handed = handed();
    change(&mut handed);
    problems(checked(&version(), places(Channel::Online), &handed))
}

fn one(field: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(field.to_owned(), code)]
}

#[test]
fn a_filing_in_order_carries_what_later_facts_need() {
    let found = checked(&version(), places(Channel::Online), &handed()).unwrap();
    let flags = flag::FULL_SERVICE | flag::FEE | flag::PAYABLE_ONLINE | flag::HAS_COMPONENTS | flag::HAS_RESULT;
    assert_eq!((found.filing.flags, found.filing.fee_dong), (flags, 8_000));
    assert_eq!(found.filing.applicant, found.applicant.digest());
    assert_eq!(found.applicant.summary, version().name);
    assert_eq!(found.applicant.answers, r#"{"name":"Nguyễn Văn Bé","sex":"Nam"}"#);
    assert_eq!(found.components.len(), 3);
}

#[test]
fn numbers_are_kept_in_one_shape_however_they_were_typed() {
    let mut handed = handed();
    handed.owner_number = " 094 190 000 017 ".into();
    handed.owner_phone = "+84 912 345 678".into();
    let found = checked(&version(), places(Channel::Online), &handed).unwrap();
    assert_eq!(found.applicant.owner_number, "094190000017");
    assert_eq!(found.applicant.owner_phone, "0912345678");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let found = online(|handed| *handed = Handed::default());
    let fields: Vec<&str> = found.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "owner_name",
            "owner_number",
            "owner_phone",
            "answer_name",
            "answer_sex",
            "component_to-khai",
            "component_giay-chung-sinh"
        ]
    );
}

#[test]
fn the_owner_has_a_name_a_number_and_online_a_phone() {
    assert_eq!(online(|h| h.owner_name = "  ".into()), one("owner_name", "dossier-owner-name-required"));
    assert_eq!(online(|h| h.owner_number.clear()), one("owner_number", "dossier-owner-number-required"));
    assert_eq!(online(|h| h.owner_phone.clear()), one("owner_phone", "dossier-phone-required"));
    for wrong in ["12345", "094190000017x", "999999999999", "0012345678"] {
        let found = online(|h| h.owner_number = wrong.into());
        assert_eq!(found.len(), 1, "{wrong}: {found:?}");
        assert_eq!(found[0].0, "owner_number", "{wrong}");
    }
    let found = online(|h| h.owner_phone = "0112345678".into());
    assert_eq!((found.len(), found[0].0.as_str()), (1, "owner_phone"));
    let mut at_counter = handed();
    at_counter.owner_phone.clear();
    assert!(checked(&version(), places(Channel::Counter), &at_counter).is_ok());
}

#[test]
fn a_company_gives_its_tax_code() {
    let mut company = handed();
    company.owner_number = "0100109106".into();
    assert!(checked(&version(), places(Channel::Counter), &company).is_ok());
}

#[test]
fn texts_have_a_longest_length() {
    let long = "Ệ".repeat(201);
    assert_eq!(online(|h| h.owner_name = long.clone()), one("owner_name", "base-text-long"));
    assert_eq!(online(|h| h.owner_address = long.clone()), one("owner_address", "base-text-long"));
    assert_eq!(online(|h| h.submitter_name = long.clone()), one("submitter_name", "base-text-long"));
    assert_eq!(online(|h| h.summary = "ệ".repeat(1_001)), one("summary", "base-text-long"));
    let mut just = handed();
    just.owner_name = "Ệ".repeat(200);
    just.summary = "ệ".repeat(1_000);
    assert!(checked(&version(), places(Channel::Online), &just).is_ok());
}

#[test]
fn every_answer_is_held_against_its_kind() {
    for (name, wrong, code) in [
        ("born", "31/02/2026", "dossier-answer-date"),
        ("born", "hôm qua", "dossier-answer-date"),
        ("weight", "ba ký", "dossier-answer-number"),
        ("weight", "NaN", "dossier-answer-number"),
        ("weight", "inf", "dossier-answer-number"),
        ("sex", "Khác", "dossier-answer-choice"),
        ("name", " ", "dossier-answer-required"),
        ("more", &"a".repeat(41), "base-text-long"),
    ] {
        let found = online(|h| {
            h.answers.insert(name.into(), wrong.into());
        });
        assert_eq!(found, one(&format!("answer_{name}"), code), "{wrong}");
    }
    for (name, wrong) in [("phone", "123"), ("number", "094190000017000")] {
        let found = online(|h| {
            h.answers.insert(name.into(), wrong.into());
        });
        assert_eq!((found.len(), found[0].0.as_str()), (1, format!("answer_{name}").as_str()), "{found:?}");
    }
    let mut right = handed();
    for (name, answer) in
        [("born", "2026-11-01"), ("weight", "3,2"), ("phone", "0912345678"), ("number", "094190000017")]
    {
        right.answers.insert(name.into(), answer.into());
    }
    assert!(checked(&version(), places(Channel::Online), &right).is_ok());
}

#[test]
fn at_the_counter_the_form_is_on_paper_but_what_is_typed_must_be_right() {
    let mut counter = handed();
    counter.answers.clear();
    assert!(checked(&version(), places(Channel::Counter), &counter).is_ok());
    counter.answers.insert("born".into(), "x".into());
    let found = problems(checked(&version(), places(Channel::Counter), &counter));
    assert_eq!(found, one("answer_born", "dossier-answer-date"));
}

#[test]
fn answers_the_form_does_not_ask_for_are_not_kept() {
    let mut handed = handed();
    handed.answers.insert("unasked".into(), "x".into());
    let found = checked(&version(), places(Channel::Online), &handed).unwrap();
    assert!(!found.applicant.answers.contains("unasked"));
}

#[test]
fn a_missing_paper_is_named() {
    let mut handed = handed();
    handed.components.remove("giay-chung-sinh");
    match checked(&version(), places(Channel::Online), &handed) {
        Err(Fault::Invalid(problems)) => {
            assert_eq!(problems[0].code, "dossier-component-missing");
            assert_eq!(problems[0].args, [("name".to_owned(), "Giấy giay-chung-sinh".to_owned())]);
            assert!(problems[0].rule.is_some());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn online_wants_files_and_only_reusable_papers_are_reused() {
    let with = |code: &'static str, state| {
        online(move |h| {
            h.components.insert(code.into(), Brought::from(state));
        })
    };
    assert_eq!(with("to-khai", ComponentState::Paper), one("component_to-khai", "dossier-component-needs-file"));
    assert_eq!(with("anh", ComponentState::Reused), one("component_anh", "dossier-component-not-reusable"));
    assert_eq!(with("la", ComponentState::File), one("component_la", "dossier-component-unknown"));
    let mut paper = handed();
    paper.components.insert("to-khai".into(), ComponentState::Paper.into());
    assert!(checked(&version(), places(Channel::Counter), &paper).is_ok());
}

#[test]
fn intake_competence_and_return_are_three_places() {
    let apart = Places { intake: FAR, competent: NEAR, return_to: FAR, ..places(Channel::Counter) };
    let found = checked(&version(), apart, &handed()).unwrap().filing;
    assert_eq!((found.intake, found.competent, found.return_to, found.level), (FAR, NEAR, FAR, Level::Commune));
}

#[test]
fn only_a_standing_agency_of_the_right_level_is_competent() {
    let at = |places| problems(checked(&version(), places, &handed()));
    let counter = places(Channel::Counter);
    assert_eq!(at(Places { competent: JUSTICE, ..counter }), one("competent", "dossier-agency-not-competent"));
    for nowhere in [GONE, Id(999)] {
        assert_eq!(at(Places { competent: nowhere, ..counter }), one("competent", "dossier-agency-unknown"));
        assert_eq!(at(Places { intake: nowhere, ..counter }), one("intake", "dossier-agency-unknown"));
        assert_eq!(at(Places { return_to: nowhere, ..counter }), one("return_to", "dossier-agency-unknown"));
    }
    // A division or a desk is part of an agency, not one that answers for a dossier.
    for part in [NEAR_DIVISION, NEAR_DESK] {
        assert_eq!(at(Places { competent: part, ..counter }), one("competent", "dossier-agency-not-competent"));
    }
}

#[test]
fn what_ministries_settle_is_not_received_here() {
    for route in [catalogue::Route::Ministry, catalogue::Route::National] {
        let version = Version { route, ..version() };
        let refused = checked(&version, places(Channel::Counter), &handed());
        assert_eq!(code(refused), "dossier-route-not-here");
    }
}

#[test]
fn a_procedure_is_open_from_its_day_to_its_end_and_with_a_process() {
    let closed = |version: Version| code(checked(&version, places(Channel::Counter), &handed()));
    let later = Version { effective_from: Date::constant(2026, 11, 3), ..version() };
    assert_eq!(closed(later), "dossier-procedure-not-open");
    let ended = Version { effective_to: Some(Date::constant(2026, 11, 2)), ..version() };
    assert_eq!(closed(ended), "dossier-procedure-not-open");
    assert_eq!(closed(Version { process: Vec::new(), ..version() }), "dossier-procedure-not-open");
}

#[test]
fn what_is_not_offered_online_is_not_filed_online() {
    let mut only_counter = version();
    only_counter.channels.retain(|terms| terms.channel == Channel::Counter);
    let info = Version { service_level: catalogue::ServiceLevel::InfoOnly, ..version() };
    for version in [only_counter, info] {
        assert_eq!(code(checked(&version, places(Channel::Online), &handed())), "dossier-not-online");
        assert!(checked(&version, places(Channel::Counter), &handed()).is_ok());
    }
}

/// The lasting document of the tests' version, and one handed in ten months ago.
fn card() -> (Version, Earlier) {
    let mut version = version();
    version.components[0] = catalogue::Component { lasting_months: 12, ..version.components[0].clone() };
    let card = Earlier {
        source: crate::papers::Source { dossier: Id(6_000), n: 1 },
        dossier: "H13.31-260102-0001".to_owned(),
        component: "to-khai".to_owned(),
        name: "Căn cước".to_owned(),
        files: vec![Id(71), Id(72)],
        owner_number: handed().owner_number,
        brought_for_another: false,
        lasting: true,
        granted: true,
        handed_on: Date::constant(2026, 1, 2),
    };
    (version, card)
}

#[test]
fn a_reused_paper_names_the_earlier_one_and_brings_its_files() {
    let (version, card) = card();
    let mut handed = handed();
    handed.components.insert("to-khai".into(), Brought::reused(&card.dossier));
    let earlier = [card.clone()];
    let found = check(&tree(), &version, places(Channel::Online), (&handed, &earlier), november(2, 9, 0)).unwrap();
    assert_eq!(found.filing.papers[0].source, Some(card.source));
    assert_eq!(found.components[0].files, card.files);
    assert_eq!(found.filing.flags & flag::REUSED, flag::REUSED);
    assert!(found.filing.papers[1].source.is_none());
}

#[test]
fn a_reused_paper_that_cannot_be_named_is_not_reused() {
    let (version, card) = card();
    let refused = |brought: Brought, change: &dyn Fn(&mut Handed), earlier: &[Earlier]| {
        let mut handed = handed();
        handed.components.insert("to-khai".into(), brought);
        change(&mut handed);
        let now = november(2, 9, 0);
        problems(check(&tree(), &version, places(Channel::Counter), (&handed, earlier), now))
    };
    let (same, earlier) = (|_: &mut Handed| (), [card.clone()]);
    let at = |code| one("component_to-khai", code);
    let none = ComponentState::Reused.into();
    assert_eq!(refused(none, &same, &earlier), at("dossier-reuse-source-required"));
    assert_eq!(refused(Brought::reused(&card.dossier), &same, &[]), at("dossier-reuse-unknown"));
    assert_eq!(refused(Brought::reused("H13.31-260102-0002"), &same, &earlier), at("dossier-reuse-unknown"));
    let other = |handed: &mut Handed| handed.owner_number = "094190000025".into();
    assert_eq!(refused(Brought::reused(&card.dossier), &other, &earlier), at("dossier-reuse-unknown"));
    let brought = |handed: &mut Handed| handed.submitter_name = "Trần Thị Lan".into();
    assert_eq!(refused(Brought::reused(&card.dossier), &brought, &earlier), at("dossier-reuse-by-owner-only"));
    let old = [Earlier { handed_on: Date::constant(2025, 11, 1), ..card.clone() }];
    assert_eq!(refused(Brought::reused(&card.dossier), &same, &old), at("dossier-reuse-expired"));
}

#[test]
fn a_paper_has_ten_files_at_most_and_a_dossier_two_hundred() {
    let files =
        |n: i64| Brought { state: ComponentState::File, files: (1..=n).map(Id).collect(), ..Brought::default() };
    let with = |n| {
        online(move |h| {
            h.components.insert("to-khai".into(), files(n));
        })
    };
    assert_eq!(with(11), one("component_to-khai", "dossier-component-too-many-files"));
    let mut handed = handed();
    handed.components.insert("to-khai".into(), files(10));
    let found = checked(&version(), places(Channel::Online), &handed).unwrap();
    assert_eq!(found.components[0].files.len(), 10);
}

#[test]
fn what_is_sent_by_post_needs_somewhere_to_go() {
    let mut version = version();
    for field in version.form.groups.iter_mut().flat_map(|group| &mut group.fields).filter(|field| field.name == "sex")
    {
        field.needs_address = vec!["Nữ".to_owned()];
    }
    let refused = |channel, sex: &str, address: &str| {
        let mut handed = Handed { owner_address: address.to_owned(), ..handed() };
        handed.answers.insert("sex".into(), sex.to_owned());
        checked(&version, places(channel), &handed).map_or_else(|fault| problems(Err(fault)), |_| Vec::new())
    };
    let missing = one("owner_address", "dossier-address-required");
    assert_eq!(refused(Channel::Post, "Nam", " "), missing);
    assert_eq!(refused(Channel::Online, "Nữ", ""), missing);
    assert_eq!(refused(Channel::Counter, "Nữ", ""), missing);
    assert_eq!(refused(Channel::Online, "Nam", ""), []);
    assert_eq!(refused(Channel::Post, "Nữ", "Ấp 2, xã Mỹ Tú"), []);
}
