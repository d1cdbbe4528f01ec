//! The forms of the program.

/// A form: a Typst text that imports `/look.typ` and finds its data there as `d`.
///
/// It reads no other file: what it prints comes from its text, the look and the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name among all forms, in the letters of an address: `receipt`.
    pub name: &'static str,
    /// The Typst text.
    pub source: &'static str,
}

/// Every form of every crate that is linked in; filled by [`templates!`](crate::templates).
#[linkme::distributed_slice]
pub static TEMPLATES: [Template];

/// Names forms and registers them, so that one test can look at every form of the program.
///
/// ```
/// print::templates! {
///     /// A greeting.
///     pub GREETING = "greeting", "#import \"/look.typ\": *\n#show: sheet\nXin chào #d.name";
/// }
/// # fn main() { assert_eq!(GREETING.name, "greeting"); }
/// ```
#[macro_export]
macro_rules! templates {
    () => {};
    ($(#[$meta:meta])* $vis:vis $name:ident = $word:expr, $source:expr; $($rest:tt)*) => {
        $(#[$meta])* $vis const $name: $crate::Template = $crate::Template { name: $word, source: $source };
        const _: () = {
            #[$crate::linkme::distributed_slice($crate::TEMPLATES)]
            #[linkme(crate = $crate::linkme)]
            static REGISTERED: $crate::Template = $name;
        };
        $crate::templates! { $($rest)* }
    };
}
