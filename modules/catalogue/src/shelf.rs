//! The whole catalogue in memory: what is asked on every page and by every dossier.

use std::collections::HashMap;
use std::sync::Arc;

use base::{Channel, Date, Fault, Id, Instant, Level, Limit};
use store::{BoxFuture, StoreError, Tx};
use web::{App, Watched};

use crate::linked::{Linked, SHIPPED};
use crate::search::{Doc, Query, Rank, Vocabulary};
use crate::version::{Sort, Version};

/// Every version of every procedure. Never changed: a change of the catalogue makes a new shelf
/// ([`reload`]).
#[derive(Debug)]
pub struct Shelf {
    /// In order of field and name.
    books: Vec<Book>,
    by_id: HashMap<Id, Arc<Version>>,
    by_code: HashMap<String, Vec<Arc<Version>>>,
    /// Every word of the names, for words run together and slips of the finger.
    vocabulary: Vocabulary,
    /// Procedures that are filed together: the shipped ones, unless others were named.
    linked: Option<Vec<Linked>>,
}

#[derive(Debug)]
struct Book {
    version: Arc<Version>,
    doc: Doc,
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Code of a field.
    pub field: Option<String>,
    pub level: Option<Level>,
    /// Can be filed this way.
    pub channel: Option<Channel>,
    /// `info`, `partial` or `full`.
    pub service: Option<String>,
    /// Only those that can be received here today.
    pub receivable: bool,
    /// Of which catalogue: the people's unless another is asked for.
    pub sort: Sort,
}

impl Filter {
    fn lets(&self, version: &Version) -> bool {
        self.sort == version.sort
            && self.field.as_ref().is_none_or(|field| *field == version.field)
            && self.level.is_none_or(|level| version.levels.contains(&level))
            && self.channel.is_none_or(|channel| version.offers(channel))
            && self.service.as_ref().is_none_or(|word| word == version.service_level.as_str())
            && (!self.receivable || version.can_be_received())
    }
}

impl Shelf {
    /// Puts versions on a shelf.
    pub fn of(versions: Vec<Version>) -> Shelf {
        let mut shelf = Shelf {
            books: Vec::with_capacity(versions.len()),
            by_id: HashMap::with_capacity(versions.len()),
            by_code: HashMap::new(),
            vocabulary: Vocabulary::default(),
            linked: None,
        };
        for version in versions {
            let version = Arc::new(version);
            shelf.by_id.insert(version.id, version.clone());
            shelf.by_code.entry(version.code.clone()).or_default().push(version.clone());
            let doc = Doc::of(&version);
            doc.teach(&mut shelf.vocabulary);
            shelf.books.push(Book { doc, version });
        }
        shelf.books.sort_by_cached_key(|book| {
            (base::fold(&book.version.field_name), base::fold(&book.version.name), book.version.effective_from)
        });
        for versions in shelf.by_code.values_mut() {
            versions.sort_by_key(|version| (version.effective_from, version.id));
        }
        shelf
    }

    /// With other groups of linked procedures than the shipped ones.
    pub fn linking(mut self, groups: Vec<Linked>) -> Shelf {
        self.linked = Some(groups);
        self
    }

    pub(crate) fn groups(&self) -> &[Linked] {
        self.linked.as_deref().unwrap_or(&SHIPPED)
    }

    /// The version of a procedure in force on a day.
    pub fn by_code(&self, code: &str, on: Date) -> Option<Arc<Version>> {
        self.by_code.get(code)?.iter().find(|version| version.in_force(on)).cloned()
    }

    /// A version by its id, in force or not: a dossier keeps the one it was received under.
    pub fn version(&self, id: Id) -> Option<Arc<Version>> {
        self.by_id.get(&id).cloned()
    }

    /// Every version of a procedure, oldest first; empty for an unknown code.
    pub fn versions_of(&self, code: &str) -> &[Arc<Version>] {
        self.by_code.get(code).map_or(&[], Vec::as_slice)
    }

