//! Slots: booked by somebody with an account, given back, used at the desk.

use crate::{MINUTE, NOW, Province, provinces};
use base::{Actor, Id, Instant};
use desk::booking::{State, slots};
use desk::{Booking, Ticket};
use records::{Held, Typed};

impl Province {
    async fn book(&self, actor: &Actor, field: &str, slot: Instant) -> Result<Held<Booking>, &'static str> {
        let (actor, field, desk) = (actor.clone(), field.to_owned(), self.desk());
        self.write(move |tx, house| {
            Box::pin(async move { desk::booking_acts::book(tx, house, &actor, NOW, (&desk, &field, slot)).await })
        })
        .await
    }

    async fn arrive(&self, at: Instant, code: &str) -> Result<Held<Ticket>, &'static str> {
        let (desk, code) = (self.desk(), code.to_owned());
        self.write(move |tx, house| {
            Box::pin(async move { desk::booking_acts::arrive(tx, house, &desk, at, &code).await })
        })
        .await
    }

    /// Another person with an account.
    fn someone(&self, n: i64) -> Actor {
        Actor { account: Id(n), ..self.citizen.clone() }
    }

    /// The first slot of the afternoon.
    fn afternoon(&self) -> Instant {
        let rule = desk::data::rule(NOW.date()).unwrap();
        let all = slots(&self.house.org.calendar, NOW.date(), rule);
        all.into_iter().find(|slot| slot.ms_since(NOW) > 3 * 60 * MINUTE).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_takes_so_many_people_and_a_place_given_back_is_free_again() {
    for province in provinces().await {
        let (slot, citizen) = (province.afternoon(), &province.citizen);
        assert_eq!(province.book(citizen, "ho-tich", slot).await.unwrap_err(), "desk-field-unserved");
        province.open("1", "ho-tich").await;
        assert_eq!(province.book(&province.clerk, "ho-tich", slot).await.unwrap_err(), "web-permission-missing");
        assert_eq!(province.book(citizen, "ho-tich", slot.plus_ms(MINUTE)).await.unwrap_err(), "desk-slot-none");
        assert_eq!(province.book(citizen, "ho-tich", NOW).await.unwrap_err(), "desk-slot-none");
        let own = province.book(citizen, "ho-tich", slot).await.unwrap();
        assert_eq!(province.book(citizen, "ho-tich", slot).await.unwrap_err(), "desk-slot-own");
        let places = desk::data::rule(NOW.date()).unwrap().slot_places;
        for n in 1..places {
            province.book(&province.someone(n), "ho-tich", slot).await.unwrap();
        }
        assert_eq!(province.book(&province.someone(99), "ho-tich", slot).await.unwrap_err(), "desk-slot-full");

        // It is nobody else's to give back, nor to see.
        let cancel = |actor: Actor| {
            let code = own.code.clone();
            let province = &province;
            async move { province.act::<Booking>(&actor, NOW, (&code, "cancel"), Typed::default()).await }
        };
        assert_eq!(cancel(province.someone(1)).await.unwrap_err(), "records-not-found");
        assert_eq!(cancel(province.clerk.clone()).await.unwrap_err(), "records-not-yours");
        let given_back = cancel(citizen.clone()).await.unwrap();
        assert_eq!((given_back.state.state, given_back.state.seat), (State::Cancelled, None));
        province.book(&province.someone(99), "ho-tich", slot).await.unwrap();
        // One person holds so many at once.
        let more = [1, 2, 3].map(|n| slot.plus_ms(n * 30 * MINUTE));
        province.book(citizen, "ho-tich", more[0]).await.unwrap();
        province.book(citizen, "ho-tich", more[1]).await.unwrap();
        assert_eq!(province.book(citizen, "ho-tich", more[2]).await.unwrap_err(), "desk-slots-held");
        let booked = province.proven().await[&("slot_booked".to_owned(), 0)];
        // Three of the citizen's, of which one is given back; those of the others; one in the place that was free again.
        assert_eq!(booked, places + 2);
        let facts = province.proven().await;
        assert_eq!(facts.keys().filter(|(name, _)| name == "slot_booked").count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_booked_and_comes_in_time_goes_before_those_who_did_not() {
    for province in provinces().await {
        let counter = province.open("1", "ho-tich").await;
        let slot = province.afternoon();
        let booked = province.book(&province.citizen, "ho-tich", slot).await.unwrap();
        let late = province.book(&province.someone(2), "ho-tich", slot).await.unwrap();
        assert_eq!(province.arrive(slot, "LH-NOBODY").await.unwrap_err(), "desk-booking-none");
        assert_eq!(province.arrive(NOW, &booked.code).await.unwrap_err(), "desk-booking-early");
        province.take(slot, "ho-tich", "").await.unwrap();
        let ticket = province.arrive(slot.plus_ms(2 * MINUTE), &booked.code).await.unwrap();
        assert_eq!((ticket.state.n, ticket.state.slot_at), (2, Some(slot)));
        assert_eq!(province.arrive(slot, &booked.code).await.unwrap_err(), "desk-booking-over");
        let called = province.call(&province.clerk, slot.plus_ms(5 * MINUTE), &counter).await.unwrap().unwrap();
        assert_eq!(called.state.n, 2);
        // Whoever comes after the slot queues like everybody.
        let ticket = province.arrive(slot.plus_ms(31 * MINUTE), &late.code).await.unwrap();
        assert_eq!(ticket.state.slot_at, None);
        let called = province.call(&province.clerk, slot.plus_ms(32 * MINUTE), &counter).await.unwrap().unwrap();
        assert_eq!(called.state.n, 1);
        let counted = province.proven().await;
        assert_eq!(counted[&("slot_kept".to_owned(), 0)], 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_books_so_often_a_day_and_only_for_a_field_that_there_is() {
    for province in provinces().await {
        province.open("1", "").await;
        let (slot, citizen) = (province.afternoon(), &province.citizen);
        assert_eq!(province.book(citizen, "gọi 0900000000", slot).await.unwrap_err(), "records-field-choice");
        for _ in 0..desk::data::rule(NOW.date()).unwrap().slots_a_day {
            let held = province.book(citizen, "", slot).await.unwrap();
            province.act::<Booking>(citizen, NOW, (&held.code, "cancel"), Typed::default()).await.unwrap();
        }
        assert_eq!(province.book(citizen, "", slot).await.unwrap_err(), "desk-slots-today");
        province.book(&province.someone(7), "", slot).await.unwrap();
        assert_eq!(province.proven().await[&("slot_booked".to_owned(), 0)], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_stays_while_a_slot_is_booked_that_no_other_one_serves() {
    for province in provinces().await {
        let counter = province.set_up(&province.head, "1", "ho-tich").await.unwrap();
        let other = province.set_up(&province.head, "2", "dat-dai").await.unwrap();
        let booked = province.book(&province.citizen, "ho-tich", province.afternoon()).await.unwrap();
        assert_eq!(province.end(&province.head, NOW, &counter).await.unwrap_err(), "desk-counter-bookings");
        province.end(&province.head, NOW, &other).await.unwrap();
        let (unit, day) = (province.desk().id, NOW.date());
        let open = province.write(move |tx, _| Box::pin(async move { Ok(desk::open_at(tx, unit, day).await?) }));
        let open: Vec<(&str, i64)> = open.await.unwrap().iter().map(|open| (open.what, open.count)).collect();
        assert_eq!(open, [("counter-open-here", 1), ("duty-open-here", 0), ("booking-open-here", 1)]);
        let code = booked.code.as_str();
        province.act::<Booking>(&province.citizen, NOW, (code, "cancel"), Typed::default()).await.unwrap();
        province.end(&province.head, NOW, &counter).await.unwrap();
    }
}
