//! The life of a review on both engines, and the board over both.

#![allow(clippy::unwrap_used)]

mod common;

use base::{Date, Role};
use common::{NOW, Province, person, provinces, refusal, typed};
use control::board::{Ask, Board, Why};
use control::review::State;
use control::{Announcement, Review};
use records::frame::Pages;
use records::{Asker, Held, Listener};
use std::collections::{BTreeMap, HashSet};

async fn begun(province: &Province, actor: &base::Actor) -> Held<Review> {
    let (rooms, actor) = (province.rooms().await, actor.clone());
    let typed = typed(&[("title", "Rà soát đất đai"), ("basis", "KH 12/KH-UBND"), ("until", "2026-12-31")]);
    let made = province
        .db
        .write(move |tx| Box::pin(async move { control::review_verbs::begin(tx, &rooms, &actor, NOW, &typed).await }));
    made.await.unwrap()
}

async fn act(
    province: &Province,
    actor: &base::Actor,
    code: &str,
    word: &'static str,
    fields: &[(&str, &str)],
) -> Result<Held<Review>, Vec<&'static str>> {
    let (rooms, actor, code, typed) = (province.rooms().await, actor.clone(), code.to_owned(), typed(fields));
    let done = province.db.write(move |tx| {
        Box::pin(async move { Review::perform(tx, &rooms, &Asker::actor(&actor, NOW), (&code, word), &typed).await })
    });
    done.await.map_err(refusal)
}

const NAMES: [&str; 6] = ["minutes", "travel", "services", "fee", "times", "subjects"];

/// Fields of an assessment: each input before and after, and kinds.
fn found(item: &str, before: [i64; 6], after: [i64; 6], kinds: &[&'static str]) -> Vec<(String, String)> {
    let of = |when: &str, all: [i64; 6]| -> Vec<(String, String)> {
        NAMES.iter().zip(all).map(|(name, n)| (format!("{name}_{when}"), n.to_string())).collect()
    };
    let mut fields = of("before", before);
    fields.extend(of("after", after));
    fields.extend(kinds.iter().map(|kind| ((*kind).to_owned(), "1".to_owned())));
    fields.push(("item".to_owned(), item.to_owned()));
    fields
}

async fn assess(
    province: &Province,
    actor: &base::Actor,
    code: &str,
    fields: Vec<(String, String)>,
) -> Result<Held<Review>, Vec<&'static str>> {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    act(province, actor, code, "assess", &fields).await
}

/// Nothing is wrong; what is counted, by measure.
async fn proven(province: &Province) -> BTreeMap<String, i64> {
    let counted = province.db.read(|tx| {
        Box::pin(async move {
            let (mut wrong, mut facts) = (Vec::new(), BTreeMap::<String, i64>::new());
            let mut listener = Listener {
                fact: &mut |fact| *facts.entry(fact.measure.name.to_owned()).or_default() += fact.qty,
                wrong: &mut |row| wrong.push(row),
            };
            records::prove(tx, &[control::KIND, control::REVIEWS, catalogue::KIND], None, &mut listener).await?;
            Ok::<_, store::StoreError>((wrong, facts))
        })
    });
    let (wrong, facts) = counted.await.unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
    facts
}

