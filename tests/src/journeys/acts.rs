//! Every act × everybody × (page, API) × (everything said, nothing said), held against `tests/acts.txt`: a change of who may do what
//! to a dossier is a change of that file, for a reviewer to see. Set `UPDATE=1` to write it anew.
//!
//! The table of the state machine says what the rules are; this says what a request gets, through the doors people use. A page and the
//! API that do the same thing must judge alike.

use std::collections::BTreeMap;

use base::Role;
use dossiers::Status;
use dossiers::verbs::Verb;
use records::Ask;
use serde_json::{Value, json};

use super::one_stop::{act, asking};
use super::portal::{filed_online, newcomer};
use crate::harness::{Client, PASSWORD, Page, TestApp, on_every_engine, settle_official};
use crate::tidy::root;

const TABLE: &str = "tests/acts.txt";

/// Who asks. The first group works at the dossier's own units, or filed it.
const VISITORS: [&str; 15] = [
    "applicant",
    "clerk",
    "officer",
    "division-head",
    "leader",
    "reform-officer",
    "inspector",
    "catalogue-keeper",
    "administrator",
    "other-citizen",
    "other-clerk",
    "other-officer",
    "other-division-head",
    "other-leader",
    "anonymous",
];

struct People {
    all: BTreeMap<&'static str, Client>,
}

impl People {
    async fn gather(app: &TestApp) -> Self {
        let mut all = BTreeMap::new();
        for role in &Role::official().collect::<Vec<_>>() {
            all.insert(role.as_str(), app.signed_in(*role).await);
        }
        let commune = app.tree().communes()[7].clone();
        let desk = app.tree().desk_of(commune.id).expect("a desk").clone();
        let division = app.tree().division(commune.id, "culture-society").expect("a division").clone();
        let elsewhere = [
            ("other-clerk", "nguoi.khac.mot", Role::Clerk, &desk),
            ("other-officer", "nguoi.khac.hai", Role::Officer, &division),
            ("other-division-head", "nguoi.khac.ba", Role::DivisionHead, &division),
            ("other-leader", "nguoi.khac.bon", Role::Leader, &commune),
        ];
        for (name, login, role, agency) in elsewhere {
            settle_official(app.db(), login, role, agency).await;
            let mut client = app.anonymous();
            client.sign_in_as(login, PASSWORD).await;
            all.insert(name, client);
        }
        all.insert("applicant", newcomer(app, "094190100021").await);
        all.insert("other-citizen", newcomer(app, "094190100022").await);
        all.insert("anonymous", app.anonymous());
        Self { all }
    }

    fn client(&mut self, name: &str) -> &mut Client {
        self.all.get_mut(name).expect("somebody")
    }

    /// Brings a dossier to where a verb is possible; its code.
    async fn dossier(&mut self, app: &TestApp, station: &str) -> String {
        let code = filed_online(app, self.client("applicant")).await;
        let officer = app.person(Role::Officer).id.to_string();
        let supplement = asking("Ảnh chụp quá mờ, xin chụp lại");
        let payment = json!({ "amount_dong": 50_000, "reason": "Lệ phí bản sao", "basis": "TT 85/2019/TT-BTC" });
        let today = app.clock.now().date().to_string();
        let lost = json!({ "mishap": "lost", "mishap_what": "Thất lạc khi bàn giao", "mend_until": today });
        let way: &[(&str, &str, Value)] = match station {
            "filed" => &[],
            "appraised" => &[("clerk", "receive-online", json!({}))],
            "held" => {
                &[("clerk", "receive-online", json!({})), ("division-head", "assign", json!({ "handler": officer }))]
            }
            "asked" => &[("clerk", "receive-online", json!({})), ("officer", "request-supplement", supplement)],
            "owing" => &[("clerk", "receive-online", json!({})), ("officer", "request-payment", payment)],
            "signed" => &[("clerk", "receive-online", json!({})), ("officer", "forward", json!({}))],
            "decided" => &[
                ("clerk", "receive-online", json!({})),
                ("officer", "forward", json!({})),
                ("leader", "approve", json!({})),
            ],
            "mishap" => &[("clerk", "receive-online", json!({})), ("officer", "report-mishap", lost)],
            other => panic!("no way to {other}"),
        };
        for (who, verb, body) in way {
            act(self.client(who), &code, verb, body.clone()).await.is(200);
        }
        code
    }
}

