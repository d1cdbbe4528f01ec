//! People and companies that do not exist: names as common as they really are, numbers that pass every check, the same
//! ones for the same seed. The parts come from `data/names.toml`.

use crate::dice::{Dice, Weighted};
use base::{CitizenId, Date, Phone, Problem, Sex, TaxCode};
use serde::Deserialize;
use std::collections::HashMap;

const NAMES: &str = include_str!("../../../data/names.toml");
/// Mobile prefixes in use; which operator does not matter here.
const PREFIXES: [&str; 12] = ["090", "091", "093", "094", "096", "097", "098", "032", "036", "079", "083", "088"];
/// Youngest and oldest applicants, in years.
const AGES: (i64, i64) = (18, 82);
const SERIALS: u64 = 1_000_000;
const PHONES: u64 = 10_000_000;
/// Odd and no multiple of five: steps of it visit every number below a power of ten once.
const STRIDE: u64 = 7_368_787;

/// A made-up person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Surname, middle part, given name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Date of birth.
    pub birth: Date,
    /// Identity number, in keeping with sex, year and a province of the region.
    pub citizen: CitizenId,
    /// Mobile number.
    pub phone: Phone,
}

/// A made-up company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// Full name.
    pub name: String,
    /// Tax code with its check digit.
    pub tax: TaxCode,
}

/// Makes people and companies from a seed. The first million people have different identity numbers, the first hundred
/// million telephone numbers are different too.
#[derive(Debug)]
pub struct People {
    dice: Dice,
    names: Names,
    made: u64,
    companies: u64,
}

#[derive(Debug)]
struct Names {
    surnames: Weighted<String>,
    by_sex: HashMap<Sex, (Weighted<String>, Weighted<String>)>,
    places: Weighted<Place>,
    forms: Weighted<String>,
    trades: Weighted<String>,
    company_names: Weighted<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Place {
    citizen: String,
    tax: String,
    weight: u32,
}

impl People {
    /// A stream of people. Fails only when the shipped names cannot be read (a test holds that they can).
    pub fn new(seed: u64) -> Result<People, Unmade> {
        Ok(People { dice: Dice::new(seed).fork("people"), names: Names::read(NAMES)?, made: 0, companies: 0 })
    }

    /// An adult on the day `on`.
    pub fn adult(&mut self, on: Date) -> Result<Person, Unmade> {
        // The mean of two throws: most applicants are in the middle of life.
        let age = (self.dice.between(AGES.0, AGES.1) + self.dice.between(AGES.0, AGES.1)) / 2;
        let latest = base::time::day_number(on) - (age * 36_525).div_euclid(100) - 1;
        self.born(base::time::date_of_day(latest - 364), base::time::date_of_day(latest))
    }

    /// A person born between two dates, both included (years 1900 to 2099).
    pub fn born(&mut self, from: Date, to: Date) -> Result<Person, Unmade> {
        let day = self.dice.between(base::time::day_number(from), base::time::day_number(to));
        let birth = base::time::date_of_day(day);
        let sex = if self.dice.permille(500) { Sex::Female } else { Sex::Male };
        let name = self.full_name(sex);
        let place = self.names.places.draw(&mut self.dice).map_or("092", |p| p.citizen.as_str());
        let serial = u32::try_from(self.made.wrapping_mul(STRIDE) % SERIALS).unwrap_or(0);
        let citizen = CitizenId::from_parts(place, sex, birth.year(), serial)?;
        // Prefixes change after every ten million, so the numbers under one prefix never repeat.
        let turn = usize::try_from(self.made / PHONES).unwrap_or(0);
        let at = usize::try_from(self.made).unwrap_or(0).wrapping_add(turn) % PREFIXES.len();
        let phone = format!("{}{:07}", PREFIXES[at], self.made.wrapping_mul(STRIDE) % PHONES).parse()?;
        self.made += 1;
        Ok(Person { name, sex, birth, citizen, phone })
    }