const BEFORE: [i64; 6] = [120, 50_000, 20_000, 10_000, 2, 500];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_assessed_is_computed_by_the_formula_and_counted_once_it_is_approved() {
    for province in provinces().await {
        let officer = person(5, Role::Officer, province.department(0));
        let code = begun(&province, &officer).await.code;
        assert_eq!(act(&province, &officer, &code, "submit", &[]).await.unwrap_err(), ["control-review-empty"]);
        let unknown = act(&province, &officer, &code, "add", &[("codes", "1.001193 9.999999")]).await;
        assert_eq!(unknown.unwrap_err(), ["control-review-unknown"]);
        act(&province, &officer, &code, "add", &[("codes", "1.001193, 2.000815 1.000894")]).await.unwrap();
        let twice = act(&province, &officer, &code, "add", &[("codes", "1.001193")]).await;
        assert_eq!(twice.unwrap_err(), ["control-review-twice"]);
        let unassessed = act(&province, &officer, &code, "submit", &[]).await.unwrap_err();
        assert_eq!(unassessed, ["control-review-unassessed"; 3]);

        let cheaper = [60, 50_000, 0, 10_000, 2, 500];
        let silent = assess(&province, &officer, &code, found("1", BEFORE, cheaper, &[])).await;
        assert_eq!(silent.unwrap_err(), ["control-review-kind"]);
        let dearer = assess(&province, &officer, &code, found("1", cheaper, BEFORE, &["time"])).await;
        assert_eq!(dearer.unwrap_err(), ["control-review-dearer"]);
        let held = assess(&province, &officer, &code, found("1", BEFORE, cheaper, &["time", "papers"])).await.unwrap();
        // An hour counts for 30.681 đ: (61.362 + 80.000) × 1.000, and (30.681 + 60.000) × 1.000.
        let one = held.state.item(1).unwrap().found.clone().unwrap();
        assert_eq!((one.before_dong, one.after_dong), (141_362_000, 90_681_000));
        assess(&province, &officer, &code, found("2", BEFORE, BEFORE, &[])).await.unwrap();
        // What is given up costs nothing afterwards, whatever was typed.
        let held = assess(&province, &officer, &code, found("3", BEFORE, cheaper, &["abolished"])).await.unwrap();
        assert_eq!(held.state.sums(), (424_086_000, 50_681_000 + 141_362_000));
        act(&province, &officer, &code, "submit", &[]).await.unwrap();
        let approving = [("decision", "88/QĐ-UBND"), ("approved_on", "2026-11-25")];
        let own = person(5, Role::CatalogueKeeper, province.root());
        assert_eq!(act(&province, &own, &code, "approve", &approving).await.unwrap_err(), ["control-review-own"]);
        let head = person(6, Role::Leader, province.department(0));
        assert_eq!(act(&province, &head, &code, "approve", &approving).await.unwrap_err(), ["records-not-yours"]);
        assert_eq!(proven(&province).await.get("procedure_reviewed"), None);
        let held = act(&province, &province.chairman(), &code, "approve", &approving).await.unwrap();
        assert_eq!(held.state.state, State::Approved);
        let counted = proven(&province).await;
        assert_eq!(counted["procedure_reviewed"], 3);
        assert_eq!((counted["compliance_cost"], counted["compliance_saved"]), (424_086_000, 192_043_000));
        let simplified = province.flagged("procedure_reviewed", control::review::flag::SIMPLIFIED).await;
        assert_eq!(simplified, 2);
        // The third kind is the abolition.
        assert_eq!(province.flagged("procedure_reviewed", control::review::flag::of_kind(2)).await, 1);
    }
}

async fn board(province: &Province, announcements: Vec<Held<Announcement>>, reviews: Vec<Held<Review>>) -> Board {
    let (signed, on_the_way) = announcements.into_iter().partition(|held| held.state.signed_on.is_some());
    let signed: Vec<Held<Announcement>> = signed;
    let posted: HashSet<base::Id> =
        signed.iter().filter(|held| held.state.posted_at.is_some()).map(|held| held.id).collect();
    Board {
        shelf: province.shelf().await,
        calendar: province.house.calendar.clone(),
        today: Date::constant(2026, 12, 10),
        signed,
        on_the_way,
        posted,
        reviews,
        from: Date::constant(2026, 1, 1),
    }
}

