//! What a hall asks all day is a range of an index, however many tickets there are.

use crate::{NOW, provinces};
use base::Id;
use desk::store as sql;
use lists::plan;
use store::params;

/// Tickets of a hundred desks.
const TICKETS: i64 = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_hall_asks_all_day_is_a_range_of_its_index() {
    for province in provinces().await {
        let series = |n| plan::series(province.db.engine(), n);
        // Ten of each desk and day.
        let tickets = format!(
            "INSERT INTO desk_ticket (id, code, event_n, event_hash, state, unit_id, level, day, n, field, priority, taken_at, calls)
             SELECT k, 'T' || k, 1, {}, CASE WHEN k % 10 < 3 THEN 'waiting' ELSE 'served' END, (k / 10) % 100, 'commune', k / 1000, k % 10, '', '', k, 0 FROM {}",
            if province.db.engine() == store::Engine::Sqlite { "x'00'" } else { "decode('00', 'hex')" },
            series(TICKETS)
        );
        let bookings = format!(
            "INSERT INTO desk_booking (id, code, event_n, event_hash, state, unit_id, owner_id, field, slot_at, slot_minutes, seat)
             SELECT k, 'L' || k, 1, {}, 'booked', k % 100, k % 5000, '', k / 300, 30, k % 3 FROM {}",
            if province.db.engine() == store::Engine::Sqlite { "x'00'" } else { "decode('00', 'hex')" },
            series(TICKETS)
        );
        let fill = vec![tickets, bookings, "ANALYZE desk_ticket".to_owned(), "ANALYZE desk_booking".to_owned()];
        let (desk, day) = (Id(7), 40_i64);
        let lanes = vec![
            (sql::NEXT_TICKET, params![desk, day].to_vec(), "desk_ticket_number"),
            (sql::TICKET, params!["T77"].to_vec(), "desk_ticket_code"),
            (sql::TICKETS, params![desk, day, "waiting", 500_i64].to_vec(), "desk_ticket_state"),
            (sql::WAITED, params![desk, day].to_vec(), "desk_ticket_number"),
            (sql::LEFT_OVER, params![desk, day, day - 30, 500_i64].to_vec(), "desk_ticket_number"),
            (sql::SEATS, params![desk, NOW].to_vec(), "desk_booking_seat"),
            (sql::BOOKINGS_OF, params![Id(9), NOW].to_vec(), "desk_booking_owner"),
        ];
        let refused = plan::refusals(&province.db, fill, lanes).await.unwrap();
        assert_eq!(refused, Vec::<String>::new(), "on {:?}", province.db.engine());
    }
}