/// Where a dossier stands when a verb is tried, and everything the verb asks for by its row.
fn fitting(app: &TestApp, verb: Verb) -> (&'static str, Value) {
    let station = match (verb, verb.rule().from) {
        // Before somebody holds it, at the step that allows it, while something is owed.
        (Verb::Assign, _) => "appraised",
        (Verb::SendBack | Verb::Approve | Verb::Refuse, _) => "signed",
        (Verb::RecordPayment, _) => "owing",
        (Verb::ReportMishap, _) => "decided",
        (Verb::MendMishap | Verb::DismissMishap, _) => "mishap",
        (_, [Status::Filed]) => "filed",
        (_, [Status::Supplement]) => "asked",
        (_, [Status::Decided, ..]) => "decided",
        _ => "held",
    };
    if verb == Verb::Draft {
        // The wording to begin from is enough: the rest is filled.
        return (station, json!({ "template": "goc-confirmation" }));
    }
    let words = "Hồ sơ chưa đủ điều kiện giải quyết";
    let mut body = serde_json::Map::new();
    for field in verb.row().asks.iter().filter(|field| field.only.is_empty()) {
        let said = match (field.ask, field.name) {
            (Ask::Line | Ask::Lines, _) => json!(words),
            (Ask::Number(least, most), _) => json!(most.min(50_000).max(least)),
            (Ask::Person, _) if field.required => json!(app.person(Role::Officer).id.to_string()),
            // By letter there would have to be the letter.
            (Ask::OneOf(_), "wished_how") => json!("spoken"),
            (Ask::OneOf(all), _) => json!(all[0]),
            (Ask::Day, "mend_until") => json!(app.clock.now().date().to_string()),
            (Ask::Day, name) => asking(words)[name].clone(),
            (Ask::Texts, "answers") => json!({ "child_name": "Nguyễn Văn Còn" }),
            _ => continue,
        };
        body.insert(field.name.to_owned(), said);
    }
    (station, Value::Object(body))
}

/// The same words as the fields of a form.
fn fields(body: &Value) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (name, value) in body.as_object().expect("an object") {
        match value {
            Value::Object(answers) => {
                let word = |(field, answer): (&String, &Value)| {
                    (format!("{name}.{field}"), answer.as_str().expect("text").to_owned())
                };
                fields.extend(answers.iter().map(word));
            }
            Value::Array(words) => {
                let word = |word: &Value| (name.clone(), word.as_str().expect("text").to_owned());
                fields.extend(words.iter().map(word));
            }
            Value::String(text) => fields.push((name.clone(), text.clone())),
            number => fields.push((name.clone(), number.to_string())),
        }
    }
    fields
}

/// Where a person finds the act: a citizen among their own, an official on the dossier's page.
fn door(name: &str, code: &str, verb: Verb) -> String {
    match (name, verb) {
        ("applicant" | "other-citizen", Verb::CompleteSupplement) => format!("/my/{code}/supplement"),
        ("applicant" | "other-citizen", Verb::Withdraw | Verb::Rate) => format!("/my/{code}/{}", verb.as_str()),
        _ => format!("/dossiers/{code}/{}", verb.as_str()),
    }
}

/// What an answer means, in a word.
fn meaning(page: &Page) -> &'static str {
    match page.status.as_u16() {
        303 if page.location.starts_with("/sign-in") => "-",
        200 | 201 | 303 => "yes",
        401 | 403 | 404 => "-",
        409 => "not-now",
        422 => "lacks",
        status => panic!("{status} to {}: {}", page.location, page.body),
    }
}