    /// Id of the procedure with a code, as dossiers keep it; empty for an unknown code.
    pub fn ids_of_code(&self, code: &str) -> Vec<Id> {
        // Typed without its point: `1001193`.
        let dotted = (code.len() == 7 && code.bytes().all(|b| b.is_ascii_digit()))
            .then(|| format!("{}.{}", &code[..1], &code[1..]));
        self.versions_of(dotted.as_deref().unwrap_or(code))
            .first()
            .map(|version| version.procedure_id)
            .into_iter()
            .collect()
    }

    /// The latest version of each procedure that is wanted, in force or not.
    pub fn latest<'a>(&'a self, wanted: impl Fn(Id) -> bool + 'a) -> impl Iterator<Item = &'a Version> + 'a {
        let latest = self.by_code.values().filter_map(|versions| versions.last());
        latest.filter(move |version| wanted(version.procedure_id)).map(Arc::as_ref)
    }

    /// Every version for people in force on a day, by field and name.
    pub fn all(&self, on: Date) -> Vec<Arc<Version>> {
        self.all_of(Sort::Public, on)
    }

    /// The same of another catalogue.
    pub fn all_of(&self, sort: Sort, on: Date) -> Vec<Arc<Version>> {
        let wanted = |book: &&Book| book.version.in_force(on) && book.version.sort == sort;
        self.books.iter().filter(wanted).map(|book| book.version.clone()).collect()
    }

    /// The versions in force on a day that fit the words and the filter, the best first. No words:
    /// all that fit the filter, what can be received here first, by field and name.
    pub fn search(&self, words: &str, filter: &Filter, on: Date) -> Vec<Arc<Version>> {
        let fitting = || self.books.iter().filter(|book| book.version.in_force(on) && filter.lets(&book.version));
        if base::clean::soft_line(words).is_empty() {
            // What can be had here first; then, as on the shelf, by field and name.
            let (here, elsewhere): (Vec<&Book>, Vec<&Book>) = fitting().partition(|b| b.version.can_be_received());
            return here.into_iter().chain(elsewhere).map(|book| book.version.clone()).collect();
        }
        // Signs and pictures alone are something asked, and nothing has them.
        let Some(mut query) = Query::new(words, &self.vocabulary) else { return Vec::new() };
        let fit = |query: &Query| -> Vec<(Rank, &Book)> {
            fitting().filter_map(|book| Some((query.rank(&book.doc)?, book))).collect()
        };
        let mut found = fit(&query);
        if found.iter().all(|(rank, _)| rank.is_vague()) {
            // What is meant is known, and no name has the other words: they narrow no more.
            let meant = query.meant().map(|meant| fit(&meant)).filter(|meant| !meant.is_empty());
            found = meant.unwrap_or(found);
        }
        if found.is_empty() {
            // No name has the words: what the procedures ask for and give may.
            found = fitting().filter_map(|book| Some((query.rank_said(&book.doc)?, book))).collect();
        }
        for wide in [false, true] {
            if found.is_empty() {
                query = query.forgiving(&self.vocabulary, wide);
                found = fit(&query);
            }
        }
        // Among equals what can be had here comes first, then the plainest: names get longer with special cases.
        found.sort_by_key(|(rank, book)| (*rank, !book.version.can_be_received(), book.version.name.chars().count()));
        found.into_iter().map(|(_, book)| book.version.clone()).collect()
    }

    /// Fields with the number of procedures in force on a day: code, name, count, by name.
    pub fn fields(&self, on: Date) -> Vec<(String, String, usize)> {
        let mut fields: Vec<(String, String, usize)> = Vec::new();
        let counted = |book: &&Book| book.version.in_force(on) && book.version.sort == Sort::Public;
        for book in self.books.iter().filter(counted) {
            match fields.iter_mut().find(|(code, ..)| *code == book.version.field) {
                Some((.., count)) => *count += 1,
                None => fields.push((book.version.field.clone(), book.version.field_name.clone(), 1)),
            }
        }
        fields
    }
}

/// Reads the whole catalogue.
///
/// # Errors
/// The database's.
pub async fn load_shelf(tx: &Tx) -> Result<Shelf, StoreError> {
    Ok(Shelf::of(crate::store::all_versions(tx).await?))
}

