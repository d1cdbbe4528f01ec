//! The form of an act, from what it asks for: `{% let fields = … %}{% include "_fields.html" %}`.

use crate::field::{Ask, Field, Typed};
use askama::Template;
use axum::http::StatusCode;
use base::{Fault, Problem};
use i18n::L;
use web::{Answer, Breadcrumb, Choice, Ctx, FormMap};

/// A field as a page shows it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub name: &'static str,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub required: bool,
    pub max: String,
    pub choices: Vec<Choice>,
    /// More than one file may come.
    pub multiple: bool,
    /// "line", "lines", "choice", "day", "files", "check" or "number"; "words" and "texts" for what a room shows by forms of its own;
    /// "code" for lines that a room wants shown in letters of one width.
    pub ask: &'static str,
}

/// The fields of a form in words `{room}-field-{name}` (with `-hint` where there is one) and `{room}-{name}-{word}` for the words of a
/// closed list. `value` says what stands in a field, `choices` what a unit or a word is chosen from.
pub fn shown(
    l: L,
    room: &str,
    asks: &[Field],
    value: impl Fn(&Field) -> String,
    choices: impl Fn(&Field) -> Vec<Choice>,
) -> Vec<Shown> {
    let one = |field: &Field| {
        let word = |word: &&str| Choice::new(*word, l.t(format!("{room}-{}-{word}", field.name)));
        let (ask, choices) = match field.ask {
            Ask::Line => ("line", Vec::new()),
            Ask::Lines => ("lines", Vec::new()),
            Ask::Day => ("day", Vec::new()),
            Ask::Files(_) => ("files", Vec::new()),
            Ask::OneOf(words) => ("choice", words.iter().map(word).collect()),
            Ask::Word | Ask::Unit | Ask::Person => ("choice", choices(field)),
            Ask::Check => ("check", Vec::new()),
            Ask::Number(..) => ("number", Vec::new()),
            Ask::Words => ("words", choices(field)),
            Ask::Texts => ("texts", Vec::new()),
        };
        let label = format!("{room}-field-{}", field.name);
        let hint = format!("{label}-hint");
        Shown {
            name: field.name,
            hint: if i18n::has(l.0, &hint) { l.t(hint).trim().to_owned() } else { String::new() },
            label: l.t(label),
            value: value(field),
            required: field.required,
            max: field.max.to_string(),
            choices,
            multiple: matches!(field.ask, Ask::Files(most) if most > 1),
            ask,
        }
    };
    asks.iter().map(one).collect()
}

/// A page that is one form.
#[derive(Debug, Default)]
pub struct FormPage {
    /// The way to it; its own title comes last.
    pub above: Vec<Breadcrumb>,
    pub title: String,
    pub lead: String,
    pub action: String,
    /// Where it is left without doing anything.
    pub back: String,
    pub fields: Vec<Shown>,
    /// Why it was not done, if it was tried.
    pub refused: Option<Fault>,
    /// What must come to its end before the act is possible: words, and where it is listed.
    pub open: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "form_page.html")]
struct Filled<'a> {
    l: L,
    csrf: &'a str,
    trail: Vec<Breadcrumb>,
    page: &'a FormPage,
    fields: &'a [Shown],
    problems: &'a [Problem],
}

impl FormPage {
    /// The page, with its status and what is wrong where somebody at the form can mend it.
    ///
    /// # Errors
    /// The refusal itself where nobody can, and for programs.
    pub fn answer(mut self, ctx: &Ctx) -> Answer {
        let (status, problems) = match self.refused.take() {
            None => (None, Vec::new()),
            Some(Fault::Invalid(problems)) if !ctx.wants_json => (Some(StatusCode::UNPROCESSABLE_ENTITY), problems),
            Some(Fault::Conflict(problem)) if !ctx.wants_json => (Some(StatusCode::CONFLICT), vec![problem]),
            Some(fault) => return Err(fault.into()),
        };
        let mut trail = self.above.clone();
        trail.push(Breadcrumb::new(self.title.clone(), ""));
        let (fields, problems) = (&self.fields[..], &problems[..]);
        let mut response =
            ctx.page(&self.title, &Filled { l: ctx.l, csrf: &ctx.csrf, trail, page: &self, fields, problems });
        *response.status_mut() = status.unwrap_or(response.status());
        Ok(response)
    }
}

impl From<&FormMap> for Typed {
    /// What a form sent, without files.
    fn from(form: &FormMap) -> Typed {
        let fields = form.0.iter().filter_map(|(name, values)| Some((name.clone(), values.first()?.clone())));
        Typed { fields: fields.collect(), files: Vec::new() }
    }
}