async fn through_the_page(client: &mut Client, name: &str, code: &str, verb: Verb, body: &Value) -> &'static str {
    let fields = fields(body);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let door = door(name, code, verb);
    let form = door.starts_with("/my/") && verb != Verb::CompleteSupplement;
    let page = if form { client.post(&door, &fields).await } else { client.upload(&door, &fields, &[]).await };
    meaning(&page)
}

fn written(lines: &[(String, Vec<&'static str>)]) -> String {
    let mut text = String::from(
        "# What a request gets that does something to a dossier at the place where it can be done. Held by tests/src/journeys/acts.rs;\n\
         # UPDATE=1 writes it anew. Page and API answer alike.\n\
         # yes: done · lacks: refused, with the fields that are missing (422) · -: refused · full: everything said · empty: nothing said\n",
    );
    let row = |first: &str, cells: &[&str]| {
        let cells: Vec<String> =
            cells.iter().zip(VISITORS).map(|(cell, name)| format!("{cell:width$}", width = name.len())).collect();
        format!("{first:26} {}", cells.join(" ")).trim_end().to_owned() + "\n"
    };
    text.push_str(&row("# act", &VISITORS));
    for (first, cells) in lines {
        text.push_str(&row(first, cells));
    }
    text
}

#[test]
fn everybody_gets_at_every_act_exactly_what_the_table_says_on_the_page_and_in_the_api() {
    on_every_engine(|app| async move {
        let mut people = People::gather(&app).await;
        let (mut lines, mut apart) = (Vec::new(), Vec::new());
        for verb in Verb::ALL.into_iter().filter(|verb| !verb.row().begins()) {
            let (station, full) = fitting(&app, verb);
            // A dossier nobody has moved from its station yet; the first answers leave it alone.
            let mut waiting: Option<String> = None;
            for (said, body) in [("empty", json!({})), ("full", full)] {
                let mut cells = Vec::new();
                for name in VISITORS {
                    let mut answers = Vec::new();
                    // Whether page and API judge alike hangs on no engine: the page, which costs most, is asked on one.
                    let ways: &[bool] = if app.engine() == store::Engine::Sqlite { &[true, false] } else { &[false] };
                    for &through_page in ways {
                        let code = match waiting.take() {
                            Some(code) => code,
                            None => people.dossier(&app, station).await,
                        };
                        let client = people.client(name);
                        let answer = if through_page {
                            through_the_page(client, name, &code, verb, &body).await
                        } else {
                            meaning(&act(client, &code, verb.as_str(), body.clone()).await)
                        };
                        waiting = (answer != "yes").then_some(code);
                        answers.push(answer);
                    }
                    let judged = answers[answers.len() - 1];
                    if answers[0] != judged {
                        apart.push(format!("{} {said} by {name}: page {}, API {}", verb.as_str(), answers[0], judged));
                    }
                    cells.push(judged);
                }
                lines.push((format!("{} {said}", verb.as_str()), cells));
            }
        }
        assert!(apart.is_empty(), "page and API judge apart:\n{}", apart.join("\n"));
        let table = written(&lines);
        let file = root().join(TABLE);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &table).expect("writing the table");
        }
        let expected = std::fs::read_to_string(&file).expect(TABLE);
        let differences: Vec<String> = table
            .lines()
            .filter(|line| !expected.lines().any(|known| known == *line))
            .map(|line| format!("now:    {line}"))
            .chain(expected.lines().filter(|known| !table.lines().any(|l| l == *known)).map(|l| format!("before: {l}")))
            .collect();
        assert!(differences.is_empty(), "{TABLE} and the program disagree:\n{}", differences.join("\n"));
    });
}

#[test]
fn nobody_but_the_desk_says_that_money_was_received() {
    let table = std::fs::read_to_string(root().join(TABLE)).expect(TABLE);
    let line = table.lines().find(|line| line.starts_with("record-payment full")).expect("a line");
    let cells: Vec<&str> = line.split_whitespace().skip(2).collect();
    for (name, cell) in VISITORS.iter().zip(cells) {
        assert_eq!(cell == "yes", *name == "clerk", "{name}");
    }
}
