//! Whose turn it is, and how long it will be: pure rules over the tickets of one desk and day.

use crate::counter::Counter;
use crate::data::Rule;
use crate::ticket::Ticket;
use base::{Id, Instant};
use records::Held;

/// The counter somebody who waits was sent on to, while it is open.
fn sent_on(ticket: &Ticket, open: &[Id]) -> Option<Id> {
    ticket.counter.filter(|to| open.contains(to))
}

/// Whether somebody who waits may be called to a counter: sent on to it; or of a field it serves, and not sent on to another that is open.
pub fn waits_for(ticket: &Ticket, counter: &Held<Counter>, open: &[Id]) -> bool {
    sent_on(ticket, open).map_or_else(|| counter.state.serves(&ticket.field), |to| to == counter.id)
}

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
    let of_it = |held: &&Held<Ticket>| waits_for(&held.state, counter, open);
    let others_first = in_a_row >= rule.priority_in_a_row;
    let rank = |ticket: &Ticket| match (sent_on(ticket, open), ticket.priority.is_empty(), ticket.slot_at) {
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

/// The mean length of some services from the last call to their end, in milliseconds: of the last ones served, or what the rule takes it for before anybody was.
pub fn service_ms(served: &[Held<Ticket>], rule: &Rule) -> i64 {
    let took = served.iter().filter_map(|held| Some(held.state.done_at?.ms_since(held.state.last_call_at?).max(0)));
    let (n, sum) = took.fold((0, 0), |(n, sum), ms| (n + 1, sum + ms));
    if n == 0 { rule.service_minutes * 60_000 } else { sum / n }
}

/// What somebody who waits may expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// How many are called before them at counters that could call them.
    pub ahead: usize,
    /// In how many minutes they are called, rounded up to five.
    pub minutes: i64,
}

/// When somebody is called if every service takes the mean time: the counters call one after the other by [`next`], each as soon as it is free.
/// `open`: each open counter with the moment from which it can call. None where no counter serves their field.
pub fn outlook(
    waiting: &[Held<Ticket>],
    of: &Held<Ticket>,
    open: &[(Held<Counter>, Instant)],
    (rule, service_ms): (&Rule, i64),
    now: Instant,
) -> Option<Outlook> {
    let ids: Vec<Id> = open.iter().map(|(counter, _)| counter.id).collect();
    let mut free: Vec<(&Held<Counter>, Instant)> = open.iter().map(|(counter, at)| (counter, *at)).collect();
    let mut rest: Vec<Held<Ticket>> = waiting.iter().filter(|other| other.id != of.id).cloned().collect();
    rest.push(of.clone());
    let (mut ahead, mut in_a_row) = (0, 0);
    while let Some(turn) = (0..free.len()).min_by_key(|at| (free[*at].1, free[*at].0.state.number)) {
        let (counter, at) = free[turn];
        let Some(called) = next(&rest, counter, &ids, (rule, in_a_row), at).map(|held| held.id) else {
            // Nobody waits for it, and nobody will who is not here yet.
            free.swap_remove(turn);
            continue;
        };
        if called == of.id {
            let ms = at.ms_since(now).max(0);
            return Some(Outlook { ahead, minutes: (ms + 299_999) / 300_000 * 5 });
        }
        ahead += usize::from(counter.state.serves(&of.state.field));
        let priority = rest.iter().any(|held| held.id == called && !held.state.priority.is_empty());
        in_a_row = if priority { in_a_row + 1 } else { 0 };
        rest.retain(|held| held.id != called);
        free[turn].1 = at.plus_ms(service_ms.max(60_000));
    }
    None
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
        let stands = |open: &[Id]| waits_for(&waiting[1].state, &counter(8, &["land"]), open);
        assert!(stands(&[Id(8)]) && !stands(&[Id(7), Id(8)]), "the page of a counter shows whom it could call");
    }

    #[test]
    fn a_mean_is_of_what_was_and_before_that_what_the_rule_takes_it_for() {
        let mut served = ticket(1, "land", 40);
        served.state =
            Ticket { state: State::Served, last_call_at: Some(at(20)), done_at: Some(at(8)), ..served.state };
        assert_eq!(service_ms(&[served], &rule()), 12 * 60_000);
        assert_eq!(service_ms(&[], &rule()), rule().service_minutes * 60_000);
        assert_eq!((mean_wait_minutes(0, 0), mean_wait_minutes(2, 9 * 60_000)), (None, Some(5)));
    }

    #[test]
    fn one_waits_for_those_the_own_counters_call_before_and_not_for_anybody_elses() {
        let ten = 10 * 60_000;
        let waiting = [ticket(1, "civil", 30), ticket(2, "civil", 20), ticket(3, "civil", 10)];
        let (civil, land, all) = (counter(7, &["civil"]), counter(8, &["land"]), counter(9, &[]));
        let told = |of: &Held<Ticket>, open: &[(Held<Counter>, Instant)]| {
            outlook(&waiting, of, open, (&rule(), ten), NOW).map(|outlook| (outlook.ahead, outlook.minutes))
        };
        let newcomer = |field| ticket(4, field, 0);
        assert_eq!(told(&newcomer("civil"), &[(civil.clone(), NOW)]), Some((3, 30)));
        assert_eq!(told(&newcomer("land"), &[(civil.clone(), NOW), (land.clone(), NOW)]), Some((0, 0)));
        assert_eq!(told(&newcomer("land"), &[(civil.clone(), NOW)]), None);
        // Two counters share those who wait; one of them is busy for a while.
        assert_eq!(told(&newcomer("civil"), &[(civil.clone(), NOW), (all.clone(), NOW)]), Some((3, 10)));
        assert_eq!(told(&newcomer("civil"), &[(civil.clone(), at(-20)), (all.clone(), NOW)]), Some((3, 20)));
        assert_eq!(told(&waiting[0], &[(civil.clone(), at(-7))]), Some((0, 10)));
        let mut old = newcomer("civil");
        old.state.priority = "elderly".to_owned();
        assert_eq!(told(&old, &[(civil, NOW)]), Some((0, 0)));
    }
}
