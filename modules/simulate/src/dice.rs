//! Chance that can be repeated: the same seed gives the same province on every machine and with every version of every
//! library, so a demonstration, a failing load run and a benchmark can be made again. It is no secret and guards nothing.

/// A stream of numbers from a seed: SplitMix64 (G. Steele, D. Lea, C. Flood, 2014).
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Dice {
        Dice { state: seed }
    }

    /// A stream of its own for one purpose, so that more throws for one thing do not change another.
    pub fn fork(&self, purpose: &str) -> Dice {
        // FNV-1a over the name.
        let hash =
            purpose.bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        let mut fork = Dice { state: self.state ^ hash };
        fork.roll();
        fork
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number from 0 to `end` − 1; 0 when `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        // The high half of a product: as even as 64 bits allow, without a division.
        u64::try_from((u128::from(self.roll()) * u128::from(end)) >> 64).unwrap_or(0)
    }

    /// A whole number from `from` to `to`, both included; `from` when they are the wrong way round.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to.saturating_sub(from)).map_or(1, |w| w.saturating_add(1));
        from.saturating_add(i64::try_from(self.below(width)).unwrap_or(0))
    }

    /// True so many times in a thousand.
    pub fn permille(&mut self, times: u64) -> bool {
        self.below(1_000) < times
    }

    /// One of a list; none of an empty one.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let at = self.below(u64::try_from(list.len()).unwrap_or(0));
        list.get(usize::try_from(at).unwrap_or(0))
    }
}

/// A list whose members are drawn by weight.
#[derive(Clone, Debug)]
pub struct Weighted<T> {
    /// The running totals of the weights.
    ends: Vec<u64>,
    members: Vec<T>,
}

impl<T> Default for Weighted<T> {
    fn default() -> Self {
        Weighted { ends: Vec::new(), members: Vec::new() }
    }
}

impl<T> FromIterator<(T, u32)> for Weighted<T> {
    /// Members of weight 0 are never drawn.
    fn from_iter<I: IntoIterator<Item = (T, u32)>>(list: I) -> Self {
        let mut weighted = Weighted::default();
        let mut total = 0;
        for (member, weight) in list {
            total += u64::from(weight);
            weighted.ends.push(total);
            weighted.members.push(member);
        }
        weighted
    }
}

impl<T> Weighted<T> {
    /// Draws one by weight; none when the list is empty or weighs nothing.
    pub fn draw(&self, dice: &mut Dice) -> Option<&T> {
        let throw = dice.below(self.ends.last().copied().unwrap_or(0));
        self.members.get(self.ends.partition_point(|end| *end <= throw))
    }

    /// The members with nothing said about their weight.
    pub fn members(&self) -> &[T] {
        &self.members
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        let mut dice = Dice::new(42);
        assert_eq!([dice.roll(), dice.roll()], [13_679_457_532_755_275_413, 2_949_826_092_126_892_291]);
        let mut dice = Dice::new(7);
        assert_eq!((0..8).map(|_| dice.below(6)).collect::<Vec<_>>(), {
            let mut again = Dice::new(7);
            (0..8).map(|_| again.below(6)).collect::<Vec<_>>()
        });
    }

    #[test]
    fn forks_are_independent_of_one_another() {
        let dice = Dice::new(1);
        assert_ne!(dice.fork("people").roll(), dice.fork("dossiers").roll());
        assert_eq!(dice.fork("people").roll(), dice.fork("people").roll());
    }

    #[test]
    fn throws_stay_within_bounds_and_reach_them() {
        let mut dice = Dice::new(3);
        let throws: Vec<i64> = (0..2_000).map(|_| dice.between(-2, 3)).collect();
        assert_eq!((throws.iter().min(), throws.iter().max()), (Some(&-2), Some(&3)));
        assert_eq!(dice.between(5, 1), 5);
        assert_eq!((dice.below(0), dice.pick::<u8>(&[])), (0, None));
        let hits = (0..10_000).filter(|_| dice.permille(250)).count();
        assert!((2_300..2_700).contains(&hits), "{hits}");
    }

    #[test]
    fn heavier_members_are_drawn_more_often() {
        let list: Weighted<char> = [('a', 1), ('b', 0), ('c', 9)].into_iter().collect();
        let mut dice = Dice::new(5);
        let drawn: Vec<char> = (0..5_000).filter_map(|_| list.draw(&mut dice).copied()).collect();
        let count = |c| drawn.iter().filter(|d| **d == c).count();
        assert_eq!(count('b'), 0);
        assert!((400..600).contains(&count('a')), "{}", count('a'));
        assert_eq!(Weighted::<char>::default().draw(&mut dice), None);
    }
}