impl Watched for Shelf {
    fn revision(tx: &Tx) -> BoxFuture<'_, Result<i64, StoreError>> {
        Box::pin(crate::store::revision(tx))
    }

    fn load<'t>(tx: &'t Tx, _: &'t App) -> BoxFuture<'t, Result<Shelf, Fault>> {
        Box::pin(async { Ok(load_shelf(tx).await?) })
    }
}

/// The limits that most procedures of a day have, the most frequent first: examples for a change of the calendar.
pub fn typical_limits(app: &App, on: Date) -> Vec<Limit> {
    let mut counts: HashMap<Limit, usize> = HashMap::new();
    for version in shelf(app).all(on) {
        if let Some(terms) = version.channels.first() {
            *counts.entry(terms.limit).or_default() += 1;
        }
    }
    let mut all: Vec<(Limit, usize)> = counts.into_iter().collect();
    all.sort_by_key(|(limit, n)| (std::cmp::Reverse(*n), *limit));
    all.into_iter().map(|(limit, _)| limit).collect()
}

/// The shelf of a running service; an empty one before [`reload`] was first called.
pub fn shelf(app: &App) -> Arc<Shelf> {
    app.get::<Shelf>().unwrap_or_else(|| Arc::new(Shelf::of(Vec::new())))
}

/// Reads the catalogue again and puts it in place. Called at start and after every change.
///
/// # Errors
/// The database's.
pub async fn reload(app: &App) -> Result<Arc<Shelf>, Fault> {
    web::reload(app).await
}

