//! The queue: numbers, calls, who goes first, what is over with the day.

use crate::{MINUTE, NOW, counted, provinces};
use base::time::DAY_MS;
use desk::hall::hall;
use desk::ticket::{SHORT_WAIT, State};
use desk::{Counter, Ticket};
use records::Typed;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_walks_in_takes_a_number_and_one_press_is_done_with_one_and_calls_the_next() {
    for province in provinces().await {
        let clerk = &province.clerk;
        assert_eq!(province.take(NOW, "ho-tich", "").await.unwrap_err(), "desk-field-unserved");
        let counter = province.open("1", "ho-tich").await;
        assert_eq!(province.take(NOW, "dat-dai", "").await.unwrap_err(), "desk-field-unserved");
        assert_eq!(province.take(NOW.plus_ms(10 * 60 * MINUTE), "ho-tich", "").await.unwrap_err(), "desk-shut");
        assert_eq!(province.take(NOW, "ho-tich", "friend").await.unwrap_err(), "records-field-choice");
        for minute in 0..3 {
            let held = province.take(NOW.plus_ms(minute * MINUTE), "ho-tich", "").await.unwrap();
            assert_eq!(held.state.n, minute + 1);
        }
        assert!(province.take(NOW, "ho-tich", "").await.unwrap().code.ends_with("-261125-004"));

        // Nobody of another desk calls here; nobody calls to a counter that is closed.
        assert_eq!(province.call(&province.stranger, NOW, &counter).await.unwrap_err(), "records-not-found");
        assert_eq!(province.call(&province.head, NOW, &counter).await.unwrap_err(), "records-not-yours");
        let later = |minutes: i64| NOW.plus_ms(minutes * MINUTE);
        let first = province.call(clerk, later(5), &counter).await.unwrap().unwrap();
        assert_eq!((first.state.n, first.state.state, first.state.waited_ms(later(9))), (1, State::Called, 5 * MINUTE));
        let first = province.act::<Ticket>(clerk, later(6), (&first.code, "recall"), Typed::default()).await.unwrap();
        assert_eq!((first.state.calls, first.state.called_at), (2, Some(later(5))));
        assert_eq!(first.state.last_call_at, Some(later(6)));
        let second = province.call(clerk, later(20), &counter).await.unwrap().unwrap();
        assert_eq!(second.state.n, 4, "taken at the same moment as the first");
        let over = province.act::<Ticket>(clerk, later(20), (&first.code, "miss"), Typed::default()).await;
        assert_eq!(over.unwrap_err(), "records-not-now");
        province.act::<Ticket>(clerk, later(21), (&second.code, "miss"), Typed::default()).await.unwrap();
        province.close(clerk, later(21), &counter).await.unwrap();
        assert_eq!(province.call(clerk, later(22), &counter).await.unwrap_err(), "desk-counter-closed");

        let (desk, at) = (province.desk().id, later(22));
        let now = province.write(move |tx, _| Box::pin(async move { hall(tx, desk, at).await })).await.unwrap();
        assert_eq!((now.waiting.len(), now.served, now.mean_wait_minutes), (2, 1, Some(13)));
        assert_eq!(now.service_ms, 14 * MINUTE, "from the last call");
        assert!(now.open().is_empty());
        let days = (NOW.day(), NOW.day());
        let sums = province.write(move |tx, _| Box::pin(async move { Ok(desk::store::sums(tx, days).await?) }));
        let sums = sums.await.unwrap()[&desk];
        assert_eq!((sums.taken, sums.called, sums.served), (4, 2, 1));
        assert_eq!((sums.waited_ms, sums.serving_ms), (25 * MINUTE, 14 * MINUTE));
        let wanted =
            [("queue_called", 0, 1), ("queue_called", SHORT_WAIT, 1), ("queue_lost", 0, 1), ("queue_served", 0, 1)];
        assert_eq!(province.proven().await, counted(wanted));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_go_first_does_and_whoever_is_sent_on_is_called_first_at_the_other_counter() {
    for province in provinces().await {
        let clerk = &province.clerk;
        let (one, two) = (province.open("1", "ho-tich").await, province.open("2", "dat-dai").await);
        for (minute, priority) in [(0, ""), (1, ""), (2, "elderly")] {
            province.take(NOW.plus_ms(minute * MINUTE), "ho-tich", priority).await.unwrap();
        }
        let at = NOW.plus_ms(10 * MINUTE);
        let old = province.call(clerk, at, &one).await.unwrap().unwrap();
        assert_eq!((old.state.n, old.state.priority.as_str()), (3, "elderly"));
        assert!(province.call(clerk, at, &two).await.unwrap().is_none(), "nobody waits for land");

        let send = |to: String| {
            let (actor, ticket) = (clerk.clone(), old.code.clone());
            province.write(move |tx, house| {
                Box::pin(async move { desk::queue_acts::send_on(tx, house, &actor, at, (&ticket, &to)).await })
            })
        };
        assert_eq!(send(one.code.clone()).await.unwrap_err(), "records-field-choice");
        let sent = send(two.code.clone()).await.unwrap();
        assert_eq!((sent.state.state, sent.state.counter), (State::Waiting, Some(two.id)));
        assert_eq!(send(two.code.clone()).await.unwrap_err(), "records-not-now");
        assert_eq!(province.call(clerk, at, &one).await.unwrap().unwrap().state.n, 1);
        assert_eq!(province.call(clerk, at, &two).await.unwrap().unwrap().state.n, 3);
        // Called once, however often: one wait.
        let counted = province.proven().await;
        assert_eq!(counted[&("queue_called".to_owned(), SHORT_WAIT)], 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_begin_anew_each_day_and_what_was_left_over_lapses() {
    for province in provinces().await {
        let counter = province.open("1", "").await;
        let called = province.take(NOW, "ho-tich", "").await.unwrap();
        let left = province.take(NOW, "ho-tich", "").await.unwrap();
        province.call(&province.clerk, NOW, &counter).await.unwrap();
        let next = province.take(NOW.plus_ms(DAY_MS), "ho-tich", "").await.unwrap();
        assert_eq!((next.state.n, next.code == left.code), (1, false));
        for code in [called.code, left.code] {
            let read = province.write(move |tx, _| Box::pin(async move { Ok(desk::store::ticket(tx, &code).await?) }));
            assert_eq!(read.await.unwrap().unwrap().state.state, State::Lapsed);
        }
        // Whoever was called is not lost, though nobody noted how it ended.
        assert_eq!(province.proven().await, counted([("queue_called", SHORT_WAIT, 1), ("queue_lost", 0, 1)]));

        // Closing the counter is done with whoever stands there.
        let at = NOW.plus_ms(DAY_MS + MINUTE);
        province.call(&province.clerk, at, &counter).await.unwrap().unwrap();
        let around = province.act::<Counter>(&province.clerk, at, (&counter.code, "close"), Typed::default()).await;
        assert_eq!(around.unwrap_err(), "records-no-act", "there is no other way to close it");
        assert_eq!(province.close(&province.stranger, at, &counter).await.unwrap_err(), "records-not-found");
        let closed = province.close(&province.head, at, &counter).await.unwrap();
        assert_eq!(closed.state.state, desk::counter::State::Closed);
        assert_eq!(province.close(&province.head, at, &counter).await.unwrap_err(), "records-not-now");
        assert_eq!(province.proven().await[&("queue_served".to_owned(), 0)], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_get_numbers_without_a_gap_and_are_called_once() {
    for province in provinces().await {
        let (one, two) = (province.open("1", "").await, province.open("2", "").await);
        let taken = (0..12).map(|_| province.take(NOW, "", ""));
        let taken = futures_join(taken).await;
        let mut numbers: Vec<i64> = taken.into_iter().map(|held| held.unwrap().state.n).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
        let (clerk, other) = (&province.clerk, &province.other);
        let mut called = Vec::new();
        for minute in 0..7 {
            let at = NOW.plus_ms(minute * MINUTE);
            let (a, b) = tokio::join!(province.call(clerk, at, &one), province.call(other, at, &two));
            called.extend([a, b].into_iter().filter_map(|held| held.unwrap()).map(|held| held.state.n));
        }
        called.sort_unstable();
        assert_eq!(called, numbers);
        province.proven().await;
    }
}

/// All of them at once.
async fn futures_join<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        for (one, slot) in all.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(value) = one.as_mut().poll(cx)
            {
                *slot = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_have_numbers_of_their_own_and_fields_that_procedures_have() {
    for province in provinces().await {
        let head = &province.head;
        assert_eq!(province.set_up(&province.clerk, "1", "").await.unwrap_err(), "records-not-yours");
        let held = province.set_up(head, "1", "ho-tich\ndat-dai").await.unwrap();
        assert_eq!(held.state.fields, ["ho-tich", "dat-dai"]);
        assert_eq!(province.set_up(head, "1", "").await.unwrap_err(), "desk-counter-number");
        assert_eq!(province.set_up(head, "2", "fishing").await.unwrap_err(), "records-field-choice");
        assert_eq!(province.end(&province.clerk, NOW, &held).await.unwrap_err(), "records-not-yours");
        province.end(head, NOW, &held).await.unwrap();
        let again = province.set_up(head, "1", "").await.unwrap();
        assert_ne!(again.code, held.code, "the number is free again, the code is not");
        let change = crate::typed([("counter_name", "Hộ tịch"), ("fields", "ho-tich")]);
        let held = province.act::<Counter>(head, NOW, (&again.code, "change"), change).await.unwrap();
        assert_eq!((held.state.name.as_str(), held.state.serves("dat-dai")), ("Hộ tịch", false));
        province.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_press_of_a_page_that_is_older_calls_nobody() {
    for province in provinces().await {
        let counter = province.open("1", "").await;
        for _ in 0..2 {
            province.take(NOW, "", "").await.unwrap();
        }
        let first = province.press(NOW, &counter, "").await.unwrap().unwrap();
        assert_eq!(province.press(NOW, &counter, "").await.unwrap_err(), "records-changed-meanwhile");
        let second = province.press(NOW, &counter, &first.code).await.unwrap().unwrap();
        assert_eq!((first.state.n, second.state.n), (1, 2));
        assert_eq!(province.press(NOW, &counter, &first.code).await.unwrap_err(), "records-changed-meanwhile");
        assert_eq!(province.proven().await[&("queue_served".to_owned(), 0)], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_that_serves_all_takes_no_word_that_is_no_field() {
    for province in provinces().await {
        province.open("1", "").await;
        assert_eq!(province.take(NOW, "gọi 0900000000", "").await.unwrap_err(), "records-field-choice");
        assert_eq!(province.take(NOW, "dat-dai", "").await.unwrap().state.n, 1);
        assert_eq!(province.take(NOW, "", "").await.unwrap().state.n, 2);
    }
}
