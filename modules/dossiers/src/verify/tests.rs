//! Whatever is changed behind the program's back is named; what was not touched is in order.

use super::*;
use crate::actions::Act;
use crate::fixture::*;
use crate::fixture_db::*;
use crate::verbs::Verb;
use ::store::Sql;
use base::Fault;

mod rebuild;
mod rows;

/// A dossier in each stage, an account's events, sealed days, a roll-up half done.
async fn lived_in(office: &Office) {
    let at = november(2, 9, 0);
    let settled = office.at_leader(at).await;
    let approve = Act::of(Verb::Approve);
    office.act(&leader(), november(3, 9, 0), &settled.code, approve).await.unwrap();
    let hand_out = hand_out(None);
    office.act(&clerk(), november(3, 10, 0), &settled.code, hand_out).await.unwrap();
    office.at_leader(at).await;
    roll_up(office).await;
    office.receive(clerk(), november(3, 9, 0), counter()).await.unwrap();
    let filed = office.file(citizen(), november(3, 9, 0), handed()).await.unwrap();
    office.act(&clerk(), november(3, 11, 0), &filed.code, Act::of(Verb::ReceiveOnline)).await.unwrap();
    office.write(|tx| Box::pin(async move { audit::seal_days(tx, november(4, 9, 0), 10).await })).await;
    // After the last sealed day.
    office.file(citizen(), november(4, 9, 0), handed()).await.unwrap();
}

async fn roll_up(office: &Office) {
    office.write(|tx| Box::pin(async move { facts::roll_up(tx).await })).await;
}

/// Tampers, verifies and takes it back.
async fn found(office: &Office, tamper: &str) -> Report {
    office.tampered(tamper).await
}

/// The first dossier made is the one that was handed out.
const FIRST: &str = "(SELECT MIN(id) FROM dossier)";
const LAST: &str = "(SELECT MAX(id) FROM dossier)";

