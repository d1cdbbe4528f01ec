//! Words on the screen, in Vietnamese and English, from Fluent files.
//!
//! Each module hands in a [`Source`]; the application calls [`install`] once with all of them. A page asks with
//! [`t`], [`tr`] or, inside a template, with an [`L`]. A key that no file holds is shown as itself and
//! told once as an error of the program; the tests catch it through [`check`], [`keys_used`] and [`missing`].

mod check;

use base::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

pub use check::{check, keys_used};

/// The Fluent files of one module, usually by `include_str!("../locales/vi.ftl")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name of the module; its keys start with a word of its own ("dossier-…").
    pub module: &'static str,
    pub vi: &'static str,
    pub en: &'static str,
}

/// Everything installed so far.
struct Words {
    sources: Vec<Source>,
    vi: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
}

impl Words {
    fn build(sources: Vec<Source>) -> Words {
        let vi = bundle("vi", sources.iter().map(|s| s.vi));
        let en = bundle("en", sources.iter().map(|s| s.en));
        Words { sources, vi, en }
    }

    fn of(&self, lang: Lang) -> &FluentBundle<FluentResource> {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

fn bundle(code: &str, texts: impl Iterator<Item = &'static str>) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(code.parse().map(|l| vec![l]).unwrap_or_default());
    // The isolation marks Fluent puts around values would end up in CSV files, tests and copied codes.
    bundle.set_use_isolating(false);
    for text in texts {
        // A resource with an error still holds its good messages; `check` reports the bad ones.
        let resource = match FluentResource::try_new(text.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn words() -> &'static RwLock<Arc<Words>> {
    static WORDS: OnceLock<RwLock<Arc<Words>>> = OnceLock::new();
    WORDS.get_or_init(|| RwLock::new(Arc::new(Words::build(Vec::new()))))
}

fn current() -> Arc<Words> {
    // A poisoned lock only means a panic elsewhere while swapping the pointer; the pointer itself is whole.
    words().read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
}

/// Adds the modules' words. May be called again (tests do): what is there already stays, a module handed in anew
/// replaces its former texts.
pub fn install(sources: &[Source]) {
    if sources.iter().all(|s| current().sources.contains(s)) {
        return;
    }
    let mut guard = words().write().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut all: Vec<Source> = guard.sources.clone();
    all.retain(|old| !sources.iter().any(|new| new.module == old.module));
    all.extend_from_slice(sources);
    *guard = Arc::new(Words::build(all));
}

/// The message of a key; the key itself when there is none.
pub fn t(lang: Lang, key: &str) -> String {
    format(lang, key, None)
}

/// The message of a key with its values, for example `tr(lang, "web-count", &[("n", "12")])`.
///
/// A value that is a plain whole number ("12", not "0012") is handed over as a number, so that Fluent's plural
/// choices work; everything else is text.
pub fn tr(lang: Lang, key: &str, args: &[(&str, &str)]) -> String {
    let mut fluent = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        fluent.set((*name).to_owned(), value_of(value));
    }
    format(lang, key, Some(&fluent))
}

/// Whether a message of this key exists in the language.
pub fn has(lang: Lang, key: &str) -> bool {
    current().of(lang).has_message(key)
}

/// Largest whole number a double holds exactly; longer digit strings stay text.
const WHOLE_NUMBER_MAX: i64 = 1 << 53;

fn value_of(text: &str) -> FluentValue<'static> {
    match text.parse::<i64>() {
        Ok(n) if n.abs() < WHOLE_NUMBER_MAX && n.to_string() == text => FluentValue::from(n),
        _ => FluentValue::from(text.to_owned()),
    }
}

fn format(lang: Lang, key: &str, args: Option<&FluentArgs<'_>>) -> String {
    let words = current();
    let bundle = words.of(lang);
    let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
        miss(key);
        return key.to_owned();
    };
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, args, &mut errors).into_owned()
}

/// Keys remembered as missing; a program that asks for more of them has told enough.
const MISSING_MAX: usize = 1_000;

static MISSING: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Remembers a key that no file holds, and says so in the log the first time.
fn miss(key: &str) {
    let mut missing = MISSING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if missing.len() < MISSING_MAX && missing.insert(key.to_owned()) {
        tracing::error!(key, "no word");
    }
}

/// The keys that were asked for and that no file holds.
pub fn missing() -> Vec<String> {
    MISSING.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).iter().cloned().collect()
}

