//! A decision from its draft to its execution, on both engines, and what stands against it.

use super::execute::execute;
use super::moving::{Moved, Moving, Room};
use super::verbs::{Rooms, prepare};
use super::{Reorganisation, State};
use crate::house::House;
use crate::rights::KEEP_ORGANISATION;
use crate::seed::tests::{keeper, seeded};
use crate::verbs::Open;
use ::store::{BoxFuture, Db, StoreError, Tx};
use base::calendar::Calendar;
use base::{Actor, Date, Fault, Id, Instant};
use jiff::civil::date;
use records::{Asker, By, Held, Machine, Typed};
use std::sync::Arc;

fn at(day: i8) -> Instant {
    Instant::from_local(date(2026, 11, day).at(9, 0, 0, 0))
}

fn second() -> Actor {
    Actor { account: Id(78), ..keeper("/1/") }
}

/// Two things are open at the first commune, and move.
fn two(_: &Tx, unit: Id, _: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    let open = Open {
        what: "organisation-units",
        count: i64::from(unit == FIRST) * 2,
        href: "/x".into(),
        needs: KEEP_ORGANISATION,
    };
    Box::pin(async move { Ok(vec![open]) })
}

/// Nothing is left.
fn none(_: &Tx, _: Id, _: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move { Ok(Vec::new()) })
}

fn moves<'t>(_: &'t Tx, moving: &'t Moving, _: &'t By) -> BoxFuture<'t, Result<Vec<Moved>, Fault>> {
    Box::pin(async move { Ok(vec![Moved { what: "organisation-units", n: moving.units.len() as i64 }]) })
}

/// The first communes of the demo province.
const FIRST: Id = Id(2_001);

struct Office {
    db: Db,
    rooms: Vec<Room>,
}

impl Office {
    /// One thing by one person, with the tree as it is.
    async fn does(
        &self,
        by: &Actor,
        now: Instant,
        of: (&str, &str),
        typed: Typed,
    ) -> Result<Held<Reorganisation>, Fault> {
        let (by, code, word) = (by.clone(), of.0.to_owned(), of.1.to_owned());
        let rooms = Arc::new(self.rooms.clone());
        let done = self.db.write(move |tx| {
            Box::pin(async move {
                let tree = Arc::new(crate::load_tree(tx).await?);
                let rooms = Rooms { house: House { tree, calendar: Calendar::shipped().clone() }, rooms };
                match word.as_str() {
                    "prepare" => prepare(tx, &rooms, &by, now, &typed).await,
                    "execute" => execute(tx, &rooms, &Asker::actor(&by, now), &code).await,
                    word => {
                        records::act::<Reorganisation>(tx, &rooms, &Asker::actor(&by, now), (&code, word), &typed).await
                    }
                }
            })
        });
        done.await
    }

    async fn tree(&self) -> crate::Tree {
        self.db.read(|tx| Box::pin(async move { crate::load_tree(tx).await })).await.unwrap()
    }

    /// A decision with a head, of that day.
    async fn prepared(&self, day: &str) -> String {
        self.does(&keeper("/1/"), at(20), ("", "prepare"), head(day)).await.unwrap().code
    }
}

fn head(day: &str) -> Typed {
    let head = [("title", "Sắp xếp cấp xã"), ("number", "1668/NQ"), ("authority", "Chủ tịch"), ("day", day)];
    Typed::from(head).with("reason", "Theo nghị quyết")
}

fn merge(codes: &str, code: &str) -> Typed {
    Typed::from([("codes", codes), ("code", code), ("name", "Ủy ban nhân dân xã Mới"), ("short_name", "UBND xã Mới")])
}

async fn offices(rooms: &[Room]) -> Vec<Office> {
    seeded().await.into_iter().map(|db| Office { db, rooms: rooms.to_vec() }).collect()
}

/// Where it is refused: field and code of each problem, or the code alone.
fn refused(outcome: Result<Held<Reorganisation>, Fault>) -> Vec<(String, String)> {
    match outcome.expect_err("refused") {
        Fault::Invalid(problems) => {
            problems.into_iter().map(|p| (p.field.clone().unwrap_or_default(), p.code.to_owned())).collect()
        }
        Fault::Conflict(problem) | Fault::Forbidden(problem) => vec![(String::new(), problem.code.to_owned())],
        Fault::NotFound(code) => vec![(String::new(), code.to_owned())],
        other => panic!("{other:?}"),
    }
}

fn one(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), code.to_owned())]
}