#[tokio::test(flavor = "multi_thread")]
async fn a_database_nobody_touched_is_in_order() {
    for office in offices().await {
        lived_in(&office).await;
        let report = verify(&office.db, Outside::default(), |_| ()).await.unwrap();
        assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{report:?}");
        assert_eq!((report.dossiers, report.days_sealed), (5, 3));
        assert!(report.figures_checked > 10 && report.events > 12);
        // Rolled up to the end, it still is.
        roll_up(&office).await;
        let report = verify(&office.db, Outside::default(), |_| ()).await.unwrap();
        assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{report:?}");
        // And once more from nothing.
        office.write(|tx| Box::pin(async move { facts::rebuild_rollup(tx).await })).await;
        let report = verify(&office.db, Outside::default(), |_| ()).await.unwrap();
        assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_in_order() {
    for office in offices().await {
        let report = verify(&office.db, Outside::default(), |_| ()).await.unwrap();
        assert_eq!((report.chain.as_str(), report.figures_wrong, report.dossiers), ("ok", 0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_changed_behind_the_programs_back_is_named() {
    let of = |column: &str| format!("dossier H13.31-261102-0001: {column}");
    let set = |change: &str| format!("UPDATE dossier SET {change} WHERE id = {FIRST}");
    let event = |change: &str| format!("UPDATE event SET {change} WHERE subject_id = {FIRST} AND n = 3");
    let cases = [
        (set("status = 8"), of("status")),
        (set("due_at = due_at + 3600000"), of("due_at")),
        (set("first_due_at = first_due_at + 1"), of("first_due_at")),
        (set("finished_at = finished_at - 1"), of("finished_at")),
        (set("received_at = received_at - 1"), of("received_at")),
        (set("due_basis = 'x'"), of("due_basis")),
        (set("outcome = 'refused'"), of("outcome")),
        (set("flags = flags + 128"), of("flags")),
        (set("competent_id = 20"), of("competent_id")),
        (set("fee_dong = 0"), of("fee_dong")),
        (set("rating = 5"), of("rating")),
        (set("open = TRUE"), of("open")),
        (set("code = 'H13.31-261102-9999'"), "dossier H13.31-261102-9999: code".to_owned()),
        (set("event_n = event_n + 1"), of("event_n")),
        (set("owner_name = 'Người khác'"), of("applicant")),
        (set("owner_number = '094190000018'"), of("applicant")),
        (set("answers = '{}'"), of("applicant")),
        (event("data = replace(data, 'true', 'false')"), "event H13.31-261102-0001 #3: changed".to_owned()),
        (event("at = at + 1"), "event H13.31-261102-0001 #3: changed".to_owned()),
        (event("actor_id = 1"), "event H13.31-261102-0001 #3: changed".to_owned()),
        (event("kind = 'approved'"), "event H13.31-261102-0001 #3: changed".to_owned()),
        (
            format!("DELETE FROM event WHERE subject_id = {FIRST} AND n = 2"),
            "event H13.31-261102-0001 #2: missing".to_owned(),
        ),
        (format!("DELETE FROM event WHERE subject_id = {FIRST} AND n = 5"), of("event_n")),
        (format!("DELETE FROM event WHERE subject_id = {LAST}"), "dossier H13.31-261104-0001: no events".to_owned()),
        // Even with the day's number set back: the sealed day knows.
        (
            format!(
                "DELETE FROM dossier_words WHERE rowid = {FIRST}; DELETE FROM dossier_component WHERE dossier_id = {FIRST}; DELETE FROM event WHERE subject_id = {FIRST}; DELETE FROM dossier WHERE id = {FIRST}; UPDATE dossier_counter SET last = 1 WHERE day = '2026-11-02'"
            ),
            "event_day 2026-11-02".to_owned(),
        ),
        (
            "UPDATE event_day SET events = events + 1 WHERE day = '2026-11-03'".to_owned(),
            "event_day 2026-11-03".to_owned(),
        ),
        ("DELETE FROM event_day WHERE day = '2026-11-02'".to_owned(), "event_day 2026-11-02".to_owned()),
        // The end of the chain of days: the log knows that they were sealed.
        ("DELETE FROM event_day WHERE day = '2026-11-03'".to_owned(), "event_day 2026-11-03".to_owned()),
        ("DELETE FROM event_day WHERE day >= '2026-11-02'".to_owned(), "event_day 2026-11-02".to_owned()),
        (
            "INSERT INTO event_day (day, events, digest, hash) SELECT '2026-11-04', events, digest, hash FROM event_day WHERE day = '2026-11-03'"
                .to_owned(),
            "event_day 2026-11-04".to_owned(),
        ),
        (
            "DELETE FROM event_day WHERE day = '2026-11-03'; DELETE FROM event WHERE subject_id = 0 AND n = 3".to_owned(),
            "event_head 0: does not match its events".to_owned(),
        ),
        (
            "DELETE FROM event_day; DELETE FROM event WHERE subject_id = 0".to_owned(),
            "event_head 0: no events".to_owned(),
        ),
    ];
    for office in offices().await {
        lived_in(&office).await;
        for (tamper, named) in &cases {
            let report = found(&office, tamper).await;
            assert_eq!(&report.chain, named, "{:?}: {tamper}", office.db.engine());
        }
        let gone = found(&office, &format!("DELETE FROM dossier WHERE id = {FIRST}")).await;
        assert!(gone.chain.ends_with("its subject is gone"), "{}", gone.chain);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_that_vanished_with_all_its_traces_leaves_a_gap_in_the_days_numbers() {
    for office in offices().await {
        lived_in(&office).await;
        let tamper = format!(
            "DELETE FROM dossier_component WHERE dossier_id = {LAST}; DELETE FROM event WHERE subject_id = {LAST}; DELETE FROM due WHERE subject_id = {LAST}; DELETE FROM dossier WHERE id = {LAST}"
        );
        let report = found(&office, &tamper).await;
        assert_eq!(report.chain, "dossier_counter 10 2026-11-04: 1 given out, 0 there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn subjects_that_are_no_dossiers_are_watched_too() {
    let account = "(SELECT MIN(subject_id) FROM event_head WHERE subject_id > 0)";
    let cases = [
        (format!("UPDATE event SET data = '{{}}' WHERE subject_id = {account} AND n = 1"), "#1: changed"),
        (format!("DELETE FROM event WHERE subject_id = {account} AND n = 1"), "#1: missing"),
        (format!("UPDATE event_head SET n = n + 1 WHERE subject_id = {account}"), "does not match its events"),
        (format!("DELETE FROM event_head WHERE subject_id = {account}"), "its subject is gone"),
        (format!("DELETE FROM event WHERE subject_id = {account}"), "no events"),
    ];
    for office in offices().await {
        lived_in(&office).await;
        for (tamper, named) in &cases {
            let report = found(&office, tamper).await;
            assert!(report.chain.ends_with(named), "{tamper}: {}", report.chain);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_figure_is_counted_and_described() {
    let fact = "(SELECT MIN(seq) FROM fact WHERE rolled)";
    let tail = "(SELECT MAX(seq) FROM fact WHERE NOT rolled)";
    let cases = [
        format!("UPDATE fact SET qty = 2 WHERE seq = {fact}"),
        format!("UPDATE fact SET flags = flags + 1 WHERE seq = {fact}"),
        format!("UPDATE fact SET agency_id = 20 WHERE seq = {fact}"),
        format!("UPDATE fact SET day = '2026-10-02' WHERE seq = {fact}"),
        // Another dossier put in its place: the sum is the same, the case is not.
        format!("UPDATE fact SET subject_id = subject_id + 1 WHERE seq = {fact}"),
        format!("UPDATE fact SET rolled = FALSE WHERE seq = {fact}"),
        format!("DELETE FROM fact WHERE seq = {fact}"),
        format!("DELETE FROM fact WHERE seq = {tail}"),
        format!("UPDATE fact SET rolled = TRUE WHERE seq = {tail}"),
        "UPDATE fact_rollup SET n = n + 1 WHERE period = '2026' AND node_id = 1 AND measure = 'settled'".to_owned(),
        "UPDATE fact_rollup SET n = n + 1 WHERE period = '2026-11-03' AND measure = 'settled'".to_owned(),
        "DELETE FROM fact_rollup WHERE period = '2026-11' AND node_id = 10 AND measure = 'received'".to_owned(),
        "INSERT INTO fact_rollup (node_id, measure, period, level, field, channel, flags, n) VALUES (1, 'settled', '2027', 'commune', 'ho-tich', 1, 16, 5)".to_owned(),
        "INSERT INTO fact (measure, day, agency_id, level, field, channel, flags, qty, subject_id, procedure_id, rolled) VALUES ('settled', '2026-11-03', 10, 'commune', 'ho-tich', 1, 16, 1, 5, 500, FALSE)".to_owned(),
        "INSERT INTO fact (measure, day, agency_id, level, field, channel, flags, qty, subject_id, procedure_id, rolled) VALUES ('procedure_offered', '2026-11-03', 1, 'commune', 'ho-tich', 0, 1, 1, 500, 500, FALSE)".to_owned(),
    ];
    for office in offices().await {
        lived_in(&office).await;
        for tamper in &cases {
            let report = found(&office, tamper).await;
            assert!(report.figures_wrong > 0, "{:?}: {tamper}", office.db.engine());
            assert!(!report.wrong.is_empty(), "{tamper}");
            assert_eq!(report.chain, "ok", "{tamper}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn days_cut_off_with_the_logs_own_word_are_missed_by_whoever_wrote_the_last_hash_down() {
    for office in offices().await {
        lived_in(&office).await;
        let now = november(5, 9, 0);
        let ask = |days: Vec<(Date, String)>| Outside { days, now, ..Outside::default() };
        let report = verify(&office.db, ask(Vec::new()), |_| ()).await.unwrap();
        let (day, hash) = (report.sealed_day.unwrap(), report.sealed_hash.unwrap());
        assert_eq!(day, november(3, 9, 0).date());
        // The 4th is over and its events are not sealed yet.
        assert_eq!(report.unsealed_until, Some(november(4, 9, 0).date()));
        let report = verify(&office.db, ask(vec![(day, hash.clone())]), |_| ()).await.unwrap();
        assert_eq!(report.chain, "ok");
        let cut = [
            "DELETE FROM event_day WHERE day = '2026-11-03'",
            "DELETE FROM event WHERE subject_id = 0 AND n = 3",
            "UPDATE event_head SET n = 2, hash = (SELECT hash FROM event WHERE subject_id = 0 AND n = 2) WHERE subject_id = 0",
        ];
        for sql in cut {
            office.write(move |tx| Box::pin(async move { tx.execute(sql, params![]).await })).await;
        }
        // Nothing within the database contradicts it …
        let report = verify(&office.db, ask(Vec::new()), |_| ()).await.unwrap();
        assert_eq!((report.chain.as_str(), report.days_sealed), ("ok", 2));
        // … but paper does.
        let report = verify(&office.db, ask(vec![(day, hash.clone())]), |_| ()).await.unwrap();
        assert_eq!(report.chain, format!("event_day 2026-11-03: not sealed, and should be {hash}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn days_opened_for_records_of_the_past_are_no_damage_once_sealed_again() {
    for office in offices().await {
        lived_in(&office).await;
        let (first, now) = (november(2, 9, 0).date(), november(4, 9, 0));
        office
            .write(move |tx| Box::pin(async move { audit::open_days(tx, first, "records of the past", now).await }))
            .await;
        assert_eq!(verify(&office.db, Outside::default(), |_| ()).await.unwrap().chain, "ok");
        office.write(move |tx| Box::pin(async move { audit::seal_days(tx, now, 10).await })).await;
        let report = verify(&office.db, Outside::default(), |_| ()).await.unwrap();
        assert_eq!((report.chain.as_str(), report.days_sealed), ("ok", 3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_to_a_dossier_under_a_wrong_clock_stays_provable_when_the_clock_is_right_again() {
    for office in offices().await {
        let seal = async |now: Instant| {
            office.write(move |tx| Box::pin(async move { audit::seal_days(tx, now, 10).await })).await
        };
        let dossier = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        // Two days ahead, another dossier with it; then right again.
        office.act(&officer(), november(4, 9, 30), &dossier.code, forward()).await.unwrap();
        office.receive(clerk(), november(4, 9, 40), counter()).await.unwrap();
        office.act(&head(), november(2, 10, 0), &dossier.code, forward()).await.unwrap();
        let approve = || Act::of(Verb::Approve);
        office.act(&leader(), november(2, 11, 0), &dossier.code, approve()).await.unwrap();
        roll_up(&office).await;
        assert_eq!(seal(november(5, 9, 0)).await, 4);
        let report = verify(&office.db, Outside::default(), |_| ()).await.unwrap();
        assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{report:?}");
        // Sealed under a clock that ran ahead, nothing is done on those days until they are opened.
        let hand_out = || hand_out(None);
        let refused = office.act(&clerk(), november(3, 9, 0), &dossier.code, hand_out()).await;
        assert!(matches!(refused, Err(Fault::Busy)), "{refused:?}");
        let from = november(3, 9, 0).date();
        let reason = "sealed under a clock that ran ahead";
        office
            .write(move |tx| Box::pin(async move { audit::open_days(tx, from, reason, november(3, 9, 0)).await }))
            .await;
        office.act(&clerk(), november(3, 9, 5), &dossier.code, hand_out()).await.unwrap();
        assert_eq!(seal(november(5, 9, 0)).await, 2);
        let report = verify(&office.db, Outside::default(), |_| ()).await.unwrap();
        assert_eq!((report.chain.as_str(), report.figures_wrong), ("ok", 0), "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dossier_owes_follows_from_its_state_and_whatever_was_changed_in_it_is_named() {
    for office in offices().await {
        lived_in(&office).await;
        let owed = office.number("SELECT COUNT(*) FROM due").await;
        let open = office.number("SELECT COUNT(*) FROM dossier WHERE status IN (1, 2, 4, 9)").await;
        assert!(owed > 0 && owed == open, "{owed} and {open}");
        for tamper in [
            "UPDATE due SET due_at = due_at + 1",
            "UPDATE due SET unit_id = unit_id + 1",
            "UPDATE due SET name = 'dossier-moon'",
            "DELETE FROM due",
            "INSERT INTO due (subject_id, name, unit_id, due_at) VALUES (5, 'dossier-settle', 1, 1)",
        ] {
            let report = found(&office, tamper).await;
            assert!(report.chain.contains("due"), "{tamper}: {}", report.chain);
        }
        // The migration says of the same dossiers what their states say.
        let migration = include_str!("../../migrations/0009_dues.sql");
        let plain: Vec<&str> = migration.lines().filter(|line| !line.starts_with("--")).collect();
        let statements: Vec<String> =
            plain.join("\n").split(';').map(|sql| sql.trim().to_owned()).filter(|sql| !sql.is_empty()).collect();
        assert_eq!(statements.len(), 3);
        office
            .write(move |tx| {
                Box::pin(async move {
                    tx.execute("DELETE FROM due", params![]).await?;
                    for sql in statements {
                        tx.execute(Sql::from(sql), params![]).await?;
                    }
                    Ok(())
                })
            })
            .await;
        let report = verify(&office.db, Outside::default(), |_| ()).await.unwrap();
        assert_eq!(report.chain, "ok", "{:?}", report.broken);
        assert_eq!(office.number("SELECT COUNT(*) FROM due").await, owed);
    }
}
