//! Many at once in a database, on both engines; and for any receipt and any closed days, what moves and that it moves once.

use super::*;
use crate::Act;
use crate::decide::request_supplement;
use crate::fixture::*;
use crate::fixture_db::*;
use crate::verbs::Verb;
use crate::verify::{Outside, check};
use base::calendar::{DayOff, Entry, OffKind};
use organisation::Closed;
use proptest::prelude::*;
use std::sync::Arc;

const CLOSING: Id = Id(9_500);

fn entry(first: Date, last: Date) -> Entry {
    let off = DayOff { kind: OffKind::Closed, name_vi: "Bão".into(), name_en: "Storm".into() };
    Entry::Off { from: first, to: last, off }
}

fn closing(first: Date, last: Date, whose: Option<Id>, counted_by: CountedBy) -> Closing {
    let closed = Closed {
        by: CLOSING,
        decision: "15/CĐ-UBND".to_owned(),
        revision: 1,
        lines: vec![(whose, entry(first, last))],
        first,
        counted_by,
    };
    Closing { closed, tree: Arc::new(tree()), before: Calendar::shipped().version().to_owned() }
}

/// The calendar with those days closed, as the decision writes it.
async fn written(office: &Office, closing: &Closing) {
    let (first, last, whose) = match &closing.closed.lines[0] {
        (whose, Entry::Off { from, to, .. }) => (*from, *to, *whose),
        _ => unreachable!("days off"),
    };
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let now = november(1, 9, 0);
                organisation::seed_calendar(tx, now).await?;
                let version = "INSERT INTO calendar_version (revision, version, made_at) VALUES (1, 'vn-2026.11/r1', $1)";
                tx.execute(version, params![now]).await?;
                let line = "INSERT INTO calendar_entry (id, kind, first_day, last_day, name_vi, name_en, decision, reason, added_revision, added_at, agency_id, closing_id)
                    VALUES (9501, 'closed', $1, $2, 'Bão', 'Storm', '15/CĐ-UBND', 'Bão', 1, $3, $4, $5)";
                tx.execute(line, params![first, last, now, whose, CLOSING]).await?;
                Ok::<_, Fault>(())
            })
        })
        .await
        .unwrap();
}

async fn moved(office: &Office, closing: &Closing, now: Instant) -> (i64, i64) {
    let (closing, by) = (closing.clone(), By { actor: Some(Id(77)), agency: Some(ROOT), now });
    let done = office.db.write(move |tx| Box::pin(async move { moves(tx, &closing, &by).await }));
    let counts = done.await.unwrap();
    (counts[0].n, counts[1].n)
}

async fn proven(office: &Office) {
    let report =
        office.db.read(|tx| Box::pin(async move { check(tx, &Outside::default(), &|_| ()).await })).await.unwrap();
    assert!(report.is_well(), "{:?} {:?}", report.broken, report.wrong);
}

#[tokio::test]
async fn each_promise_moves_once_is_told_and_proven_and_what_is_decided_stays() {
    for office in offices().await {
        // Monday to Thursday 09:00; Wednesday and Thursday are closed: Monday 09:00.
        let storm = closing(november(4, 0, 0).date(), november(5, 0, 0).date(), None, CountedBy::Original);
        let one = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        let asked_one = office.receive(clerk(), november(2, 9, 30), counter()).await.unwrap();
        let ask: Act = asked("Thiếu giấy chứng sinh", "").into();
        office.act(&officer(), november(2, 10, 0), &asked_one.code, ask).await.unwrap();
        let decided = office.at_leader(november(2, 10, 0)).await;
        office.act(&leader(), november(2, 11, 0), &decided.code, Act::of(Verb::Approve)).await.unwrap();
        let filed = office.file(citizen(), november(3, 16, 0), handed()).await.unwrap();
        written(&office, &storm).await;
        let (listed, promises, others) = {
            let storm = storm.clone();
            office.db.read(move |tx| Box::pin(async move { would_list(tx, &storm, 10).await })).await.unwrap()
        };
        assert_eq!((promises, others, listed.len()), (2, 1, 2), "only looked at");
        assert_eq!((listed[0].was, listed[0].due), (november(5, 9, 0), november(9, 9, 0)));
        assert_eq!(office.load(&one.code).await, one);

        assert_eq!(moved(&office, &storm, november(4, 8, 0)).await, (2, 1));
        let after = office.load(&one.code).await;
        assert_eq!((after.due_at, after.first_due_at, after.promised_at), {
            (Some(november(9, 9, 0)), one.first_due_at, one.due_at)
        });
        assert!(after.due_basis.contains("calendar=vn-2026.11/e1;"), "{}", after.due_basis);
        assert!(after.step_due_at >= one.step_due_at);
        assert_eq!(office.due_at("SELECT due_at FROM due WHERE subject_id = ", one.id).await, november(9, 9, 0).0);
        let waiting = office.load(&asked_one.code).await;
        assert!(waiting.due_at > asked_one.due_at && waiting.status == crate::Status::Supplement);
        assert_eq!(office.load(&decided.code).await.due_at, decided.due_at, "what is decided stays");
        let answered = office.load(&filed.code).await;
        assert_eq!(answered.answer_due_at, Some(november(6, 16, 0)), "an hour on Tuesday, and seven from Friday on");
        proven(&office).await;

        // However often it is run, each once.
        assert_eq!(moved(&office, &storm, november(4, 9, 0)).await, (0, 0));
        assert_eq!(office.load(&one.code).await, after);
        let list = office.db.read(|tx| Box::pin(async move { moved_list(tx, CLOSING, 10).await })).await.unwrap();
        assert_eq!(list, listed, "the list of afterwards is the one that was looked at");
        // What is received afterwards is counted by the new calendar from the beginning, and never moved by it.
        let mut house = office.house.clone();
        house.calendar =
            office.db.read(|tx| Box::pin(async move { organisation::load_calendar(tx).await })).await.unwrap();
        let (db, officer, head) = (office.db.clone(), office.officer.clone(), office.head.clone());
        let later = Office { db, house, officer, head };
        let late = later.receive(clerk(), november(6, 9, 0), counter()).await.unwrap();
        assert!(late.due_basis.contains("calendar=vn-2026.11/r1;"));
        assert_eq!(moved(&office, &storm, november(6, 10, 0)).await, (0, 0));
        proven(&office).await;
        // The proof notices a date, a row and a basis that do not follow.
        let wrong = [
            "UPDATE dossier SET due_at = due_at + 1 WHERE promised_at IS NOT NULL",
            "UPDATE dossier_moved_day SET was_at = was_at - 1 WHERE was_at IS NOT NULL",
            "DELETE FROM dossier_moved_day",
            "DELETE FROM calendar_entry WHERE kind = 'closed'",
        ];
        for change in wrong {
            assert!(!office.tampered(change).await.is_well(), "{change}");
        }
    }
}