/// A value for a message, by its name: any pair of texts, or a borrowed pair (as templates hand them over).
pub trait Arg {
    fn name(&self) -> &str;
    fn value(&self) -> &str;
}

impl<N: AsRef<str>, V: AsRef<str>> Arg for (N, V) {
    fn name(&self) -> &str {
        self.0.as_ref()
    }
    fn value(&self) -> &str {
        self.1.as_ref()
    }
}

impl<A: Arg> Arg for &A {
    fn name(&self) -> &str {
        (**self).name()
    }
    fn value(&self) -> &str {
        (**self).value()
    }
}

/// A whole number of any width, or a borrowed one. Beyond 63 bits it is held at the end of the scale.
pub trait Whole {
    fn whole(&self) -> i64;
}

macro_rules! whole {
    ($($t:ty)*) => { $(impl Whole for $t {
        fn whole(&self) -> i64 {
            i64::try_from(*self).unwrap_or(i64::MAX)
        }
    })* };
}
whole!(u8 u16 u32 u64 usize i32 i64);

impl<T: Whole> Whole for &T {
    fn whole(&self) -> i64 {
        (**self).whole()
    }
}

/// The language of one page, small enough to be copied into every template struct as `l`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct L(pub Lang);

impl L {
    /// `{{ l.t("key") }}`
    pub fn t(&self, key: impl AsRef<str>) -> String {
        t(self.0, key.as_ref())
    }

    /// `{{ l.tr("key", [("n", n.to_string())]) }}`; names and values may be `&str` or `String`.
    pub fn tr<A: Arg>(&self, key: impl AsRef<str>, args: impl IntoIterator<Item = A>) -> String {
        let args: Vec<A> = args.into_iter().collect();
        let borrowed: Vec<(&str, &str)> = args.iter().map(|a| (a.name(), a.value())).collect();
        tr(self.0, key.as_ref(), &borrowed)
    }

    /// "vi" or "en".
    pub fn code(&self) -> &'static str {
        self.0.code()
    }

    /// A number of people, cases and so on with the thousands mark of the language: 12.345 or 12,345.
    pub fn number(&self, n: impl Whole) -> String {
        let n = n.whole();
        let mark = if self.0 == Lang::Vi { '.' } else { ',' };
        let digits = n.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if n < 0 {
            text.push('-');
        }
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                text.push(mark);
            }
            text.push(digit);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: Source = Source {
        module: "demo",
        vi: "demo-hello = Xin chào { $name }\ndemo-count = { $n } hồ sơ\n",
        en: "demo-hello = Hello { $name }\ndemo-count = { $n ->\n    [one] one dossier\n   *[other] { $n } dossiers\n }\n",
    };

    #[test]
    fn a_message_is_found_in_both_languages() {
        install(&[DEMO]);
        assert_eq!(tr(Lang::Vi, "demo-hello", &[("name", "Đường")]), "Xin chào Đường");
        assert_eq!(L(Lang::En).tr("demo-hello", [("name", "Lan".to_string())]), "Hello Lan");
    }

    #[test]
    fn a_missing_key_shows_itself() {
        assert_eq!(t(Lang::Vi, "demo-nowhere"), "demo-nowhere");
        assert!(!has(Lang::Vi, "demo-nowhere"));
    }

    #[test]
    fn whole_numbers_choose_the_plural_and_codes_stay_text() {
        install(&[DEMO]);
        assert_eq!(tr(Lang::En, "demo-count", &[("n", "1")]), "one dossier");
        assert_eq!(tr(Lang::En, "demo-count", &[("n", "12")]), "12 dossiers");
        assert_eq!(tr(Lang::Vi, "demo-count", &[("n", "0012")]), "0012 hồ sơ");
    }

    #[test]
    fn installing_again_keeps_the_other_modules() {
        install(&[DEMO]);
        install(&[Source { module: "second", vi: "second-a = Hai", en: "second-a = Two" }]);
        assert_eq!(t(Lang::En, "second-a"), "Two");
        assert_eq!(tr(Lang::Vi, "demo-hello", &[("name", "x")]), "Xin chào x");
    }

    #[test]
    fn numbers_carry_the_mark_of_the_language() {
        assert_eq!(L(Lang::Vi).number(1234567), "1.234.567");
        assert_eq!(L(Lang::En).number(-1234), "-1,234");
        assert_eq!(L(Lang::Vi).number(12), "12");
    }
}
