use std::sync::Arc;

use crate::Engine;

/// The text of a statement, with parameters `$1, $2 …` on both engines.
///
/// Texts that are built at run time (an `INSERT` of hundreds of rows) are cached by their text like any other; build
/// such a text once and pass an [`Arc<str>`] to avoid copying it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sql {
    /// One text for both engines.
    Static(&'static str),
    /// For the few statements that must differ.
    Each { sqlite: &'static str, postgres: &'static str },
    /// Built at run time.
    Owned(String),
    /// Built once at run time, used many times.
    Shared(Arc<str>),
    /// Built at run time, spelled differently.
    Built { sqlite: String, postgres: String },
}

impl Sql {
    /// Two texts, for a statement that the engines spell differently (claiming a job, full-text search).
    pub const fn each(sqlite: &'static str, postgres: &'static str) -> Sql {
        Sql::Each { sqlite, postgres }
    }

    /// The text for `engine`.
    pub fn text(&self, engine: Engine) -> &str {
        match (self, engine) {
            (Sql::Static(text), _) => text,
            (Sql::Each { sqlite, .. }, Engine::Sqlite) => sqlite,
            (Sql::Each { postgres, .. }, Engine::Postgres) => postgres,
            (Sql::Owned(text), _) => text,
            (Sql::Shared(text), _) => text,
            (Sql::Built { sqlite, .. }, Engine::Sqlite) => sqlite,
            (Sql::Built { postgres, .. }, Engine::Postgres) => postgres,
        }
    }

    /// The statement with a word of the program's own in place of its parameter `$n`; the later ones move up by one.
    ///
    /// A statement is planned once for every value of its parameters, so what decides whether few or many rows are meant (a state, of
    /// which one holds nearly everything) has to stand in its text. One text is prepared for each word: for closed lists only.
    ///
    /// # Panics
    /// If the word is none: it is quoted, not escaped.
    pub fn spelled(&self, n: usize, word: &'static str) -> Sql {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        assert!(word.chars().all(plain), "{word} is no word of a closed list");
        let put = |text: &str| in_place_of(text, n, &format!("'{word}'")).0;
        Sql::Built { sqlite: put(self.text(Engine::Sqlite)), postgres: put(self.text(Engine::Postgres)) }
    }
}

/// The text with `value` wherever `$n` stood, the later parameters moved up by one, and how often it stood there.
pub(crate) fn in_place_of(text: &str, n: usize, value: &str) -> (String, usize) {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    let mut times = 0;
    for part in parts {
        let number = digits(part);
        match number.parse::<usize>() {
            Ok(one) if one == n => {
                times += 1;
                out.push_str(value);
            }
            Ok(one) if one > n => out.push_str(&format!("${}", one - 1)),
            _ => out.extend(["$", number]),
        }
        out.push_str(part.get(number.len()..).unwrap_or_default());
    }
    (out, times)
}

/// The digits that a text begins with.
pub(crate) fn digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_in_the_text_and_the_later_parameters_move_up() {
        let sql = Sql::each("a = $1 AND b = $2 AND c = $12 LIMIT $3", "b = $2 OR $2 = b");
        let spelled = sql.spelled(2, "in-force");
        assert_eq!(spelled.text(Engine::Sqlite), "a = $1 AND b = 'in-force' AND c = $11 LIMIT $2");
        assert_eq!(spelled.text(Engine::Postgres), "b = 'in-force' OR 'in-force' = b");
    }

    #[test]
    #[should_panic(expected = "no word")]
    fn what_is_no_word_is_not_put_into_a_statement() {
        let _ = Sql::from("a = $1").spelled(1, "x' OR 'a' = 'a");
    }
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Sql {
        Sql::Static(text)
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Sql {
        Sql::Owned(text)
    }
}

impl From<Arc<str>> for Sql {
    fn from(text: Arc<str>) -> Sql {
        Sql::Shared(text)
    }
}

impl From<&Arc<str>> for Sql {
    fn from(text: &Arc<str>) -> Sql {
        Sql::Shared(text.clone())
    }
}

impl From<&Sql> for Sql {
    fn from(sql: &Sql) -> Sql {
        sql.clone()
    }
}

/// A statement named by [`statements!`](crate::statements).
pub struct Registered {
    /// `crate::module::NAME`
    pub module: &'static str,
    pub name: &'static str,
    pub sql: Sql,
}

/// Every statement of every crate that is linked in; filled by [`statements!`](crate::statements).
#[linkme::distributed_slice]
pub static REGISTRY: [Registered];

/// Every registered statement as (`module::NAME`, text), in a stable order: a test prepares each on both engines.
pub fn registered() -> Vec<(String, Sql)> {
    let mut all: Vec<_> = REGISTRY.iter().map(|s| (format!("{}::{}", s.module, s.name), s.sql.clone())).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Names SQL statements and registers them, so that one test can prepare every statement of the product on both
/// engines.
///
/// ```
/// store::statements! {
///     /// One dossier by its code.
///     pub BY_CODE = "SELECT id FROM dossier WHERE code = $1";
///     CLAIM = sqlite "UPDATE job SET owner = $1 WHERE id = (SELECT min(id) FROM job)",
///             postgres "UPDATE job SET owner = $1 WHERE id = (SELECT id FROM job LIMIT 1 FOR UPDATE SKIP LOCKED)";
/// }
/// # fn main() { assert_eq!(BY_CODE.text(store::Engine::Sqlite), "SELECT id FROM dossier WHERE code = $1"); }
/// ```
#[macro_export]
macro_rules! statements {
    () => {};
    ($(#[$meta:meta])* $vis:vis $name:ident = sqlite $sqlite:expr, postgres $postgres:expr; $($rest:tt)*) => {
        $(#[$meta])* $vis const $name: $crate::Sql = $crate::Sql::each($sqlite, $postgres);
        $crate::register_statement!($name);
        $crate::statements! { $($rest)* }
    };
    ($(#[$meta:meta])* $vis:vis $name:ident = $text:expr; $($rest:tt)*) => {
        $(#[$meta])* $vis const $name: $crate::Sql = $crate::Sql::Static($text);
        $crate::register_statement!($name);
        $crate::statements! { $($rest)* }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! register_statement {
    ($name:ident) => {
        const _: () = {
            #[$crate::linkme::distributed_slice($crate::REGISTRY)]
            #[linkme(crate = $crate::linkme)]
            static REGISTERED: $crate::Registered =
                $crate::Registered { module: module_path!(), name: stringify!($name), sql: $name };
        };
    };
}