#[tokio::test]
async fn only_what_a_closed_agency_settles_moves() {
    for office in offices().await {
        let storm = closing(november(4, 0, 0).date(), november(4, 0, 0).date(), Some(FAR), CountedBy::Moved);
        let near = office.receive(clerk(), november(2, 9, 0), counter()).await.unwrap();
        written(&office, &storm).await;
        assert_eq!(moved(&office, &storm, november(3, 9, 0)).await, (0, 0));
        assert_eq!(office.load(&near.code).await, near);
        let storm = closing(november(4, 0, 0).date(), november(4, 0, 0).date(), Some(NEAR), CountedBy::Moved);
        office
            .write(|tx| {
                Box::pin(async move {
                    tx.execute("UPDATE calendar_entry SET agency_id = 10 WHERE id = 9501", params![]).await
                })
            })
            .await;
        assert_eq!(moved(&office, &storm, november(3, 10, 0)).await, (1, 0));
        let after = office.load(&near.code).await;
        assert_eq!((after.due_at, after.promised_at), (Some(november(6, 9, 0)), None));
        assert!(after.due_basis.contains("calendar=vn-2026.11/e1/i10/s10;"), "{}", after.due_basis);
        proven(&office).await;
    }
}

/// Those of a decision, met by one calendar.
fn calendars(closing: &Closing) -> Calendars<'_> {
    let before = Calendar::shipped().clone();
    let own: Vec<(Id, Entry)> =
        closing.closed.lines.iter().filter_map(|(whose, entry)| Some(((*whose)?, entry.clone()))).collect();
    let mut all = before.entries();
    all.extend(closing.closed.lines.iter().filter(|(whose, _)| whose.is_none()).map(|(_, entry)| entry.clone()));
    let after = Calendar::of_entries("vn-2026.11/e1", &all).unwrap().with_agencies(&own);
    let both = (before, after.clone());
    let known = HashMap::from([
        ("vn-2026.11".to_owned(), Some(both.clone())),
        ("vn-2026.11/e1".to_owned(), Some((after.clone(), after))),
    ]);
    Calendars { closing, now: both, known }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_date_moves_exactly_where_it_was_counted_through_a_closed_day_and_once(
        minute in 0i64..30_000, limit in 1i32..12, first in 2i8..28, days in 0i8..4, asks in any::<bool>(), original in any::<bool>(),
    ) {
        let mut version = version();
        version.channels.iter_mut().for_each(|terms| terms.limit = base::Limit::WorkingDays(limit));
        let mut story = Story::begin(version, november(2, 0, 0).plus_ms(minute * 60_000));
        story.receive(places(base::Channel::Counter));
        if asks {
            story.does(60, |d, o| request_supplement(d, &officer(), o, &asked("Thiếu giấy chứng sinh", ""), &[]));
        }
        let (first, last) = (november(first, 0, 0).date(), november(first, 0, 0).date().saturating_add(jiff::Span::new().days(days)));
        let counted_by = if original { CountedBy::Original } else { CountedBy::Moved };
        let storm = closing(first, last, None, counted_by);
        let calendars = calendars(&storm);
        let d = story.dossier().clone();
        let due = d.due_at.unwrap();
        let shipped = Calendar::shipped();
        let started = shipped.start_of_clock(d.received_at.unwrap(), None).date();
        let through = first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last)
            .any(|day| shipped.is_working_day(day) && started <= day && day <= due.date());
        let dates = calendars.moves(&d);
        let promise = dates.as_ref().and_then(|dates| dates.promise.clone());
        prop_assert_eq!(promise.is_some(), through, "{:?} {:?}", d.received_at, due);
        if let Some(dates) = dates {
            story.happen(Happening::DueMoved { by: CLOSING, decision: "15".to_owned(), counted_by, dates });
            let after = story.dossier();
            prop_assert_eq!(after.first_due_at, d.first_due_at);
            if let Some(promise) = promise {
                prop_assert!(after.due_at > d.due_at);
                prop_assert_eq!(after.counted_by(), Some(if original { due } else { promise.clock.due_at }));
            }
            // Counted by the calendar with those days, nothing moves once more.
            prop_assert!(calendars.moves(after).and_then(|dates| dates.promise).is_none());
        }
    }
}