#[tokio::test]
async fn a_merger_is_drafted_by_one_executed_by_another_and_every_agency_says_what_followed() {
    for office in offices(&[Room::moves(none, moves)]).await {
        let (first, before) = (keeper("/1/"), office.tree().await);
        let codes: Vec<String> = before.communes()[..2].iter().map(|commune| commune.code.clone()).collect();
        let olds: Vec<Id> = before.communes()[..2].iter().map(|commune| commune.id).collect();
        let code = office.prepared("2026-11-21").await;
        let on = (code.as_str(), "merge");
        let held = office.does(&first, at(20), on, merge(&codes.join("\n"), "H13.991")).await.unwrap();
        assert_eq!((held.state.lines.len(), held.state.lines[0].ends.clone()), (1, olds.clone()));
        office.does(&first, at(20), (&code, "submit"), Typed::default()).await.unwrap();
        // Not before its day, not by whoever had a hand in it, not by a keeper of one agency.
        let early = office.does(&second(), at(20), (&code, "execute"), Typed::default()).await;
        assert_eq!(refused(early), one("", "reorganisation-day-not-come"));
        let own = office.does(&first, at(21), (&code, "execute"), Typed::default()).await;
        assert_eq!(refused(own), one("", "reorganisation-execute-own"));
        let below = Actor { account: Id(79), ..keeper("/1/2001/") };
        let stranger = office.does(&below, at(21), (&code, "execute"), Typed::default()).await;
        assert_eq!(refused(stranger), one("", "records-not-found"));
        assert_eq!(office.tree().await.all(), before.all(), "nothing has happened");

        let held = office.does(&second(), at(23), (&code, "execute"), Typed::default()).await.unwrap();
        assert_eq!(held.state.state, State::Executed);
        assert_eq!(held.state.moved[0].n, before.subtree(olds[0]).len() as i64 * 2);
        let tree = office.tree().await;
        let new = tree.by_code("H13.991").unwrap();
        assert_eq!(held.state.lines[0].makes[0].id, Some(new.id));
        assert_eq!((new.valid_from, new.decision.as_deref()), (Some(date(2026, 11, 21)), Some("1668/NQ")));
        for old in &olds {
            let ended = tree.get(*old).unwrap();
            assert_eq!((ended.valid_to, &ended.successors), (Some(date(2026, 11, 20)), &vec![new.id]));
            assert_eq!(tree.followed(*old).map(|agency| agency.id), Some(new.id));
            assert!(tree.children(*old).is_empty(), "its parts went along");
        }
        let duties = |id: Id| {
            let mut duties: Vec<_> =
                tree.all().iter().filter(|part| part.parent == Some(id)).filter_map(|part| part.duty.clone()).collect();
            duties.sort();
            duties.dedup();
            duties
        };
        assert_eq!(tree.children(new.id).len(), duties(olds[0]).len(), "each part once");
        assert_eq!(duties(new.id), duties(olds[0]));
        let again = office.does(&second(), at(23), (&code, "execute"), Typed::default()).await;
        assert_eq!(refused(again), one("", "records-not-now"));
        // The link of the decision to its agencies can be read from both ends.
        let links = office.db.read(|tx| {
            Box::pin(async move {
                let sql = "SELECT COUNT(*) AS n FROM link WHERE name = 'reorganises'";
                tx.query_one(sql, ::store::params![]).await?.get::<i64>("n")
            })
        });
        assert_eq!(links.await.unwrap(), 3);
    }
}

#[tokio::test]
async fn what_a_room_does_not_move_stands_against_it_and_nothing_is_left_behind() {
    for (rooms, code_of) in [
        (vec![Room::stays(two)], "reorganisation-blocked"),
        // A room that says it moves, and does not.
        (vec![Room::moves(two, moves)], "reorganisation-left-open"),
    ] {
        for office in offices(&rooms).await {
            let before = office.tree().await;
            let codes = before.get(FIRST).map(|first| first.code.clone()).unwrap();
            let code = office.prepared("2026-11-20").await;
            let line = merge(&codes, "H13.991");
            office.does(&keeper("/1/"), at(20), (&code, "merge"), line).await.unwrap();
            office.does(&keeper("/1/"), at(20), (&code, "submit"), Typed::default()).await.unwrap();
            let done = office.does(&second(), at(20), (&code, "execute"), Typed::default()).await;
            assert_eq!(refused(done), one("", code_of));
            assert_eq!(office.tree().await.all(), before.all());
        }
    }
}