fn codes(board: &Board, ask: Ask) -> Vec<String> {
    board.rows(ask).into_iter().map(|row| row.code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_counts_what_is_late_by_working_days_and_names_the_decision() {
    let province = provinces().await.remove(0);
    let (keeper, chairman) = (province.keeper(1), province.chairman());
    let head = |law_from: &'static str| {
        [
            ("title", "Công bố"),
            ("sort", "public"),
            ("authority", "Chủ tịch"),
            ("law", "NĐ 1"),
            ("law_from", law_from),
            ("effective_from", "2026-11-25"),
        ]
    };
    // Announced four working days before the text takes effect: one too few.
    let late = province.prepare(&keeper, &head("2026-12-01")).await.unwrap().code;
    province.act(&keeper, &late, "add", &[("does", "end"), ("codes", "2.000815")]).await.unwrap();
    province.act(&keeper, &late, "submit", &[]).await.unwrap();
    let issuing = [("number", "1/QĐ"), ("signed_on", "2026-11-25")];
    province.act(&chairman, &late, "issue", &issuing).await.unwrap();
    let late = province.act(&keeper, &late, "post", &[]).await.unwrap();
    assert_eq!(late.state.announced_on_time(), Some(false));
    // A draft that is past its last day.
    let draft = province.prepare(&keeper, &head("2026-12-14")).await.unwrap();
    let draft = province.act(&keeper, &draft.code, "add", &[("does", "end"), ("codes", "1.001193")]).await.unwrap();
    let board = board(&province, vec![late, draft], Vec::new()).await;
    assert_eq!(codes(&board, Ask::Announced), ["2.000815"]);
    let rows = board.rows(Ask::AnnouncedLate);
    // Monday 23/11 was the last day; the 24th is a holiday.
    assert!(matches!(&rows[0].why, Why::Decision { number, late_days: 1, .. } if number == "1/QĐ"), "{rows:?}");
    assert_eq!(codes(&board, Ask::Waiting), ["1.001193"]);
    assert_eq!(codes(&board, Ask::WaitingLate), ["1.001193"]);
    assert_eq!(codes(&board, Ask::Unposted), Vec::<String>::new());
    assert_eq!(board.delays(), [(0, 0), (1, 0)]);
    let (all, received) = (codes(&board, Ask::InForce).len(), codes(&board, Ask::OneStop).len());
    assert_eq!(all, received + codes(&board, Ask::NotOneStop).len());
    let units = board.one_stop();
    assert_eq!(units.values().map(|(all, _)| *all).sum::<i64>() as usize, all);
    assert_eq!(codes(&board, Ask::Unjudged).len(), all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_procedure_is_in_one_open_review_and_whoever_assessed_it_does_not_approve() {
    for province in provinces().await {
        let (first, second) = (province.keeper(1), province.keeper(9));
        let code = begun(&province, &first).await.code;
        act(&province, &second, &code, "add", &[("codes", "1.001193")]).await.unwrap();
        let other = begun(&province, &first).await.code;
        let taken = act(&province, &first, &other, "add", &[("codes", "2.000815 1.001193")]).await;
        assert_eq!(taken.unwrap_err(), ["control-review-elsewhere"]);
        let cheaper = [60, 50_000, 0, 10_000, 2, 500];
        assess(&province, &second, &code, found("1", BEFORE, cheaper, &["time"])).await.unwrap();
        act(&province, &first, &code, "submit", &[]).await.unwrap();
        let approving = [("decision", "88/QĐ-UBND"), ("approved_on", "2026-11-25")];
        for own in [&first, &second] {
            assert_eq!(act(&province, own, &code, "approve", &approving).await.unwrap_err(), ["control-review-own"]);
        }
        let early = [("decision", "88/QĐ-UBND"), ("approved_on", "2026-11-24")];
        let early = act(&province, &province.chairman(), &code, "approve", &early).await;
        assert_eq!(early.unwrap_err(), ["control-signed-before"]);
        act(&province, &province.chairman(), &code, "approve", &approving).await.unwrap();
        // Once it is over, the next one may have it.
        act(&province, &first, &other, "add", &[("codes", "1.001193")]).await.unwrap();
        proven(&province).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_review_gives_up_is_simplified_in_its_period_and_internal_ones_are_counted_apart() {
    let province = provinces().await.remove(0);
    let (keeper, chairman) = (province.keeper(1), province.chairman());
    let code = begun(&province, &keeper).await.code;
    act(&province, &keeper, &code, "add", &[("codes", "2.000815, 1.000894")]).await.unwrap();
    assess(&province, &keeper, &code, found("1", BEFORE, BEFORE, &["abolished"])).await.unwrap();
    assess(&province, &keeper, &code, found("2", BEFORE, BEFORE, &["steps"])).await.unwrap();
    act(&province, &keeper, &code, "submit", &[]).await.unwrap();
    let approving = [("decision", "88/QĐ-UBND"), ("approved_on", "2026-11-25")];
    let mut held = act(&province, &chairman, &code, "approve", &approving).await.unwrap();
    // The first is ended since.
    let (ender, ends) = (keeper.clone(), typed(&[("decision", "6/QĐ"), ("effective_from", "2026-12-01")]));
    let ended = province
        .db
        .write(move |tx| Box::pin(async move { catalogue::abolish(tx, &ender, NOW, "2.000815", &ends).await }));
    ended.await.unwrap();
    let on_board = board(&province, Vec::new(), vec![held.clone()]).await;
    assert!(!codes(&on_board, Ask::InForce).contains(&"2.000815".to_owned()));
    assert_eq!(codes(&on_board, Ask::Simplified), ["2.000815", "1.000894"]);
    // Those of an earlier period are not of this one; nor are those between agencies.
    let mut before = held.clone();
    before.state.approved_on = Some(Date::constant(2025, 12, 31));
    assert_eq!(codes(&board(&province, Vec::new(), vec![before]).await, Ask::Simplified), Vec::<String>::new());
    held.state.items[1].sort = catalogue::Sort::Internal;
    assert_eq!(codes(&board(&province, Vec::new(), vec![held]).await, Ask::Simplified), ["2.000815"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_dated_can_be_in_time_and_what_is_given_away_counts_once() {
    let province = provinces().await.remove(0);
    let (keeper, chairman) = (province.keeper(1), province.chairman());
    let provincial = province.shelf().await.all(NOW.date());
    let provincial = provincial.iter().find(|version| control::line::is_provincial(version)).unwrap().code.clone();
    let head = [
        ("title", "Công bố"),
        ("sort", "public"),
        ("authority", "Chủ tịch"),
        ("law", "NĐ 1"),
        ("effective_from", "2026-12-20"),
    ];
    let code = province.prepare(&keeper, &head).await.unwrap().code;
    let fields = [("does", "delegate"), ("codes", provincial.as_str())];
    province.act(&keeper, &code, "add", &fields).await.unwrap();
    province.act(&keeper, &code, "submit", &[]).await.unwrap();
    let issuing = [("number", "1/QĐ"), ("signed_on", "2026-11-25")];
    let held = province.act(&chairman, &code, "issue", &issuing).await.unwrap();
    let board = board(&province, vec![held], Vec::new()).await;
    assert_eq!((codes(&board, Ask::Announced).len(), board.dated()), (1, 0));
    assert_eq!(codes(&board, Ask::AnnouncedUndated), std::slice::from_ref(&provincial));
    // From 20/12 on it is the communes'; on the 10th the province still has it.
    assert!(codes(&board, Ask::Provincial).contains(&provincial));
    assert_eq!(board.delegable(), codes(&board, Ask::Provincial).len());
}

#[test]
fn every_word_of_reviews_and_of_the_board_is_there_in_both_languages() {
    let others = [catalogue::LOCALES, lists::LOCALES, records::LOCALES, web::locales(), web::base_locales()];
    i18n::install(&[&[control::LOCALES][..], &others].concat());
    let mut wanted = records::frame::words_of::<Review>();
    wanted.extend(control::REVIEWS.dues.iter().map(|due| due.word.to_owned()));
    wanted.extend(Ask::WORDS.map(|word| format!("control-ask-{word}")));
    let facts = ["cost", "saved", "simplified", "unit", "items", "state"];
    wanted.extend(facts.map(|name| format!("review-field-{name}")));
    let missing: Vec<String> = [base::Lang::Vi, base::Lang::En]
        .into_iter()
        .flat_map(|lang| {
            wanted.iter().filter(move |key| !i18n::has(lang, key)).map(move |key| format!("{key} {lang:?}"))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