/// The shelf, read again first if another process has changed the catalogue.
///
/// # Errors
/// The database's.
pub async fn fresh_shelf(app: &App, now: Instant) -> Result<Arc<Shelf>, Fault> {
    web::fresh(app, now).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    fn day() -> Date {
        Date::constant(2026, 11, 23)
    }

    fn shipped() -> Shelf {
        let mut versions = crate::shipped::versions().unwrap();
        for (n, version) in versions.iter_mut().enumerate() {
            version.id = Id(n as i64 + 1);
        }
        Shelf::of(versions)
    }

    fn codes(query: &str) -> Vec<String> {
        shipped().search(query, &Filter::default(), day()).iter().map(|v| v.code.clone()).collect()
    }

    #[test]
    fn birth_registration_is_found_however_it_is_typed() {
        let nfd: String = "khai sinh đăng ký".nfd().collect();
        for query in
            ["khai sinh", "KHAI SINH", "Khai Sinh", "khai sính", "khải sinh", "dang ky khai sinh", "đăng ký khai sinh"]
        {
            assert_eq!(codes(query).first().map(String::as_str), Some("1.001193"), "{query}");
        }
        assert!(codes(&nfd).contains(&"1.001193".to_owned()));
        assert_eq!(codes("1.001193"), ["1.001193"]);
        assert_eq!(codes(" 1.001193 ").first().map(String::as_str), Some("1.001193"));
    }

    #[test]
    fn a_slip_of_the_finger_is_forgiven_when_nothing_fits() {
        assert_eq!(codes("kahi sinh").first().map(String::as_str), Some("1.001193"));
        assert!(codes("thuong truu").contains(&"1.004222".to_owned()));
        assert_eq!(codes("zzzz qqqq"), Vec::<String>::new());
    }

    #[test]
    fn people_find_by_their_own_words_and_by_field() {
        assert!(codes("sổ đỏ").contains(&"1.013978".to_owned()));
        assert!(codes("so do").contains(&"1.013978".to_owned()));
        assert!(codes("ho tich").len() >= 12);
        assert!(codes("nhập hộ khẩu").contains(&"1.004222".to_owned()));
    }

    #[test]
    fn what_is_meant_comes_first_however_people_say_it() {
        let shelf = shipped();
        for (query, code) in [
            ("đăng kí khai sinh", "1.001193"),
            ("làm giấy khai sinh cho con", "1.001193"),
            ("giay khai sinh", "1.001193"),
            ("giấy khai sinh", "1.001193"),
            ("khai sih", "1.001193"),
            ("khaisinh", "1.001193"),
            ("dangkykhaisinh", "1.001193"),
            ("đẻ con", "1.001193"),
            ("birth certificate", "1.001193"),
            ("how to register a birth", "1.001193"),
            ("Ðăng\u{200b} ký khai sinh", "1.001193"),
            ("xin thủ tục khai sinh ở đâu", "1.001193"),
            ("ket hom", "1.000894"),
            ("ket hon", "1.000894"),
            ("đăng ký lại khai sinh", "1.004884"),
            ("bản sao giấy khai sinh", "2.000635"),
            ("mất giấy khai sinh", "1.004884"),
            ("lam giay to dat", "1.013978"),
            ("sổ hồng", "1.013978"),
            ("sodo", "1.013978"),
            ("hộ khẩu", "1.004222"),
            ("mở quán", "1.001612"),
            ("hoà giải tranh chấp đất đai", "1.012812"),
            ("hòa giải tranh chấp đất đai", "1.012812"),
            ("công chứng", "2.000815"),
            ("tách hộ khẩu", "1.010038"),
            ("mở quán cà phê", "1.001612"),
            ("kết hôn với người nước ngoài", "1.000894"),
            ("dang ky kd", "1.001612"),
            ("xin gpxd", "1.013225"),
            ("đăng ký hktt", "1.004222"),
        ] {
            let found = shelf.search(query, &Filter::default(), day());
            assert_eq!(
                found.first().map(|v| v.code.as_str()),
                Some(code),
                "{query}: {:?}",
                found.first().map(|v| &v.name)
            );
        }
    }

    #[test]
    fn what_no_name_has_is_found_in_what_procedures_ask_for_and_give_and_a_short_word_means_nothing_but_alone() {
        for (query, code) in [
            ("vay vốn", "2.001035"),
            ("vay von", "2.001035"),
            ("thế chấp vay ngân hàng", "2.001035"),
            ("đẻ", "1.001193"),
            ("de", "1.001193"),
            ("vợ đẻ", "1.001193"),
            ("thủ tục đẻ", "1.001193"),
        ] {
            assert_eq!(codes(query).first().map(String::as_str), Some(code), "{query}: {:?}", codes(query));
        }
        // The two permits that need its certificate.
        assert_eq!(codes("phòng cháy"), ["1.013236", "1.013225"]);
        assert_eq!(codes("phong chay chua chay"), ["1.013236", "1.013225"]);
        // Other words of these letters, and what nothing in the register is about.
        for other in ["để", "đề nghị", "trường mầm non"] {
            assert!(!codes(other).contains(&"1.001193".to_owned()), "{other}: {:?}", codes(other));
        }
        assert_eq!(codes("trường mầm non"), Vec::<String>::new());
    }

    #[test]
    fn signs_pictures_and_other_scripts_find_nothing_rather_than_everything() {
        for nothing in ["%", "_", "🙂", "…", "日本語", "\"*"] {
            assert_eq!(codes(nothing), Vec::<String>::new(), "{nothing}");
        }
        assert_eq!(codes("\u{200b}").len(), codes("").len());
    }

    /// With the real register of 2,849 procedures, where it is at hand: `MOTCUA_NATIONAL=…/tthc cargo test -p catalogue national_register -- --nocapture`.
    #[test]
    fn in_the_national_register_the_plain_procedure_comes_first_too() {
        let Ok(folder) = std::env::var("MOTCUA_NATIONAL") else { return };
        let mut versions: Vec<Version> = Vec::new();
        for file in ["tthc_detail_commune.jsonl", "tthc_detail_other.jsonl"] {
            let text = std::fs::read_to_string(std::path::Path::new(&folder).join(file)).unwrap();
            for line in text.lines() {
                use crate::national::{Outcome, read_record};
                let record = serde_json::from_str(line).unwrap();
                let (Outcome::Taken(version) | Outcome::Doubted(version, _)) = read_record(&record) else { continue };
                let id = Id(versions.len() as i64 + 1);
                versions.push(Version { id, effective_from: Date::constant(2026, 1, 1), ..*version });
            }
        }
        assert!(versions.len() > 2_000, "{}", versions.len());
        let shelf = Shelf::of(versions);
        for (query, code) in [
            ("giay khai sinh", "1.001193"),
            ("đăng kí khai sinh", "1.001193"),
            ("làm giấy khai sinh cho con", "1.001193"),
            ("khai sih", "1.001193"),
            ("khaisinh", "1.001193"),
            ("đẻ con", "1.001193"),
            ("ket hom", "1.000894"),
            ("kết hôn", "1.000894"),
            ("khai tử", "1.000656"),
            ("cccd", "1.001247"),
            ("căn cước công dân", "1.001247"),
            ("sổ đỏ", "1.013978"),
            ("lam giay to dat", "1.013978"),
            ("giấy phép lái xe", "3.000346"),
            ("bằng lái", "3.000346"),
            ("hộ khẩu", "1.004222"),
            ("thường trú", "1.004222"),
            ("mở quán", "1.001612"),
            ("hộ kinh doanh", "1.001612"),
            ("passport", "1.001456"),
            ("birth certificate", "1.001193"),
        ] {
            let begun = std::time::Instant::now();
            let found = shelf.search(query, &Filter::default(), day());
            let took = begun.elapsed();
            println!(
                "{query}: {took:?}, {} found, first {:?}",
                found.len(),
                found.iter().take(3).map(|v| (&v.code, &v.name)).collect::<Vec<_>>()
            );
            if shelf.by_code(code, day()).is_some() {
                assert_eq!(found.first().map(|v| v.code.as_str()), Some(code), "{query}");
            }
        }
    }

    #[test]
    fn exact_marks_come_first() {
        // "tạm trú" with its marks must not be led by "tạm trú" read as other words.
        let found = codes("kết hôn");
        assert_eq!(found.first().map(String::as_str), Some("1.000894"));
        let versions = shipped();
        let ranks: Vec<bool> = versions
            .search("khai tử", &Filter::default(), day())
            .iter()
            .map(|v| v.name.to_lowercase().contains("khai tử"))
            .collect();
        assert!(ranks.windows(2).all(|pair| pair[0] >= pair[1]), "{ranks:?}");
    }

    #[test]
    fn filters_narrow_and_no_words_show_all_in_order() {
        let shelf = shipped();
        let all = shelf.search("", &Filter::default(), day());
        assert_eq!(all.len(), shelf.all(day()).len());
        let place = |one: &Arc<Version>| (!one.can_be_received(), base::fold(&one.field_name), base::fold(&one.name));
        assert!(all.windows(2).all(|pair| place(&pair[0]) <= place(&pair[1])));
        let filter = Filter { field: Some("cu-tru".to_owned()), ..Filter::default() };
        assert_eq!(shelf.search("", &filter, day()).len(), 7);
        let post = Filter { channel: Some(Channel::Post), field: Some("cu-tru".to_owned()), ..Filter::default() };
        assert_eq!(shelf.search("", &post, day()).len(), 0);
        let provincial = Filter { level: Some(Level::Province), ..Filter::default() };
        assert!(shelf.search("", &provincial, day()).iter().all(|v| v.levels.contains(&Level::Province)));
        let full = Filter { service: Some("full".to_owned()), ..Filter::default() };
        assert!(shelf.search("", &full, day()).len() > 20);
        assert_eq!(shelf.fields(day()).iter().map(|(.., n)| n).sum::<usize>(), all.len());
    }

    #[test]
    fn the_version_in_force_depends_on_the_day() {
        let shelf = shipped();
        let fee = |on| shelf.by_code("1.002010", on).unwrap().terms(Channel::Counter).unwrap().fee_total().0;
        assert_eq!(fee(Date::constant(2025, 6, 30)), 50_000);
        assert_eq!(fee(Date::constant(2025, 7, 1)), 25_000);
        assert_eq!(fee(Date::constant(2026, 12, 31)), 25_000);
        assert_eq!(fee(Date::constant(2027, 1, 1)), 50_000);
        assert!(shelf.by_code("1.002010", Date::constant(2024, 1, 1)).is_none());
        assert_eq!(shelf.versions_of("1.002010").len(), 3);
        assert_eq!(shelf.ids_of_code("1.002010").len(), 1);
        assert!(shelf.by_code("9.999999", day()).is_none());
    }
}
