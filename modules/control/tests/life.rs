//! The life of an announcement decision on both engines: who may what, what it does to the catalogue, what is counted, what the proof sees.

#![allow(clippy::unwrap_used)]

mod common;

use base::Date;
use catalogue::Sort;
use common::{NOW, Province, person, provinces};
use control::State;
use records::Subject;
use std::collections::BTreeMap;

const DAY: Date = Date::constant(2026, 12, 1);

fn head(sort: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("title", "Công bố thủ tục hành chính lĩnh vực hộ tịch"),
        ("sort", sort),
        ("authority", "Chủ tịch UBND tỉnh"),
        ("law", "Nghị định 120/2026/NĐ-CP"),
        ("law_from", "2026-12-10"),
        ("effective_from", "2026-12-01"),
    ]
}

const ISSUING: &[(&str, &str)] = &[("number", "77/QĐ-UBND"), ("signed_on", "2026-11-25")];

/// A decision that changes one procedure, ends another and makes a third, ready to be issued.
async fn submitted(province: &Province) -> String {
    let keeper = province.keeper(1);
    let code = province.prepare(&keeper, &head("public")).await.unwrap().code;
    let act = async |word, fields: &[(&str, &str)]| province.act(&keeper, &code, word, fields).await;
    let unknown = act("add", &[("does", "change"), ("codes", "1.001193, 9.999999")]).await;
    assert_eq!(unknown.unwrap_err(), ["control-code-unknown"]);
    act("add", &[("does", "change"), ("codes", "1.001193")]).await.unwrap();
    act("add", &[("does", "end"), ("codes", "2.000815")]).await.unwrap();
    let twice = act("add", &[("does", "end"), ("codes", "1.001193")]).await;
    assert_eq!(twice.unwrap_err(), ["control-code-twice"]);
    // Nothing is handed on before each line says what it does.
    assert_eq!(act("submit", &[]).await.unwrap_err(), ["control-line-unwritten"]);
    let shelf = province.shelf().await;
    let stands = shelf.by_code("1.001193", DAY).unwrap();
    let same = catalogue::to_toml(&stands).unwrap();
    let unchanged = act("write", &[("line", "1"), ("version", &same)]).await;
    assert_eq!(unchanged.unwrap_err(), ["control-line-unchanged"]);
    let mut changed = catalogue::Version::clone(&stands);
    changed.legal_bases.push("Nghị định 120/2026/NĐ-CP".to_owned());
    let written = catalogue::to_toml(&changed).unwrap();
    act("write", &[("line", "1"), ("version", &written)]).await.unwrap();
    let other = catalogue::to_toml(&catalogue::Version { code: "1.001194".to_owned(), ..changed.clone() }).unwrap();
    assert_eq!(act("write", &[("line", "1"), ("version", &other)]).await.unwrap_err(), ["catalogue-code-fixed"]);
    let new = catalogue::Version { code: "1.800001".to_owned(), applicants: Vec::new(), ..changed };
    let internal = catalogue::Version { sort: Sort::Internal, ..new.clone() };
    let internal = catalogue::to_toml(&internal).unwrap();
    assert_eq!(act("add-new", &[("version", &internal)]).await.unwrap_err(), ["control-sort-other"]);
    act("add-new", &[("version", &catalogue::to_toml(&new).unwrap())]).await.unwrap();
    let held = act("submit", &[]).await.unwrap();
    // Five working days before 10/12 are counted back: 3, 4, 7, 8, 9.
    assert_eq!(held.state.dues()[0].at.date(), Date::constant(2026, 12, 3));
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_makes_changes_and_ends_versions_in_one_act_and_is_counted_and_proven() {
    for province in provinces().await {
        let code = submitted(&province).await;
        let (keeper, chairman) = (province.keeper(1), province.chairman());
        let before = province.shelf().await;
        assert!(before.by_code("2.000815", DAY).is_some() && before.by_code("1.800001", DAY).is_none());
        assert_eq!(province.act(&keeper, &code, "issue", ISSUING).await.unwrap_err(), ["control-issue-own"]);
        let later = province.act(&chairman, &code, "issue", &[("number", "7"), ("signed_on", "2026-11-26")]).await;
        assert_eq!(later.unwrap_err(), ["control-signed-later"]);
        let held = province.act(&chairman, &code, "issue", ISSUING).await.unwrap();
        assert_eq!((held.state.state, held.state.announced_on_time()), (State::Issued, Some(true)));
        // Five working days after Wednesday 25/11.
        assert_eq!(held.state.post_by, Some(Date::constant(2026, 12, 2)));
        let shelf = province.shelf().await;
        assert!(shelf.by_code("2.000815", DAY).is_none() && shelf.by_code("2.000815", NOW.date()).is_some());
        let (changed, new) = (shelf.by_code("1.001193", DAY).unwrap(), shelf.by_code("1.800001", DAY).unwrap());
        assert_eq!((changed.act, new.act), (Some(held.id), Some(held.id)));
        assert_eq!((changed.decision.as_str(), shelf.versions_of("1.001193").len()), ("77/QĐ-UBND", 2));
        assert_eq!(held.state.lines[2].missing, ["applicants"]);
        assert_eq!(held.state.links().len(), 3);

        // The Office notes the entry and posts.
        let day = |day| [("entered_on", day)];
        assert_eq!(province.act(&chairman, &code, "post", &[]).await.unwrap_err(), ["records-not-yours"]);
        let early = province.act(&keeper, &code, "enter", &day("2026-11-24")).await;
        assert_eq!(early.unwrap_err(), ["control-entered-day"]);
        province.act(&keeper, &code, "enter", &day("2026-11-25")).await.unwrap();
        let held = province.act(&keeper, &code, "post", &[]).await.unwrap();
        assert_eq!((held.state.posted_on_time(), held.state.dues().len()), (Some(true), 0));
        let counted = province.proven().await;
        assert_eq!(counted["procedure_announced"], 3);
        assert_eq!(counted["procedure_posted"], 3);
        // Timely all three; with all parts the changed one alone.
        let full = province.flagged("procedure_posted", control::announcement::flag::FULL_PARTS).await;
        let timely = province.flagged("procedure_announced", control::announcement::flag::ON_TIME).await;
        assert_eq!((full, timely), (1, 3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refused_line_leaves_the_whole_catalogue_as_it_was_and_is_named_with_its_rule() {
    for province in provinces().await {
        let code = submitted(&province).await;
        // Meanwhile somebody announces a later version of the first by itself.
        let shelf = province.shelf().await;
        let stands = shelf.by_code("1.001193", DAY).unwrap();
        let version =
            catalogue::to_toml(&catalogue::Version { name: "Khai sinh".into(), ..(*stands).clone() }).unwrap();
        let fields =
            [("decision", "5/QĐ"), ("effective_from", "2026-12-05"), ("process", "written"), ("version", &version)];
        province.announce(&province.keeper(1), "1.001193", &fields).await;
        let before = province.versions().await;
        let refused = province.act(&province.chairman(), &code, "issue", ISSUING).await.unwrap_err();
        assert_eq!(refused, ["control-line-refused", "catalogue-later-version"]);
        let fields = province.refused_at(&province.chairman(), &code, ISSUING).await;
        assert_eq!(fields, ["line-1", "line-1"]);
        assert_eq!(province.versions().await, before);
        assert_eq!(province.proven().await, BTreeMap::new());
        // Without that line it goes through.
        let keeper = province.keeper(1);
        province.act(&province.chairman(), &code, "give-back", &[("reason", "Bỏ dòng 1")]).await.unwrap();
        province.act(&keeper, &code, "drop-line", &[("line", "1")]).await.unwrap();
        province.act(&keeper, &code, "submit", &[]).await.unwrap();
        let held = province.act(&province.chairman(), &code, "issue", ISSUING).await.unwrap();
        assert_eq!(held.state.lines.iter().map(|line| line.n).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(province.proven().await["procedure_announced"], 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_prepares_reads_and_issues() {
    for province in provinces().await {
        let (commune, department) = (province.commune(0), province.department(0));
        let ward = person(10, base::Role::Officer, commune);
        assert_eq!(province.prepare(&ward, &head("public")).await.unwrap_err(), ["control-unit-province"]);
        let officer = person(11, base::Role::Officer, department);
        let code = province.prepare(&officer, &head("public")).await.unwrap().code;
        assert_eq!(code, "CB26-000001");
        let other = person(12, base::Role::Officer, province.department(1));
        assert!(province.sees(&officer, &code).await && province.sees(&province.keeper(1), &code).await);
        assert!(!province.sees(&other, &code).await && !province.sees(&ward, &code).await);
        // A department's head does not issue: it is the province's decision.
        let head = person(13, base::Role::Leader, department);
        province.act(&officer, &code, "add", &[("does", "end"), ("codes", "2.000815")]).await.unwrap();
        province.act(&officer, &code, "submit", &[]).await.unwrap();
        assert_eq!(province.act(&head, &code, "issue", ISSUING).await.unwrap_err(), ["records-not-yours"]);
        province.act(&province.keeper(1), &code, "issue", ISSUING).await.unwrap();
        assert!(province.sees(&other, &code).await && province.sees(&ward, &code).await);
        // The number is taken in its year.
        let code = province.prepare(&officer, &self::head("public")).await.unwrap().code;
        assert_eq!(province.act(&officer, &code, "submit", &[]).await.unwrap_err(), ["control-no-lines"]);
        province.act(&officer, &code, "add", &[("does", "end"), ("codes", "1.001193")]).await.unwrap();
        province.act(&officer, &code, "submit", &[]).await.unwrap();
        let taken = province.act(&province.keeper(1), &code, "issue", ISSUING).await;
        assert_eq!(taken.unwrap_err(), ["control-number-taken"]);
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_delegated_is_settled_by_the_communes_from_its_day_and_counted_there() {
    for province in provinces().await {
        let keeper = province.keeper(1);
        let shelf = province.shelf().await;
        let provincial = shelf.all(DAY).into_iter().find(|version| control::line::is_provincial(version)).unwrap();
        let code = province.prepare(&keeper, &head("public")).await.unwrap().code;
        let of = |codes: &'static str| [("does", "delegate"), ("codes", codes)];
        let communal = province.act(&keeper, &code, "add", &of("1.001193")).await;
        assert_eq!(communal.unwrap_err(), ["control-code-not-provincial"]);
        let fields = [("does", "delegate"), ("codes", provincial.code.as_str())];
        province.act(&keeper, &code, "add", &fields).await.unwrap();
        let written = province.act(&keeper, &code, "write", &[("line", "1"), ("version", "name = 'x'")]).await;
        assert_eq!(written.unwrap_err(), ["control-line-ends"]);
        province.act(&keeper, &code, "submit", &[]).await.unwrap();
        province.act(&province.chairman(), &code, "issue", ISSUING).await.unwrap();
        let shelf = province.shelf().await;
        // Until the day, and for dossiers received before, everything is as it was.
        let (before, after) =
            (shelf.by_code(&provincial.code, NOW.date()).unwrap(), shelf.by_code(&provincial.code, DAY).unwrap());
        assert_eq!((before.counted_level(), before.id), (Some(base::Level::Province), provincial.id));
        assert_eq!((after.counted_level(), after.department.as_deref()), (Some(base::Level::Commune), None));
        assert_eq!(after.channels, before.channels);
        assert_eq!(province.flagged("procedure_announced", control::announcement::flag::DELEGATED).await, 1);
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_procedures_are_given_a_new_legal_basis_by_one_paste_and_each_may_still_be_written() {
    for province in provinces().await {
        let keeper = province.keeper(1);
        let all = province.shelf().await.all(DAY);
        let codes: Vec<&str> = all.iter().take(40).map(|version| version.code.as_str()).collect();
        let code = province.prepare(&keeper, &head("public")).await.unwrap().code;
        let fields = [("does", "change"), ("basis", "1"), ("codes", &codes.join("\n"))];
        province.act(&keeper, &code, "add", &fields).await.unwrap();
        // One of them changes more than that.
        let mut version = catalogue::Version::clone(&all[3]);
        version.conditions = "Không".to_owned();
        let written = catalogue::to_toml(&version).unwrap();
        province.act(&keeper, &code, "write", &[("line", "4"), ("version", &written)]).await.unwrap();
        province.act(&keeper, &code, "submit", &[]).await.unwrap();
        province.act(&province.chairman(), &code, "issue", ISSUING).await.unwrap();
        let shelf = province.shelf().await;
        for (n, before) in all.iter().take(40).enumerate() {
            let after = shelf.by_code(&before.code, DAY).unwrap();
            let based = after.legal_bases.last().is_some_and(|law| law == "Nghị định 120/2026/NĐ-CP");
            assert_eq!((based, after.conditions == "Không"), (n != 3, n == 3), "{}", before.code);
            assert_eq!(after.process, before.process);
        }
        assert_eq!(province.proven().await["procedure_announced"], 40);
        let again = province.prepare(&keeper, &[head("public"), vec![("effective_from", "2026-12-02")]].concat()).await;
        let fields = [("does", "change"), ("basis", "1"), ("codes", codes[0])];
        let known = province.act(&keeper, &again.unwrap().code, "add", &fields).await;
        assert_eq!(known.unwrap_err(), ["control-basis-known"]);
    }
}

/// A version of a procedure as it stands, with another name.
fn renamed(stands: &catalogue::Version, name: &str) -> String {
    catalogue::to_toml(&catalogue::Version { name: name.to_owned(), ..stands.clone() }).unwrap()
}

/// A line that changes 1.001193 is written and submitted by one keeper; then another version is announced from the day before.
async fn overtaken(province: &Province) -> String {
    let keeper = province.keeper(1);
    let stands = province.shelf().await.by_code("1.001193", DAY).unwrap();
    let code = province.prepare(&keeper, &head("public")).await.unwrap().code;
    let all = [("does", "change"), ("codes", "1.001193")];
    province.act(&keeper, &code, "add", &all).await.unwrap();
    let written = renamed(&stands, "Khai sinh một");
    province.act(&keeper, &code, "write", &[("line", "1"), ("version", &written)]).await.unwrap();
    let between = renamed(&stands, "Khai sinh hai");
    let fields =
        [("decision", "5/QĐ"), ("effective_from", "2026-11-26"), ("process", "written"), ("version", between.as_str())];
    province.announce(&province.keeper(9), "1.001193", &fields).await;
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_written_from_a_version_that_stands_no_more_is_refused_and_what_came_between_is_kept() {
    for province in provinces().await {
        let (keeper, chairman) = (province.keeper(1), province.chairman());
        let code = overtaken(&province).await;
        // Written once more from the old text it would be lost all the same.
        let stale = renamed(&province.shelf().await.by_code("1.001193", NOW.date()).unwrap(), "Khai sinh ba");
        let again = province.act(&keeper, &code, "write", &[("line", "1"), ("version", &stale)]).await;
        assert_eq!(again.unwrap_err(), ["catalogue-base-other"]);
        province.act(&keeper, &code, "submit", &[]).await.unwrap();
        let before = province.versions().await;
        let refused = province.act(&chairman, &code, "issue", ISSUING).await.unwrap_err();
        assert_eq!(refused, ["control-line-refused", "catalogue-base-other"]);
        assert_eq!(province.versions().await, before);
        // Added anew it is written from what stands.
        province.act(&chairman, &code, "give-back", &[("reason", "Soạn lại")]).await.unwrap();
        province.act(&keeper, &code, "drop-line", &[("line", "1")]).await.unwrap();
        province.act(&keeper, &code, "add", &[("does", "change"), ("codes", "1.001193")]).await.unwrap();
        let stands = province.shelf().await.by_code("1.001193", DAY).unwrap();
        assert_eq!(stands.name, "Khai sinh hai");
        let fresh = renamed(&stands, "Khai sinh bốn");
        province.act(&keeper, &code, "write", &[("line", "2"), ("version", &fresh)]).await.unwrap();
        province.act(&keeper, &code, "submit", &[]).await.unwrap();
        province.act(&chairman, &code, "issue", ISSUING).await.unwrap();
        assert_eq!(province.shelf().await.by_code("1.001193", DAY).unwrap().name, "Khai sinh bốn");
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_legal_basis_is_added_to_the_version_that_stands_when_it_is_issued_whatever_the_shelf_says() {
    for province in provinces().await {
        let (keeper, chairman) = (province.keeper(1), province.chairman());
        let code = province.prepare(&keeper, &head("public")).await.unwrap().code;
        let all = [("does", "change"), ("basis", "1"), ("codes", "1.001193")];
        province.act(&keeper, &code, "add", &all).await.unwrap();
        province.act(&keeper, &code, "submit", &[]).await.unwrap();
        let old = province.rooms().await;
        let stands = old.shelf.by_code("1.001193", DAY).unwrap();
        let between = renamed(&stands, "Khai sinh hai");
        let fields = [
            ("decision", "5/QĐ"),
            ("effective_from", "2026-11-26"),
            ("process", "written"),
            ("version", between.as_str()),
        ];
        province.announce(&province.keeper(9), "1.001193", &fields).await;
        // Somebody's request still has the shelf of before.
        let typed = common::typed(ISSUING);
        let issued = province.db.write(move |tx| {
            Box::pin(async move {
                let asker = records::Asker::actor(&chairman, NOW);
                control::issue(tx, &old, &asker, &code, &typed).await.map(|_| ())
            })
        });
        issued.await.unwrap();
        let after = province.shelf().await.by_code("1.001193", DAY).unwrap();
        assert_eq!(after.name, "Khai sinh hai");
        assert_eq!(after.legal_bases.last().map(String::as_str), Some("Nghị định 120/2026/NĐ-CP"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_had_a_hand_in_a_decision_does_not_issue_it() {
    for province in provinces().await {
        let (first, second) = (province.keeper(1), province.keeper(9));
        let code = province.prepare(&first, &head("public")).await.unwrap().code;
        // The first only opened it; the second wrote all of it, the third handed it on.
        province.act(&second, &code, "add", &[("does", "end"), ("codes", "2.000815")]).await.unwrap();
        let third = province.keeper(10);
        let held = province.act(&third, &code, "submit", &[]).await.unwrap();
        assert_eq!(held.state.writers, [base::Id(1), base::Id(9), base::Id(10)]);
        for own in [&first, &second, &third] {
            assert_eq!(province.act(own, &code, "issue", ISSUING).await.unwrap_err(), ["control-issue-own"]);
        }
        // Not even once it was given back and handed on by somebody else.
        province.act(&province.chairman(), &code, "give-back", &[("reason", "Xem lại")]).await.unwrap();
        province.act(&first, &code, "submit", &[]).await.unwrap();
        assert_eq!(province.act(&second, &code, "issue", ISSUING).await.unwrap_err(), ["control-issue-own"]);
        let (chairman, early) = (province.chairman(), [("number", "7"), ("signed_on", "2026-11-24")]);
        let early = province.act(&chairman, &code, "issue", &early).await;
        assert_eq!(early.unwrap_err(), ["control-signed-before"]);
        province.act(&chairman, &code, "issue", ISSUING).await.unwrap();
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_in_force_twice_whatever_end_was_written_and_whatever_day_the_decision_is_moved_to() {
    for province in provinces().await {
        let keeper = province.keeper(1);
        let stands = province.shelf().await.by_code("2.000815", DAY).unwrap();
        let (ender, ends) = (keeper.clone(), common::typed(&[("decision", "6/QĐ"), ("effective_from", "2026-12-20")]));
        let ended = province
            .db
            .write(move |tx| Box::pin(async move { catalogue::abolish(tx, &ender, NOW, "2.000815", &ends).await }));
        ended.await.unwrap();
        let on = |day: &'static str| [head("public"), vec![("effective_from", day)]].concat();
        let code = province.prepare(&keeper, &on("2026-12-20")).await.unwrap().code;
        let new = renamed(&stands, "Chứng thực mới");
        province.act(&keeper, &code, "add-new", &[("version", &new)]).await.unwrap();
        // From the day the old one ends, and not from one before.
        let moved = province.act(&keeper, &code, "amend", &on("2026-12-10")).await;
        assert_eq!(moved.unwrap_err(), ["catalogue-new-known"]);
        let by = records::By { actor: None, agency: None, now: NOW };
        let decision =
            catalogue::Decision { number: "7/QĐ".to_owned(), from: Date::constant(2026, 12, 10), act: base::Id(1) };
        let act = catalogue::Act::New(Box::new(catalogue::from_toml(&new).unwrap()));
        let refused = province.db.write(move |tx| {
            Box::pin(async move {
                match catalogue::decide(tx, by, &decision, vec![act]).await {
                    Err(catalogue::Refused::Lines(wrong)) => {
                        Ok::<_, base::Fault>(wrong.into_iter().map(|(_, problem)| problem.code).collect::<Vec<_>>())
                    }
                    other => panic!("{other:?}"),
                }
            })
        });
        assert_eq!(refused.await.unwrap(), ["catalogue-still-in-force"]);
        province.act(&keeper, &code, "submit", &[]).await.unwrap();
        province.act(&province.chairman(), &code, "issue", ISSUING).await.unwrap();
        let shelf = province.shelf().await;
        for (day, name) in [(19, stands.name.as_str()), (20, "Chứng thực mới")] {
            let on = Date::constant(2026, 12, day);
            let in_force = shelf.versions_of("2.000815").iter().filter(|version| version.in_force(on));
            assert_eq!(in_force.map(|version| version.name.as_str()).collect::<Vec<_>>(), [name]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_the_partys_is_never_posted_and_no_other_body_than_the_states_prepares() {
    for province in provinces().await {
        let keeper = province.keeper(1);
        let party = province.house.tree.roots().find(|root| root.system() == base::System::Party).unwrap().clone();
        let secretary = person(20, base::Role::Officer, &party);
        assert_eq!(province.prepare(&secretary, &head("party")).await.unwrap_err(), ["control-unit-state"]);
        let stands = province.shelf().await.by_code("1.001193", DAY).unwrap();
        let new = catalogue::Version { code: "1.900002".to_owned(), sort: Sort::Party, ..(*stands).clone() };
        let code = province.prepare(&keeper, &head("party")).await.unwrap().code;
        let new = catalogue::to_toml(&new).unwrap();
        province.act(&keeper, &code, "add-new", &[("version", &new)]).await.unwrap();
        let held = province.act(&keeper, &code, "submit", &[]).await.unwrap();
        assert_eq!(held.state.announce_by, Some(Date::constant(2026, 12, 3)));
        // Given back, the last day is counted anew.
        let held = province.act(&province.chairman(), &code, "give-back", &[("reason", "Xem lại")]).await.unwrap();
        assert_eq!(held.state.announce_by, None);
        province.act(&keeper, &code, "submit", &[]).await.unwrap();
        let held = province.act(&province.chairman(), &code, "issue", ISSUING).await.unwrap();
        assert_eq!((held.state.post_by, held.state.dues().len()), (None, 0));
        let post = province.act(&keeper, &code, "post", &[]).await;
        assert_eq!(post.unwrap_err(), ["control-party-not-posted"]);
        let enter = province.act(&keeper, &code, "enter", &[("entered_on", "2026-11-25")]).await;
        assert_eq!(enter.unwrap_err(), ["control-party-not-posted"]);
        // Nor does a version more bring it before everybody.
        let stands = province.shelf().await.by_code("1.900002", DAY).unwrap();
        let out = catalogue::Version { sort: Sort::Public, ..(*stands).clone() };
        let (actor, out) = (keeper.clone(), catalogue::to_toml(&out).unwrap());
        let announced = province.db.write(move |tx| {
            Box::pin(async move {
                let fields = [
                    ("decision", "8/QĐ"),
                    ("effective_from", "2026-12-05"),
                    ("process", "written"),
                    ("version", out.as_str()),
                ];
                let typed = common::typed(&fields);
                catalogue::announce(tx, &actor, NOW, Some("1.900002"), &typed).await.map(|_| ())
            })
        });
        assert_eq!(common::refusal(announced.await.unwrap_err()), ["catalogue-sort-fixed"]);
        let internal = catalogue::Version { sort: Sort::Internal, ..(*stands).clone() };
        let by = records::By { actor: None, agency: None, now: NOW };
        let decision =
            catalogue::Decision { number: "9".to_owned(), from: Date::constant(2026, 12, 5), act: base::Id(1) };
        let acts = vec![catalogue::Act::Change { to: Box::new(internal), from: stands.id }];
        let decided = province.db.write(move |tx| {
            Box::pin(async move {
                match catalogue::decide(tx, by, &decision, acts).await {
                    Err(catalogue::Refused::Lines(wrong)) => Ok::<_, base::Fault>(wrong[0].1.code),
                    other => panic!("{other:?}"),
                }
            })
        });
        assert_eq!(decided.await.unwrap(), "catalogue-sort-fixed");
        province.proven().await;
    }
}

#[test]
fn every_word_of_its_pages_is_there_in_both_languages() {
    let others = [catalogue::LOCALES, lists::LOCALES, records::LOCALES, web::locales(), web::base_locales()];
    i18n::install(&[&[control::LOCALES][..], &others].concat());
    assert_eq!(i18n::check(&[control::LOCALES]), Vec::<String>::new());
    let mut wanted = records::frame::words_of::<control::Announcement>();
    wanted.extend(control::lists().into_iter().flat_map(|list| list.words));
    wanted.extend(control::KIND.dues.iter().map(|due| due.word.to_owned()));
    wanted.extend(catalogue::parts::Part::WORDS.map(|word| format!("catalogue-part-{word}")));
    wanted.extend(control::line::Does::WORDS.map(|word| format!("announcement-does-{word}")));
    let head = ["unit", "announce_by", "entered", "post_by", "posted", "lines"];
    wanted.extend(head.map(|name| format!("announcement-field-{name}")));
    let missing: Vec<String> = [base::Lang::Vi, base::Lang::En]
        .into_iter()
        .flat_map(|lang| {
            wanted.iter().filter(move |key| !i18n::has(lang, key)).map(move |key| format!("{key} {lang:?}"))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
