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
