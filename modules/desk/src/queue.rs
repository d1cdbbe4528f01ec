//! Whose turn it is, and how long it will be: pure rules over the tickets of one desk and day.

use crate::counter::Counter;
use crate::data::Rule;
use crate::ticket::Ticket;
use base::{Id, Instant};
use records::Held;

/// Which of those who wait is called to a counter. First whoever was sent on to it; then whoever may go before others, until so many of them
/// have been called in a row; then whoever booked, once their slot has begun; then whoever waits longest. Nobody is called to a counter
/// that does not serve their field, and nobody who was sent on to another one that is open.
pub fn next<'t>(
    waiting: &'t [Held<Ticket>],
    counter: &Held<Counter>,
    open: &[Id],
    (rule, in_a_row): (&Rule, usize),
    now: Instant,
) -> Option<&'t Held<Ticket>> {
    let sent_on = |ticket: &Ticket| ticket.counter.filter(|to| open.contains(to));
    let of_it = |ticket: &&Held<Ticket>| match sent_on(&ticket.state) {
        Some(to) => to == counter.id,
        None => counter.state.serves(&ticket.state.field),
    };
    let others_first = in_a_row >= rule.priority_in_a_row;
    let rank = |ticket: &Ticket| match (sent_on(ticket), ticket.priority.is_empty(), ticket.slot_at) {
        (Some(_), ..) => 0,
        (_, false, _) if others_first => 4,
        (_, false, _) => 1,
        (_, _, Some(slot)) if slot <= now => 2,
        _ => 3,
    };
    waiting.iter().filter(of_it).min_by_key(|held| (rank(&held.state), held.state.waits_from(), held.state.n))
}

/// How many of the last calls, the latest first, were of people who went before others.
pub fn in_a_row(called: &[Held<Ticket>]) -> usize {
    called.iter().take_while(|held| !held.state.priority.is_empty()).count()
}

/// How many will be called before somebody, as it stands: by the same order, whatever counter calls.
pub fn ahead(waiting: &[Held<Ticket>], of: &Ticket, now: Instant) -> usize {
    let rank = |ticket: &Ticket| match (ticket.priority.is_empty(), ticket.slot_at) {
        (false, _) => 0,
        (_, Some(slot)) if slot <= now => 1,
        _ => 2,
    };
    let place = |ticket: &Ticket| (rank(ticket), ticket.waits_from(), ticket.n);
    waiting.iter().filter(|other| other.state.n != of.n && place(&other.state) < place(of)).count()
}

/// The mean length of some services, in milliseconds: of the last ones served, or what the rule takes it for before anybody was.
pub fn service_ms(served: &[Held<Ticket>], rule: &Rule) -> i64 {
    let took = served.iter().filter_map(|held| Some(held.state.done_at?.ms_since(held.state.called_at?).max(0)));
    let (n, sum) = took.fold((0, 0), |(n, sum), ms| (n + 1, sum + ms));
    if n == 0 { rule.service_minutes * 60_000 } else { sum / n }
}

/// How long somebody will wait, in whole minutes, rounded up to five: those before them, over the counters that serve them. None where no
/// counter does.
pub fn estimate_minutes(ahead: usize, counters: usize, service_ms: i64) -> Option<i64> {
    if counters == 0 {
        return None;
    }
    let ms = (ahead as i64).saturating_mul(service_ms) / counters as i64;
    Some((ms + 299_999) / 300_000 * 5)
}

