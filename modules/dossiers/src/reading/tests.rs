//! Who reads what, and for how long.

use super::*;
use crate::Act;
use crate::fixture::*;
use crate::fixture_db::*;
use crate::verbs::Verb;
use base::{Grant, Role};
use jiff::civil::date;

/// Somebody with one post.
fn at(account: i64, role: Role, agency: Id, path: &str) -> Actor {
    let grants = vec![Grant::new(role, agency, path.to_owned())];
    Actor { account: Id(account), name: String::new(), grants, citizen_number: None }
}

async fn asks(
    office: &Office,
    actor: &Actor,
    now: Instant,
    purpose: &'static str,
    code: &str,
) -> Result<Ground, Fault> {
    let (house, actor, code) = (office.house.clone(), actor.clone(), code.to_owned());
    let found = office.db.read(move |tx| {
        Box::pin(async move {
            let asking = Asking { purpose, ..Asking::official(&actor, now) };
            readable(tx, &house, asking, &code).await.map(|readable| readable.ground())
        })
    });
    found.await
}

fn not_there(answer: &Result<Ground, Fault>) -> bool {
    matches!(answer, Err(Fault::NotFound("dossier-not-found")))
}

#[test]
fn the_shipped_terms_are_read_and_a_closed_dossier_keeps_those_of_its_day() {
    Terms::read(include_str!("../../../../data/access/reading.toml")).unwrap();
    assert_eq!(kept_until(date(2026, 11, 3)), date(2027, 11, 3));
    // The last day of a shorter month.
    assert_eq!(kept_until(date(2024, 2, 29)), date(2025, 2, 28));
    // Closed before any term: nobody keeps reading.
    assert_eq!(kept_until(date(2019, 1, 1)), date(2019, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_division_keeps_reading_what_it_has_had_and_its_head_too() {
    for office in offices().await {
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let now = november(2, 10, 0);
        office.act(&officer(), november(2, 9, 5), &dossier.code, forward()).await.unwrap();
        office.act(&head(), november(2, 9, 10), &dossier.code, forward()).await.unwrap();
        // It lies with the leader now; who had it reads on, whoever of the division asks.
        for person in [officer(), second_officer(), head()] {
            assert_eq!(
                asks(&office, &person, now, "", &dossier.code).await.unwrap(),
                Ground::Had,
                "{}",
                person.account
            );
        }
        for person in [leader(), clerk(), at(301, Role::Inspector, ROOT, "/1/")] {
            assert_eq!(asks(&office, &person, now, "", &dossier.code).await.unwrap(), Ground::Place);
        }
        // Another division never had it, another commune neither; nor does a right to something else read.
        let strangers = [
            at(302, Role::Officer, NEAR_OFFICE, "/1/10/12/"),
            far_clerk(),
            at(303, Role::Administrator, ROOT, "/1/"),
            at(304, Role::ReformOfficer, ROOT, "/1/"),
            stranger(),
            citizen(),
        ];
        for person in strangers {
            assert!(not_there(&asks(&office, &person, now, "", &dossier.code).await), "{}", person.account);
            assert!(not_there(&asks(&office, &person, now, "inspection", &dossier.code).await), "{}", person.account);
        }
        // Who acted on it and works elsewhere since does not read on.
        let transferred = Actor { grants: far_clerk().grants, ..officer() };
        assert!(not_there(&asks(&office, &transferred, now, "", &dossier.code).await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_after_it_was_closed_those_who_had_it_say_what_for_and_it_is_written_down() {
    for office in offices().await {
        let dossier = office.at_leader(november(2, 9, 0)).await;
        let approve = Act::of(Verb::Approve);
        office.act(&leader(), november(3, 9, 0), &dossier.code, approve).await.unwrap();
        office.act(&clerk(), november(3, 10, 0), &dossier.code, hand_out(None)).await.unwrap();
        let last = Instant::from_local(date(2027, 11, 3).at(16, 0, 0, 0));
        assert_eq!(asks(&office, &officer(), last, "", &dossier.code).await.unwrap(), Ground::Had);
        let after = last.plus_ms(24 * 3_600_000);
        let why = asks(&office, &officer(), after, "", &dossier.code).await;
        assert!(matches!(why, Err(Fault::Forbidden(problem)) if problem.code == "dossier-reading-needs-purpose"));
        let nonsense = asks(&office, &officer(), after, "curiosity", &dossier.code).await;
        assert!(matches!(nonsense, Err(Fault::Invalid(_))));
        let ground = Ground::Purpose(Purpose::Complaint);
        assert_eq!(asks(&office, &officer(), after, "complaint", &dossier.code).await.unwrap(), ground);
        // The agency that answers for it keeps its register.
        assert_eq!(asks(&office, &leader(), after, "", &dossier.code).await.unwrap(), Ground::Place);
        let (house, code) = (office.house.clone(), dossier.code.clone());
        office
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let reader = officer();
                    let asking = Asking { purpose: "complaint", ..Asking::official(&reader, after) };
                    let found = readable(tx, &house, asking, &code).await?;
                    record(tx, &found, &reader, &house, after).await
                })
            })
            .await
            .unwrap();
        assert_eq!(office.number("SELECT COUNT(*) FROM event WHERE kind = 'dossier-read' AND actor_id = 102").await, 1);
        assert_eq!(office.number("SELECT agency_id FROM event WHERE kind = 'dossier-read'").await, NEAR_DIVISION.0);
    }
}
