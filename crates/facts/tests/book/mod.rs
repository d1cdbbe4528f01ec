//! Facts drawn by chance, and what plain counting makes of them.

use crate::measures::{FEE_DUE, FEE_PAID, OFFERED, PAID, RATED, RECEIVED, SETTLED, flag};
use base::{Date, Id, Level};
use facts::{Cut, Fact, Figure, Filter, Indicator, Part};
use jiff::ToSpan;
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    pub fn flags(&mut self, all: &[i64]) -> i64 {
        all.iter().filter(|_| self.below(2) == 0).sum()
    }
}

pub const FIRST: Date = date(2024, 11, 10);
pub const DAYS: u64 = 740;
pub const ROOT: i64 = 1;
pub const NODES: [i64; 8] = [1, 2, 3, 4, 5, 6, 7, 99];

/// Root 1; departments 2 and 3, which has a sub-department 4 that also answers for dossiers; communes 5, 6 and 7.
pub fn first_tree() -> Vec<(i64, Vec<i64>)> {
    vec![
        (1, vec![1]),
        (2, vec![2, 1]),
        (3, vec![3, 1]),
        (4, vec![4, 3, 1]),
        (5, vec![5, 1]),
        (6, vec![6, 1]),
        (7, vec![7, 1]),
    ]
}

pub const DEFINITIONS: &str = r#"
[[indicator]]
id = "on-time"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "settled", all = ["ON_TIME"], none = ["SUPPLEMENTED_AGAIN"] }
denominator = { measure = "settled" }

[[indicator]]
id = "online-share"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "received", channel = "online" }
denominator = { measure = "received" }

[[indicator]]
id = "payments"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "paid", all = ["PAID_ONLINE"] }
denominator = { measure = "paid" }

[[indicator]]
id = "offered"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "offered", all = ["ONLINE"], stock = true }
denominator = { measure = "offered", stock = true }

[[indicator]]
id = "rated-land"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "percent"
source = "-"
numerator = { measure = "rated", all = ["SATISFIED"], fields = ["dat-dai"] }
denominator = { measure = "settled", fields = ["dat-dai"], level = "commune" }

[[indicator]]
id = "fees"
valid_from = "2021-01-01"
name_vi = "-"
name_en = "-"
definition_vi = "-"
definition_en = "-"
unit = "dong"
source = "-"
numerator = { measure = "fee_paid" }
denominator = { measure = "fee_due" }
"#;

pub fn some_facts(dice: &mut Dice, first_subject: i64, cases: i64) -> Vec<Fact> {
    let mut facts = Vec::new();
    for subject in first_subject..first_subject + cases {
        let agency = 1 + dice.below(7) as i64;
        let day = FIRST.checked_add((dice.below(DAYS) as i64).days()).unwrap();
        let base = Fact {
            measure: &RECEIVED,
            day,
            agency: Id(agency),
            level: if agency >= 5 { Level::Commune } else { Level::Province },
            field: ["ho-tich", "dat-dai", "cu-tru"][dice.below(3) as usize].to_owned(),
            channel: 1 + dice.below(3) as i64,
            flags: 0,
            qty: 1,
            subject: Id(subject),
            procedure: Id(500 + dice.below(4) as i64),
            official: [None, Some(Id(700)), Some(Id(701)), Some(Id(702))][dice.below(4) as usize],
        };
        let later = |fact: &Fact, days: u64| fact.day.checked_add((days as i64).days()).unwrap();
        if dice.below(10) == 0 {
            // A stock: offered from a day, some no longer after another.
            let offered = Fact {
                measure: &OFFERED,
                channel: 0,
                official: None,
                flags: dice.flags(&[flag::ONLINE, flag::FEE]),
                ..base.clone()
            };
            if dice.below(3) == 0 {
                facts.push(Fact { qty: -1, day: later(&offered, dice.below(400)), ..offered.clone() });
            }
            facts.push(offered);
            continue;
        }
        facts.push(base.clone());
        let settled = Fact {
            measure: &SETTLED,
            day: later(&base, dice.below(20)),
            flags: dice.flags(&[flag::ON_TIME, flag::SUPPLEMENTED_AGAIN, flag::HAS_RESULT]),
            ..base.clone()
        };
        match dice.below(5) {
            0 => {}
            1 => {
                // Corrected on its own day.
                facts.push(settled.clone());
                facts.push(Fact { qty: -1, ..settled.clone() });
                facts.push(Fact { flags: settled.flags | flag::DIGITISED, ..settled.clone() });
            }
            _ => facts.push(settled.clone()),
        }
        for _ in 0..dice.below(3) {
            let flags = dice.flags(&[flag::PAID_ONLINE]);
            facts.push(Fact { measure: &PAID, day: later(&base, dice.below(60)), flags, ..base.clone() });
        }
        if dice.below(3) == 0 {
            let flags = dice.flags(&[flag::SATISFIED]);
            let (day, official) = (later(&settled, dice.below(9)), None);
            facts.push(Fact { measure: &RATED, day, flags, official, ..base.clone() });
        }
        if dice.below(2) == 0 {
            // Amounts; some are lowered again, some paid in two parts.
            let fee = 8_000 + 1_000 * dice.below(3_000_000) as i64;
            facts.push(Fact { measure: &FEE_DUE, qty: fee, ..base.clone() });
            if dice.below(4) == 0 {
                facts.push(Fact { measure: &FEE_DUE, qty: -3_000, day: later(&base, 3), ..base.clone() });
            }
            for part in [fee / 2, fee - fee / 2].into_iter().take(dice.below(3) as usize) {
                let day = later(&base, dice.below(30));
                facts.push(Fact { measure: &FEE_PAID, qty: part, day, ..base.clone() });
            }
        }
    }
    facts
}