/// The mean wait of tickets that were called, in whole minutes; none where none was.
pub fn mean_wait_minutes(called: i64, waited_ms: i64) -> Option<i64> {
    (called > 0).then(|| (waited_ms / called + 30_000) / 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::State;
    use audit::Head;

    const NOW: Instant = Instant(1_000 * 60_000);

    fn at(minutes_ago: i64) -> Instant {
        NOW.plus_ms(-minutes_ago * 60_000)
    }

    fn ticket(n: i64, field: &str, waited: i64) -> Held<Ticket> {
        let state = Ticket { n, field: field.to_owned(), taken_at: at(waited), ..Ticket::default() };
        Held { id: Id(n), code: n.to_string(), head: Head::default(), state }
    }

    fn rule() -> Rule {
        crate::data::rule(base::Date::MAX).cloned().expect("a rule")
    }

    fn counter(id: i64, fields: &[&str]) -> Held<Counter> {
        let state = Counter { fields: fields.iter().map(|f| (*f).to_owned()).collect(), ..Counter::default() };
        Held { id: Id(id), code: String::new(), head: Head::default(), state }
    }

    fn called(waiting: &[Held<Ticket>], fields: &[&str], in_a_row: usize) -> Option<i64> {
        next(waiting, &counter(7, fields), &[Id(7)], (&rule(), in_a_row), NOW).map(|held| held.state.n)
    }

    #[test]
    fn the_oldest_whose_field_the_counter_serves_is_called() {
        let waiting = [ticket(1, "land", 30), ticket(2, "civil", 20), ticket(3, "civil", 25)];
        assert_eq!(called(&waiting, &["civil"], 0), Some(3));
        assert_eq!(called(&waiting, &[], 0), Some(1), "a counter without fields serves all");
        assert_eq!(called(&waiting, &["trade"], 0), None);
    }

    #[test]
    fn who_may_go_first_does_until_so_many_have_in_a_row() {
        let mut old = ticket(2, "land", 1);
        old.state.priority = "elderly".to_owned();
        let waiting = [ticket(1, "land", 30), old];
        assert_eq!(called(&waiting, &[], 0), Some(2));
        assert_eq!(called(&waiting, &[], rule().priority_in_a_row), Some(1));
        assert_eq!(called(&waiting[1..], &[], 99), Some(2), "nobody else waits");
        assert_eq!(in_a_row(&[waiting[1].clone(), waiting[0].clone(), waiting[1].clone()]), 1);
    }

    #[test]
    fn a_booked_slot_goes_before_those_without_one_once_it_has_begun() {
        let mut booked = ticket(9, "land", 10);
        booked.state.slot_at = Some(at(2));
        let waiting = [ticket(1, "land", 30), booked.clone()];
        assert_eq!(called(&waiting, &[], 0), Some(9));
        booked.state.slot_at = Some(at(-20));
        assert_eq!(called(&[ticket(1, "land", 1), booked.clone()], &[], 0), Some(1));
        assert_eq!(booked.state.waited_ms(NOW), 0, "nobody waits before their slot");
    }

    #[test]
    fn what_was_sent_on_waits_for_its_counter_alone() {
        let mut moved = ticket(5, "land", 1);
        moved.state.counter = Some(Id(7));
        let waiting = [ticket(1, "land", 30), moved];
        assert_eq!(called(&waiting, &["trade"], 0), Some(5));
        let elsewhere = |open: &[Id]| next(&waiting[1..], &counter(8, &[]), open, (&rule(), 0), NOW).is_some();
        assert!(!elsewhere(&[Id(7), Id(8)]));
        assert!(elsewhere(&[Id(8)]), "the counter it was sent to has closed");
    }

    #[test]
    fn the_wait_is_told_by_those_before_over_the_counters_and_the_last_services() {
        let mut served = ticket(1, "land", 40);
        served.state = Ticket { state: State::Served, called_at: Some(at(20)), done_at: Some(at(8)), ..served.state };
        assert_eq!(service_ms(&[served], &rule()), 12 * 60_000);
        assert_eq!(service_ms(&[], &rule()), rule().service_minutes * 60_000);
        let ten = 10 * 60_000;
        let told = [(0, 1), (1, 1), (3, 2), (3, 0)].map(|(before, counters)| estimate_minutes(before, counters, ten));
        assert_eq!(told, [Some(0), Some(10), Some(15), None]);
        let waiting = [ticket(1, "land", 30), ticket(2, "land", 20), ticket(3, "land", 10)];
        assert_eq!((ahead(&waiting, &waiting[2].state, NOW), ahead(&waiting, &waiting[0].state, NOW)), (2, 0));
        assert_eq!((mean_wait_minutes(0, 0), mean_wait_minutes(2, 9 * 60_000)), (None, Some(5)));
    }
}