#[tokio::test]
async fn a_line_that_cannot_stand_is_refused_at_its_field() {
    for office in offices(&[]).await {
        let first = keeper("/1/");
        let tree = office.tree().await;
        let (one_code, other) = (tree.communes()[0].code.clone(), tree.communes()[1].code.clone());
        let code = office.prepared("2026-11-20").await;
        let does = async |word: &str, typed: Typed| refused(office.does(&first, at(20), (&code, word), typed).await);
        assert_eq!(does("submit", Typed::default()).await, one("", "reorganisation-no-lines"));
        assert_eq!(does("merge", merge("H13.777", "H13.991")).await, one("codes", "reorganisation-code-unknown"));
        let neither = Typed::from([("codes", one_code.as_str())]);
        let told = does("merge", neither).await;
        assert_eq!(told.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["code", "name"]);
        let both = merge(&one_code, "H13.991").with("into", other.as_str());
        assert_eq!(does("merge", both).await, one("into", "reorganisation-new-or-standing"));
        assert_eq!(does("merge", merge(&one_code, &other)).await, one("codes", "reorganisation-code-taken"));
        let split = |text: &str| Typed::from([("from", one_code.as_str()), ("text", text)]);
        assert_eq!(does("split", split("H13.991; Xã A")).await, one("text", "reorganisation-parts-few"));
        assert_eq!(does("split", split("H13.991")).await[0].1, "reorganisation-part-shape");
        let nobody = split("H13.991; Xã A\nH13.992; Xã B").with("receiver", "H13.993");
        assert_eq!(does("split", nobody).await, one("receiver", "reorganisation-receiver"));
        let dissolved = Typed::from([("from", one_code.as_str()), ("into", one_code.as_str())]);
        assert_eq!(does("dissolve", dissolved).await, one("from", "reorganisation-into-ends"));
        assert_eq!(does("drop-line", Typed::from([("line", "7")])).await, one("line", "reorganisation-line-unknown"));
        // Who keeps a part of the province alone prepares none.
        let below = keeper("/1/2001/");
        assert_eq!(
            refused(office.does(&below, at(20), ("", "prepare"), head("2026-11-20")).await),
            one("", "records-not-yours")
        );
        // A line dropped is gone; what is given up is not executed.
        let line = office.does(&first, at(20), (&code, "split"), split("H13.991; Xã A\nH13.992; Xã B")).await.unwrap();
        assert_eq!(line.state.lines[0].makes[1].name, "Xã B");
        office.does(&first, at(20), (&code, "drop-line"), Typed::from([("line", "1")])).await.unwrap();
        let given_up = office.does(&first, at(20), (&code, "drop"), Typed::from([("reason", "Thôi")])).await.unwrap();
        assert_eq!(given_up.state.state, State::Dropped);
    }
}

#[tokio::test]
async fn a_decision_that_waits_is_owed_on_its_day_and_no_more_once_it_is_executed() {
    for office in offices(&[]).await {
        let codes = office.tree().await.get(FIRST).map(|first| first.code.clone()).unwrap();
        let code = office.prepared("2026-11-23").await;
        office.does(&keeper("/1/"), at(20), (&code, "merge"), merge(&codes, "H13.991")).await.unwrap();
        let owed = async || {
            let owed = office.db.read(|tx| Box::pin(async move { records::owed_by_name(tx, super::EXECUTE).await }));
            owed.await.unwrap().into_iter().map(|(_, due)| due.at.date()).collect::<Vec<_>>()
        };
        assert!(owed().await.is_empty());
        office.does(&keeper("/1/"), at(20), (&code, "submit"), Typed::default()).await.unwrap();
        assert_eq!(owed().await, [date(2026, 11, 23)]);
        office.does(&second(), at(21), (&code, "give-back"), Typed::from([("reason", "Sai số")])).await.unwrap();
        assert!(owed().await.is_empty());
        office.does(&keeper("/1/"), at(21), (&code, "submit"), Typed::default()).await.unwrap();
        office.does(&second(), at(23), (&code, "execute"), Typed::default()).await.unwrap();
        assert!(owed().await.is_empty());
    }
}

#[test]
fn every_word_of_the_pages_is_there_in_both_languages() {
    i18n::install(&[crate::LOCALES, records::LOCALES, lists::LOCALES, web::locales(), web::base_locales()]);
    let mut wanted = records::frame::words_of::<Reorganisation>();
    wanted.extend(super::pages::LIST.declared().words);
    wanted.extend(super::KIND.dues.iter().map(|due| due.word.to_owned()));
    wanted.extend(super::line::Does::WORDS.map(|word| format!("reorganisation-does-{word}")));
    for lang in [base::Lang::Vi, base::Lang::En] {
        let missing: Vec<&String> = wanted.iter().filter(|key| !i18n::has(lang, key)).collect();
        assert!(missing.is_empty(), "{missing:?} {lang:?}");
    }
    assert!(Reorganisation::VERBS.iter().all(|verb| !verb.who.is_empty()));
}
