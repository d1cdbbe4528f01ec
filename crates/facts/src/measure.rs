//! What is counted, as the modules that count it declare it.

use std::collections::BTreeMap;

/// In what a measure's facts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Things: `qty` is 1, and -1 where an earlier fact is taken back.
    Count,
    /// Money: `qty` is an amount in đồng, whole and exact; negative where an earlier one is taken back or lowered.
    Dong,
}

/// The largest amount of one fact, a million billion đồng: many years' budgets of a province. Nine thousand such fit into a sum.
pub const DONG_MAX: i64 = 1_000_000_000_000_000;

/// A measure: a module declares those it writes, and hands them over with its kinds.
#[derive(Debug)]
pub struct Measure {
    /// The word in the records, `settled`. It never changes its meaning.
    pub name: &'static str,
    pub quantity: Quantity,
    /// Sum of the flags its facts may carry. Their values are part of the records: none ever changes its meaning.
    pub flags: i64,
    /// The names of flags as definitions write them; those outside `flags` are not this measure's.
    pub names: &'static [(&'static str, i64)],
    /// A subject counts for it on one day only (a correction is written on the day it corrects), so that its cases can be read
    /// backwards in slices of days.
    pub once: bool,
    /// Its facts name the procedure they are about, so that figures can be cut by it.
    pub by_procedure: bool,
    /// Its facts name the official who acted, so that figures can be cut by him, before those who may (decision 0023). Never for
    /// what a citizen does or says.
    pub by_official: bool,
}

impl Measure {
    /// A measure of things that happen to a subject once, with no flags and no cuts.
    pub const fn once(name: &'static str) -> Measure {
        Measure {
            name,
            quantity: Quantity::Count,
            flags: 0,
            names: &[],
            once: true,
            by_procedure: false,
            by_official: false,
        }
    }

    /// One that may come up again for the same subject.
    pub const fn again(name: &'static str) -> Measure {
        Measure { once: false, ..Measure::once(name) }
    }

    /// An amount of money.
    pub const fn dong(name: &'static str) -> Measure {
        Measure { quantity: Quantity::Dong, ..Measure::again(name) }
    }

    /// With flags, by the names of a module's table.
    pub const fn with(self, flags: i64, names: &'static [(&'static str, i64)]) -> Measure {
        Measure { flags, names, ..self }
    }

    /// Its facts name the procedure and the official.
    pub const fn cut(self, by_procedure: bool, by_official: bool) -> Measure {
        Measure { by_procedure, by_official, ..self }
    }

    /// Its flag of that name.
    pub fn flag(&self, name: &str) -> Option<i64> {
        self.flag_names().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Its flags by name, in the order of the module's table.
    pub fn flag_names(&self) -> impl Iterator<Item = (&'static str, i64)> + '_ {
        self.names.iter().copied().filter(|(_, value)| self.flags & value != 0)
    }

    /// Why a fact of this measure cannot be: the rule it breaks.
    pub fn refuses(&self, flags: i64, qty: i64, official: bool) -> Option<&'static str> {
        if flags & !self.flags != 0 {
            return Some("a flag it does not declare");
        }
        let counts = match self.quantity {
            Quantity::Count => qty == 1 || qty == -1,
            Quantity::Dong => qty != 0 && qty.unsigned_abs() <= DONG_MAX.unsigned_abs(),
        };
        if !counts {
            return Some("a quantity it cannot have");
        }
        (official && !self.by_official).then_some("an official it does not name")
    }
}

impl PartialEq for Measure {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Measure {}

/// All measures of the program, as the modules declare them.
#[derive(Debug, Clone, Default)]
pub struct Measures {
    by_name: BTreeMap<&'static str, &'static Measure>,
}

impl Measures {
    /// Puts the modules' measures together.
    ///
    /// # Errors
    /// Two of one name, a flag without a name or with two bits, or one name for two values: faults of the program, in words.
    pub fn of(declared: impl IntoIterator<Item = &'static Measure>) -> Result<Measures, String> {
        let mut all = Measures::default();
        let mut values: BTreeMap<&str, i64> = BTreeMap::new();
        for measure in declared {
            let named = measure.flag_names().fold(0, |sum, (_, value)| sum | value);
            if named != measure.flags || measure.flag_names().any(|(_, value)| value.count_ones() != 1) {
                return Err(format!("{}: its flags and their names do not agree", measure.name));
            }
            for (name, value) in measure.flag_names() {
                if *values.entry(name).or_insert(value) != value {
                    return Err(format!("{}: the flag {name} has another value elsewhere", measure.name));
                }
            }
            if all.by_name.insert(measure.name, measure).is_some() {
                return Err(format!("{} is declared twice", measure.name));
            }
        }
        Ok(all)
    }

    /// The measure of that name.
    pub fn get(&self, name: &str) -> Option<&'static Measure> {
        self.by_name.get(name).copied()
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = &'static Measure> + '_ {
        self.by_name.values().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[(&str, i64)] = &[("GOOD", 1), ("BIG", 2), ("ODD", 12)];
    static DONE: Measure = Measure::once("done").with(3, NAMES);
    static PAID: Measure = Measure::dong("fee").cut(true, true);

    #[test]
    fn a_fact_keeps_to_what_its_measure_declares() {
        assert_eq!(DONE.refuses(3, 1, false), None);
        assert_eq!(DONE.refuses(0, -1, false), None);
        assert!(DONE.refuses(4, 1, false).is_some_and(|why| why.contains("flag")));
        assert!(DONE.refuses(0, 2, false).is_some_and(|why| why.contains("quantity")));
        assert!(DONE.refuses(0, 1, true).is_some_and(|why| why.contains("official")));
        assert_eq!(PAID.refuses(0, -50_000, true), None);
        assert_eq!(PAID.refuses(0, DONG_MAX, true), None);
        for qty in [0, DONG_MAX + 1, -DONG_MAX - 1, i64::MIN, i64::MAX] {
            assert!(PAID.refuses(0, qty, true).is_some(), "{qty}");
        }
        assert_eq!((DONE.flag("BIG"), DONE.flag("ODD"), DONE.flag("big")), (Some(2), None, None));
    }

    #[test]
    fn what_modules_declare_must_agree() {
        static OTHER: Measure = Measure::once("other").with(1, &[("BIG", 1)]);
        static NAMELESS: Measure = Measure::once("nameless").with(16, NAMES);
        static WIDE: Measure = Measure::once("wide").with(12, NAMES);
        assert_eq!(Measures::of([&DONE, &PAID]).unwrap().all().count(), 2);
        for (wrong, why) in
            [(&DONE, "twice"), (&OTHER, "another value"), (&NAMELESS, "do not agree"), (&WIDE, "do not agree")]
        {
            let error = Measures::of([&DONE, wrong]).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