    /// A full name.
    pub fn full_name(&mut self, sex: Sex) -> String {
        let (middle, given) = match self.names.by_sex.get(&sex) {
            Some((middle, given)) => (middle.draw(&mut self.dice), given.draw(&mut self.dice)),
            None => (None, None),
        };
        let surname = self.names.surnames.draw(&mut self.dice);
        // Anh Anh is no name: a middle part like the given name is left out.
        let middle = middle.filter(|m| given.is_none_or(|g| m.split(' ').next_back() != Some(g)));
        [surname, middle, given].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// A company of the region.
    pub fn company(&mut self) -> Result<Company, Unmade> {
        let form = self.names.forms.draw(&mut self.dice);
        let trade = self.names.trades.draw(&mut self.dice);
        let own = self.names.company_names.draw(&mut self.dice);
        let name = [form, trade, own].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
        let head: u32 = self.names.places.draw(&mut self.dice).and_then(|p| p.tax.parse().ok()).ok_or(Unmade::Names)?;
        // One number in eleven has no check digit and is not issued; the next one is taken then.
        for _ in 0..64 {
            let tail = self.companies.wrapping_mul(STRIDE) % PHONES;
            self.companies += 1;
            let number = head * 10_000_000 + u32::try_from(tail).unwrap_or(0);
            if let Some(tax) = TaxCode::from_number(number) {
                return Ok(Company { name, tax });
            }
        }
        Err(Unmade::Names)
    }
}

/// Why a person or company could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Unmade {
    /// The parts of names are not as they should be.
    #[error("data/names.toml cannot be read")]
    Names,
    /// A number made of them does not pass its own check.
    #[error("a made-up number is refused: {0}")]
    Number(#[from] Problem),
}

impl Names {
    fn read(text: &str) -> Result<Names, Unmade> {
        #[derive(Deserialize)]
        struct File {
            surnames: String,
            male: Parts,
            female: Parts,
            places: Vec<Place>,
            companies: Companies,
        }
        #[derive(Deserialize)]
        struct Parts {
            middle: String,
            given: String,
        }
        #[derive(Deserialize)]
        struct Companies {
            forms: String,
            trades: String,
            names: String,
        }
        let file: File = toml::from_str(text).map_err(|_| Unmade::Names)?;
        let parts = |p: &Parts| Ok::<_, Unmade>((list(&p.middle)?, list(&p.given)?));
        Ok(Names {
            surnames: list(&file.surnames)?,
            by_sex: HashMap::from([(Sex::Male, parts(&file.male)?), (Sex::Female, parts(&file.female)?)]),
            places: file.places.into_iter().map(|p| (p.clone(), p.weight)).collect(),
            forms: list(&file.companies.forms)?,
            trades: list(&file.companies.trades)?,
            company_names: list(&file.companies.names)?,
        })
    }
}

/// `Nguyễn 2746, Trần 850, …`
fn list(text: &str) -> Result<Weighted<String>, Unmade> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let (name, weight) = entry.rsplit_once(' ').ok_or(Unmade::Names)?;
            Ok((name.trim().to_owned(), weight.parse::<u32>().map_err(|_| Unmade::Names)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use std::collections::HashSet;

    const TODAY: Date = date(2026, 11, 22);

    fn people(seed: u64, n: usize) -> Vec<Person> {
        let mut stream = People::new(seed).unwrap();
        (0..n).map(|_| stream.adult(TODAY).unwrap()).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_people() {
        assert_eq!(people(11, 50), people(11, 50));
        assert_ne!(people(11, 5), people(12, 5));
    }

    #[test]
    fn the_shipped_names_are_whole_and_written_composed() {
        let names = Names::read(NAMES).unwrap();
        assert!(names.surnames.members().len() > 50 && NAMES.len() < 40_000);
        assert_eq!(
            names.places.members().iter().map(|p| p.citizen.as_str()).collect::<Vec<_>>(),
            ["092", "093", "094"]
        );
        assert!(!NAMES.chars().any(|c| ('\u{300}'..='\u{36f}').contains(&c)), "no decomposed marks");
        assert!(!NAMES.contains('\u{d0}'), "the Icelandic letter is not đ");
    }

    #[test]
    fn every_person_is_an_adult_whose_number_fits() {
        for p in people(1, 3_000) {
            assert!(p.citizen.disagreements(Some(p.birth), Some(p.sex)).is_empty(), "{p:?}");
            assert!(["092", "093", "094"].contains(&p.citizen.place_code()));
            let age = TODAY.year() - p.birth.year() - i16::from((p.birth.month(), p.birth.day()) > (11, 22));
            assert!((18..=83).contains(&age), "{p:?} is {age}");
            assert!(p.phone.is_mobile());
            let words: Vec<&str> = p.name.split(' ').collect();
            assert!(
                (2..=5).contains(&words.len()) && words.windows(2).all(|w| w[0] != w[1]) || words[0] == words[1],
                "{p:?}"
            );
        }
    }

    #[test]
    fn numbers_do_not_repeat() {
        let crowd = people(2, 30_000);
        assert_eq!(crowd.iter().map(|p| p.citizen.as_str()).collect::<HashSet<_>>().len(), crowd.len());
        assert_eq!(crowd.iter().map(|p| p.phone.as_str()).collect::<HashSet<_>>().len(), crowd.len());
        let mut stream = People::new(2).unwrap();
        let codes: HashSet<String> = (0..5_000).map(|_| stream.company().unwrap().tax.to_string()).collect();
        assert_eq!(codes.len(), 5_000);
    }

    #[test]
    fn names_are_as_common_as_the_sample_says() {
        let crowd = people(3, 10_000);
        let share = |surname: &str| crowd.iter().filter(|p| p.name.split(' ').next() == Some(surname)).count();
        assert!((2_900..3_900).contains(&share("Nguyễn")), "{}", share("Nguyễn"));
        assert!(share("Trần") > share("Thạch") * 10);
        assert!(
            crowd.iter().all(|p| p.sex == Sex::Female || !p.name.contains(" Thị ")),
            "Thị is a woman's middle name"
        );
        let different: HashSet<&str> = crowd.iter().map(|p| p.name.as_str()).collect();
        assert!(different.len() > 7_500, "{}", different.len());
    }

    #[test]
    fn companies_carry_valid_codes_of_the_region() {
        let mut stream = People::new(4).unwrap();
        for _ in 0..500 {
            let company = stream.company().unwrap();
            assert_eq!(company.tax.as_str().parse::<TaxCode>().unwrap(), company.tax);
            assert!(["18", "63", "22"].contains(&&company.tax.as_str()[..2]));
            assert!(company.name.split(' ').count() >= 4, "{}", company.name);
        }
    }

    #[test]
    fn a_newborn_can_be_made() {
        let child = People::new(5).unwrap().born(date(2026, 11, 1), date(2026, 11, 20)).unwrap();
        assert!(child.birth >= date(2026, 11, 1) && child.birth <= date(2026, 11, 20));
        assert!(matches!(child.citizen.as_str().as_bytes()[3], b'2' | b'3'));
    }
}