/// What the database is told, kept here to be counted by hand.
#[derive(Clone)]
pub struct Book {
    pub facts: Vec<Fact>,
    pub tree: Vec<(i64, Vec<i64>)>,
}

impl Book {
    pub fn within(&self, agency: Id, node: i64) -> bool {
        self.tree.iter().any(|(known, nodes)| *known == agency.0 && nodes.contains(&node))
    }

    pub fn taken(&self, count: &facts::Count, node: i64, filter: &Filter) -> Vec<&Fact> {
        let field =
            |list: &Option<Vec<String>>, fact: &Fact| list.as_ref().is_none_or(|list| list.contains(&fact.field));
        self.facts
            .iter()
            .filter(|fact| fact.measure.name == count.measure && self.within(fact.agency, node))
            .filter(|fact| fact.day <= filter.to && (count.stock || fact.day >= filter.from))
            .filter(|fact| fact.flags & count.all == count.all && fact.flags & count.none == 0)
            .filter(|fact| count.channel.is_none_or(|channel| channel == fact.channel))
            .filter(|fact| count.level.is_none_or(|level| level == fact.level))
            .filter(|fact| filter.level.is_none_or(|level| level == fact.level))
            .filter(|fact| field(&count.fields, fact) && field(&filter.fields, fact))
            .collect()
    }

    pub fn figure(&self, indicator: &Indicator, node: i64, filter: &Filter) -> Figure {
        let sum = |count| self.taken(count, node, filter).iter().map(|fact| fact.qty).sum();
        Figure { numerator: sum(&indicator.numerator), denominator: sum(&indicator.denominator) }
    }

    pub fn subjects(&self, indicator: &Indicator, node: i64, filter: &Filter, part: Part) -> BTreeSet<Id> {
        let sums = |count| {
            let mut sums: BTreeMap<Id, i64> = BTreeMap::new();
            for fact in self.taken(count, node, filter) {
                *sums.entry(fact.subject).or_default() += fact.qty;
            }
            sums.retain(|_, n| *n > 0);
            sums.into_keys().collect::<BTreeSet<Id>>()
        };
        let (above, below) = (sums(&indicator.numerator), sums(&indicator.denominator));
        match part {
            Part::Numerator => above,
            Part::Denominator => below,
            Part::Missing => &below - &above,
        }
    }

    /// What a side holds of cases that do not stand among its own: their corrections reach further than they do.
    pub fn beside(&self, indicator: &Indicator, node: i64, filter: &Filter, part: Part) -> i64 {
        let shown = self.subjects(indicator, node, filter, part);
        let side = if part == Part::Numerator { &indicator.numerator } else { &indicator.denominator };
        self.taken(side, node, filter).iter().filter(|fact| !shown.contains(&fact.subject)).map(|fact| fact.qty).sum()
    }

    /// Those facts alone that a cut takes.
    pub fn cut(&self, cut: Cut) -> Book {
        let takes = |fact: &&Fact| match cut {
            Cut::Whole => true,
            Cut::Procedure(id) => fact.procedure == id,
            Cut::Official(id) => fact.official == id,
            Cut::Agency(id) => fact.agency == id,
        };
        Book { facts: self.facts.iter().filter(takes).cloned().collect(), tree: self.tree.clone() }
    }

    pub fn by_unit(&self, indicator: &Indicator, parent: i64, filter: &Filter) -> BTreeMap<i64, Figure> {
        let below = self.tree.iter().filter(|(agency, nodes)| *agency != parent && nodes.contains(&parent));
        below
            .map(|(agency, _)| (*agency, self.figure(indicator, *agency, filter)))
            .filter(|(_, figure)| *figure != Figure::default())
            .collect()
    }
}

pub fn some_filter(dice: &mut Dice) -> Filter {
    let (from, to) = match dice.below(6) {
        0 => (date(2025, 1, 1), date(2025, 12, 31)),
        1 => (date(2024, 1, 1), date(2026, 12, 31)),
        2 => (date(2025, 3, 1), date(2025, 7, 31)),
        3 => {
            let day = FIRST.checked_add((dice.below(DAYS) as i64).days()).unwrap();
            (day, day)
        }
        // Cut in the middle of months and years.
        _ => {
            let from = FIRST.checked_add((dice.below(DAYS) as i64).days()).unwrap();
            (from, from.checked_add((dice.below(500) as i64).days()).unwrap())
        }
    };
    let level = [None, None, Some(Level::Commune), Some(Level::Province)][dice.below(4) as usize];
    let fields = match dice.below(4) {
        0 => Some(vec!["dat-dai".to_owned(), "cu-tru".to_owned()]),
        1 => Some(vec!["ho-tich".to_owned()]),
        _ => None,
    };
    Filter { from, to, level, fields }
}
