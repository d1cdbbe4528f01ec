//! Who is in the house.

use super::line::Line;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use web::limits::household;

/// Connections at a time: a province's officials at their desks (six each while a page loads) and as many citizens.
const CONNECTIONS_MAX: usize = 4_096;
/// Of them from one address: a whole office stands behind one, and one must not fill the house.
const ADDRESS_SHARE: usize = 2;
/// Told that the house is full, beyond the bound.
const EXTRA_MAX: usize = 32;
/// Descriptors left for the database, its journals, the log and the like.
const DESCRIPTORS_KEPT: u64 = 128;
/// Descriptors asked of the system: two a connection (itself, the file it gets or brings) and those kept.
const DESCRIPTORS_WANTED: u64 = 2 * CONNECTIONS_MAX as u64 + DESCRIPTORS_KEPT;

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    all: usize,
    address: usize,
    extra: usize,
}

impl Bounds {
    /// What the descriptors of this process allow, after asking for more.
    pub(super) fn of_this_process(behind_proxy: bool) -> Bounds {
        Bounds::of(descriptors(), behind_proxy)
    }

    fn of(descriptors: u64, behind_proxy: bool) -> Bounds {
        let room = descriptors.saturating_sub(DESCRIPTORS_KEPT) / 2;
        let all = usize::try_from(room).unwrap_or(CONNECTIONS_MAX).clamp(16, CONNECTIONS_MAX);
        Bounds { all, address: if behind_proxy { all } else { all / ADDRESS_SHARE }, extra: EXTRA_MAX.min(all / 4) }
    }
}

#[cfg(unix)]
fn descriptors() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.unwrap_or(u64::MAX).min(DESCRIPTORS_WANTED);
    let current = now.current.unwrap_or(u64::MAX);
    if current < most && setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: now.maximum }).is_ok() {
        return most;
    }
    current
}

#[cfg(not(unix))]
fn descriptors() -> u64 {
    DESCRIPTORS_WANTED
}

/// All open connections.
pub(super) struct Book {
    bounds: Bounds,
    next: AtomicU64,
    lines: Mutex<HashMap<u64, (IpAddr, Arc<Line>)>>,
}

/// One connection's place; given back when dropped.
pub(super) struct Seat {
    book: Arc<Book>,
    key: u64,
    line: Arc<Line>,
}

impl Seat {
    pub(super) fn line(&self) -> Arc<Line> {
        self.line.clone()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.book.lines().remove(&self.key);
    }
}

impl Book {
    pub(super) fn new(bounds: Bounds) -> Book {
        Book { bounds, next: AtomicU64::new(0), lines: Mutex::default() }
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<u64, (IpAddr, Arc<Line>)>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for who comes from `address`. When there is none, whoever waits makes room: of the same address when it has its
    /// share, else of the address with the most. When nobody waits it is one of the few places for being told so; none when
    /// those are taken too.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let address = household(address);
        let mut lines = self.lines();
        let same = lines.values().filter(|(of, _)| *of == address).count();
        let its_share = same >= self.bounds.address;
        let mut extra = false;
        if its_share || lines.len() >= self.bounds.all {
            let crowded = if its_share { Some(address) } else { busiest(&lines) };
            let of_it = lines.iter().filter(|(_, (of, _))| crowded.is_none_or(|crowded| *of == crowded));
            let longest = of_it.filter_map(|(key, (_, line))| Some((line.spare()?, *key))).max();
            match longest.and_then(|(_, key)| lines.remove(&key)) {
                Some((_, line)) => line.tell_to_go(),
                None if lines.values().filter(|(_, line)| line.is_extra()).count() >= self.bounds.extra => return None,
                None => extra = true,
            }
        }
        let key = self.next.fetch_add(1, Ordering::Relaxed);
        let line = Arc::new(Line::new(extra));
        lines.insert(key, (address, line.clone()));
        drop(lines);
        Some(Seat { book: self.clone(), key, line })
    }
}

/// Fewer than these wait at every ordinary address; when nobody has more, the longest waiting of all goes.
const CROWD_MIN: usize = 3;

/// The address where the most wait, if that is a crowd.
fn busiest(lines: &HashMap<u64, (IpAddr, Arc<Line>)>) -> Option<IpAddr> {
    let mut counts: HashMap<IpAddr, usize> = HashMap::new();
    for (address, line) in lines.values() {
        // Who is served keeps the place; only those who wait count.
        *counts.entry(*address).or_default() += usize::from(!line.is_served());
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.filter(|(_, count)| *count >= CROWD_MIN).map(|(address, _)| address)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTACKER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));
    const OFFICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7));

    fn book(all: usize, address: usize) -> Arc<Book> {
        Arc::new(Book::new(Bounds { all, address, extra: 1 }))
    }

    fn is_told(seat: &Seat) -> bool {
        use futures_util::FutureExt as _;
        seat.line.told_to_go().now_or_never().is_some()
    }

    #[test]
    fn descriptors_bound_the_house_and_one_address_has_its_half_of_it() {
        assert_eq!(Bounds::of(1_024, false), Bounds { all: 448, address: 224, extra: 32 });
        assert_eq!(Bounds::of(1_024, true), Bounds { all: 448, address: 448, extra: 32 });
        assert_eq!(Bounds::of(1_000_000, false).all, CONNECTIONS_MAX);
        assert_eq!(Bounds::of(64, false).all, 16);
    }

    #[test]
    fn whoever_waits_makes_room_and_whoever_is_served_stays() {
        let book = book(4, 2);
        let first = book.enter(ATTACKER).unwrap();
        let second = book.enter(ATTACKER).unwrap();
        first.line.served();
        let third = book.enter(ATTACKER).unwrap();
        assert!(is_told(&second) && !is_told(&first), "over its share an address loses one that waits");
        let office: Vec<Seat> = (0..2).map(|_| book.enter(OFFICE).unwrap()).collect();
        office.iter().for_each(|seat| seat.line.served());
        let other = book.enter(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)).unwrap();
        assert!(is_told(&third), "in a full house it is the one that waits");
        assert!(!other.line.is_extra() && office.iter().all(|seat| !is_told(seat)));
    }

    #[test]
    fn in_a_full_house_the_crowd_makes_room_and_without_one_the_longest_waiting() {
        let book = book(4, 4);
        let waiting = book.enter(OFFICE).unwrap();
        let crowd: Vec<Seat> = (0..3).map(|_| book.enter(ATTACKER).unwrap()).collect();
        let _new = book.enter(OFFICE).unwrap();
        assert!(!is_told(&waiting) && crowd.iter().filter(|seat| is_told(seat)).count() == 1);
    }

    #[test]
    fn when_all_are_served_one_more_is_told_so_and_then_none() {
        let book = book(2, 2);
        let all: Vec<Seat> = (0..2).map(|_| book.enter(OFFICE).unwrap()).collect();
        all.iter().for_each(|seat| seat.line.served());
        let extra = book.enter(OFFICE).unwrap();
        extra.line.served();
        assert!(extra.line.is_extra());
        assert!(book.enter(OFFICE).is_none());
        drop(all);
        drop(extra);
        assert!(!book.enter(OFFICE).unwrap().line.is_extra(), "places are given back");
    }
}
