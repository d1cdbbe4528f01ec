//! Every field of every form of every page, every text of every API body and every address is sent what nobody should send.
//! Whatever it is, the program answers in words (never 5xx), and nothing that cannot be seen is kept.

use crate::harness::{Client, FormField, Page, PageForm, TestApp, forms_of, links_of, modules, on_fresh_provinces};
use axum::body::Body;
use axum::http::Method;
use base::{Role, clean};
use std::collections::{BTreeMap, BTreeSet};

/// What attackers, broken programs and unlucky keyboards send.
const STRINGS: &[&str] = &[
    "A\0B",
    "A\u{7}B\u{1b}[31m",
    "\u{9b}31m",
    "\u{200b}\u{200b}",
    "Lan\u{202e}nac\u{202c}\u{2066}x\u{2069}",
    "\u{feff}Nguyễn\u{ad} \u{e0041}Lan\u{fe0f}\u{3164}",
    "dòng\r\nhai\u{2028}ba",
    "Ðặng Thị Ðào",
    "<script>alert(1)</script>\"'",
    "' OR 1=1; DROP TABLE dossier; --",
    "%",
    "🙂🙂",
    "=HYPERLINK(\"x\")",
    "../../etc/passwd",
    "99999999999999999999999",
    "-1",
    "NaN",
    "2999-99-99",
    "0001-01-01",
    "\u{ffff}\u{fdd0}",
];
/// A text longer than any field may hold.
const LONG: usize = 3_000;
/// Of the texts that the edge refuses, whatever the field, so many are tried in each field: another two in the next one.
const REFUSED_OF_A_FIELD: usize = 2;
/// Pages looked at of one route: more show the same forms.
const PAGES_OF_A_ROUTE: usize = 2;

/// An address with its changing parts made equal: `/dossiers/H13.31-261125-0001` and another are one route.
fn route_of(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let part = |part: &str| {
        let named = part.contains(|c: char| c.is_ascii_digit()) && part.len() > 2 && part != "v1";
        if named { "{}".to_owned() } else { part.to_owned() }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Something a field would take, so that what is sent beside it gets as far as it can.
fn plausible(field: &FormField) -> String {
    if !field.value.is_empty() || matches!(field.kind.as_str(), "select" | "hidden" | "button" | "search") {
        return field.value.clone();
    }
    let text = match field.name.as_str() {
        name if name.contains("number") => "094190000123",
        name if name.contains("phone") => "0912345678",
        name if name.contains("password") || name == "current" => "một mật khẩu dài dòng 7",
        name if field.kind == "date" || name.ends_with("_on") || name.ends_with("_from") => "2026-11-20",
        name if name.contains("paper") => "",
        _ => "Nguyễn Thị Lan",
    };
    text.to_owned()
}

/// Forms that would take the visitor away, or close the house.
fn is_left_out(action: &str) -> bool {
    ["/sign-out", "/account/sessions", "/language"].iter().any(|start| action.starts_with(start))
}

async fn send(client: &mut Client, form: &PageForm, fields: &[(&str, &str)]) -> Page {
    if !form.post {
        let query = serde_urlencoded::to_string(fields).expect("query");
        return client.get(&format!("{}?{query}", form.action.split('?').next().unwrap_or_default())).await;
    }
    if form.multipart {
        client.upload(&form.action, fields, &[]).await
    } else {
        client.post(&form.action, fields).await
    }
}

/// The texts that are put into the fields of a form at once, for each request of it.
///
/// What acts is judged field by field, and the first refusal hides the rest: there each field has each text alone. A question (GET) is
/// answered with its page whatever stands in it: there the texts go round the fields, so that each still meets each.
fn rounds(form: &PageForm, names: usize, texts: &[&str]) -> Vec<Vec<Option<usize>>> {
    if !form.post {
        return (0..texts.len()).map(|round| (0..names).map(|at| Some((at + round) % texts.len())).collect()).collect();
    }
    let (refused, taken): (Vec<usize>, Vec<usize>) = (0..texts.len()).partition(|n| clean::line(texts[*n]).is_err());
    let of_field = |at: usize| {
        let some = (0..REFUSED_OF_A_FIELD).map(|n| refused[(at * REFUSED_OF_A_FIELD + n) % refused.len()]);
        taken.iter().copied().chain(some).collect::<Vec<usize>>()
    };
    let alone = |at: usize, text: usize| (0..names).map(|n| (n == at).then_some(text)).collect();
    (0..names).flat_map(|at| of_field(at).into_iter().map(move |text| alone(at, text))).collect()
}

/// A text in a field: the route, the field's name and which text.
type Put = (String, String, usize);

/// What was tried in one province.
#[derive(Default)]
struct Tried {
    forms: BTreeSet<String>,
    /// What the program's rules refused on the engine before: they know no engine, and it is not asked again on this one.
    before: BTreeSet<Put>,
    /// What they refuse on this one.
    refused: BTreeSet<Put>,
}

/// Sends every hostile text in every field of a form, the others filled as well as one can.
async fn try_form(client: &mut Client, who: &str, form: &PageForm, tried: &mut Tried) -> usize {
    let long = "ệ".repeat(LONG);
    let texts: Vec<&str> = STRINGS.iter().copied().chain([long.as_str()]).collect();
    let filled: Vec<(String, String)> =
        form.fields.iter().filter(|f| f.name != "_csrf").map(|f| (f.name.clone(), plausible(f))).collect();
    if filled.is_empty() {
        return 0;
    }
    let mut sent = 0;
    for put in rounds(form, filled.len(), &texts) {
        let alone = put.iter().position(Option::is_some).filter(|_| form.post);
        let alone = alone.and_then(|at| Some((route_of(&form.action), filled[at].0.clone(), put[at]?)));
        if alone.as_ref().is_some_and(|one| tried.before.contains(one)) {
            continue;
        }
        sent += 1;
        let fields: Vec<(&str, &str)> = filled
            .iter()
            .zip(&put)
            .map(|((name, value), text)| (name.as_str(), text.map_or(value.as_str(), |text| texts[text])))
            .collect();
        let page = send(client, form, &fields).await;
        let status = page.status.as_u16();
        tried.refused.extend(alone.filter(|_| status == 422));
        let hostile = filled.iter().zip(&put).filter_map(|((name, _), text)| Some((name, texts[(*text)?])));
        let shown = |text: &str| text.escape_debug().take(40).collect::<String>();
        let told: Vec<String> = hostile.clone().map(|(name, text)| format!("{name} = \"{}\"", shown(text))).collect();
        assert!(status < 500, "{who}: {} {told:?} answers {status}", form.action);
        for (name, text) in hostile {
            let secret = name.contains("password") || name == "current";
            if form.post && !secret && clean::line(text).is_err() && status == 303 {
                let away = page.location.starts_with("/sign-in");
                assert!(away, "{who}: {} takes \"{}\" in {name}", form.action, shown(text));
            }
        }
    }
    sent
}

/// Looks at every page a visitor can reach, and at every form on it once.
async fn crawl(client: &mut Client, who: &str, tried: &mut Tried) -> usize {
    let mut open: Vec<String> = modules()
        .iter()
        .flat_map(|module| module.routes.entries().to_vec())
        .chain(web::routes().entries().to_vec())
        .filter(|route| route.method == "GET" && !route.path.contains('{'))
        .map(|route| route.path.to_owned())
        .collect();
    open.extend(["/intake?procedure=1.001193", "/file/1.001193?step=1", "/file/1.001193?step=2"].map(str::to_owned));
    let mut looked: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut forms = Vec::new();
    while let Some(address) = open.pop() {
        let times = looked.entry(route_of(&address)).or_default();
        if *times >= PAGES_OF_A_ROUTE || !seen.insert(address.clone()) || is_left_out(&address) {
            continue;
        }
        *times += 1;
        let page = client.get(&address).await;
        assert!(page.status.as_u16() < 500, "{who}: {address} answers {}", page.status);
        if !page.location.is_empty() {
            open.push(page.location.clone());
        }
        for form in forms_of(&page.body, &address) {
            for field in form.fields.iter().filter(|field| field.kind == "textarea") {
                assert!(
                    web::knows_text_area(&field.name),
                    "{address}: is {} of one line? Say so in web/src/cleaning.rs",
                    field.name
                );
            }
            let names: Vec<&str> = form.fields.iter().map(|field| field.name.as_str()).collect();
            let key = format!("{} {} {names:?}", form.post, route_of(&form.action));
            if !is_left_out(&form.action) && tried.forms.insert(key) {
                forms.push(form);
            }
        }
        open.extend(links_of(&page.body));
    }
    let mut sent = 0;
    for form in forms {
        sent += try_form(client, who, &form, tried).await;
    }
    sent
}

/// Every text column of the database, looked through.
async fn kept(app: &TestApp) -> Vec<String> {
    let postgres = app.engine() == store::Engine::Postgres;
    let columns = if postgres {
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = current_schema() AND data_type IN ('text', 'jsonb')"
    } else {
        "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type = 'TEXT'"
    };
    app.db()
        .read(move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for row in tx.query(columns, store::params![]).await? {
                    let (table, column): (String, String) = (row.get("t")?, row.get("c")?);
                    let sql = format!("SELECT CAST({column} AS TEXT) AS v FROM {table} WHERE {column} IS NOT NULL");
                    for row in tx.query(store::Sql::from(sql), store::params![]).await? {
                        let value: String = row.get("v")?;
                        if clean::has_forbidden(&value) || value.contains("\\u0000") {
                            found.push(format!(
                                "{table}.{column}: {}",
                                value.escape_debug().take(120).collect::<String>()
                            ));
                        }
                    }
                }
                Ok::<_, base::Fault>(found)
            })
        })
        .await
        .expect("the database")
}

/// One dossier at the counter, one citizen's draft and filing: pages with something on them.
async fn furnish(app: &TestApp) {
    let mut clerk = app.signed_in(Role::Clerk).await;
    let commune = app.person(Role::Leader).agency.to_string();
    for owner in ["Lê Thị Một", "Lê Thị Hai"] {
        let body = serde_json::json!({
            "procedure": "1.001193", "intake": commune, "competent": commune,
            "owner_name": owner, "owner_number": "094190000123",
            "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
        });
        clerk.post_json("/api/v1/dossiers", &body).await.is(201);
    }
}

#[test]
fn whatever_is_typed_anywhere_is_answered_in_words_and_nothing_unseen_is_kept() {
    let refused = &std::sync::Mutex::<BTreeSet<Put>>::default();
    on_fresh_provinces(|app| async move {
        furnish(&app).await;
        let mut tried = Tried { before: refused.lock().expect("one after the other").clone(), ..Tried::default() };
        let mut sent = crawl(&mut app.anonymous(), "anonymous", &mut tried).await;
        // The administrator last: those forms close accounts and end agencies.
        let mut roles: Vec<Role> = Role::official().chain([Role::Citizen]).collect();
        roles.sort_by_key(|role| *role == Role::Administrator);
        for role in roles {
            let mut client = app.signed_in(role).await;
            sent += crawl(&mut client, role.as_str(), &mut tried).await;
        }
        let forms = tried.forms.len();
        eprintln!("{forms} forms, {sent} requests, {} refused", tried.refused.len());
        // Asked again is what was not refused before, and every question.
        let least = if tried.before.is_empty() { 5_000 } else { 1_500 };
        assert!(forms > 100 && sent > least, "too little was tried: {forms} forms, {sent} requests");
        refused.lock().expect("one after the other").extend(tried.refused);
        let found = kept(&app).await;
        assert!(found.is_empty(), "kept: {found:#?}");
    });
}

#[test]
fn no_address_with_hostile_parts_breaks_the_program() {
    on_fresh_provinces(|app| async move {
        let mut clerk = app.signed_in(Role::Clerk).await;
        let routes: Vec<web::RouteEntry> =
            modules().iter().flat_map(|module| module.routes.entries().to_vec()).collect();
        for route in routes.iter().filter(|route| route.method == "GET" && route.path.contains('{')) {
            for part in [
                "%00",
                "a%00b",
                "%07",
                "%ff",
                "%E2%80%8B",
                "%F0%9F%99%82",
                "..%2F..",
                "%25",
                "99999999999999999999",
                "-1",
            ] {
                let fill = |one: &str| if one.starts_with('{') { part.to_owned() } else { one.to_owned() };
                let path = route.path.split('/').map(fill).collect::<Vec<_>>().join("/");
                let page = clerk.get(&path).await;
                assert!(page.status.as_u16() < 500, "{path} answers {}", page.status);
            }
        }
        for path in ["/work", "/procedures", "/track", "/search", "/intake", "/api/v1/dossiers", "/sign-in", "/units"] {
            for query in
                ["q=%00", "q=%ff", "q=%E2%80%8B", "code=%00", "page=%00", "after=%00", "next=%00", "tab=%00&q=a%00b"]
            {
                let page = clerk.get(&format!("{path}?{query}")).await;
                assert!(page.status.as_u16() < 500, "{path}?{query} answers {}", page.status);
            }
        }
    });
}

/// The names of the texts in a body's schema.
fn texts_of(document: &serde_json::Value, schema: &serde_json::Value) -> Vec<String> {
    let named = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next());
    let schema = named.map_or(schema, |name| &document["components"]["schemas"][name]);
    let is_text = |kind: &serde_json::Value| {
        kind == "string" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "string"))
    };
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.filter(|(_, property)| is_text(&property["type"])).map(|(name, _)| name.clone()).collect()
}

#[test]
fn every_text_of_every_api_body_is_cleaned_or_refused() {
    on_fresh_provinces(|app| async move {
        furnish(&app).await;
        let document = motcua::openapi::document().expect("the document");
        let commune = app.person(Role::Leader).agency.to_string();
        let mut sent = 0;
        for (path, methods) in document["paths"].as_object().expect("paths") {
            let schema = &methods["post"]["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let path = path.replace("{code}", "H13.99.99-261125-9999").replace("{verb}", "forward");
            // Whoever may ask for it at all.
            let mut may = app.signed_in(Role::Clerk).await;
            for other in [Role::ReformOfficer, Role::CatalogueKeeper] {
                if may.post_json(&path, &serde_json::json!({})).await.status.as_u16() == 403 {
                    may = app.signed_in(other).await;
                }
            }
            // The agencies are the administrator's alone.
            if path.starts_with("/api/v1/reorganisations") || path.starts_with("/api/v1/closings") {
                may = app.administrator().await;
            }
            for name in texts_of(&document, schema) {
                for text in STRINGS {
                    let mut body = serde_json::json!({});
                    if path == "/api/v1/dossiers" {
                        body = serde_json::json!({
                            "procedure": "1.001193", "intake": commune, "competent": commune, "owner_name": "Lê Thị Ba",
                            "owner_number": "094190000123", "components": { "giay-chung-sinh": "paper", "giay-to-tuy-than": "paper" },
                        });
                    }
                    body[&name] = (*text).into();
                    let page = may.post_json(&path, &body).await;
                    let status = page.status.as_u16();
                    assert!(status < 500, "{path} {name} = {text:?} answers {status}");
                    if clean::line(text).is_err() {
                        page.is(422).shows("base-text-control").shows(&name);
                    }
                    sent += 1;
                }
            }
            let twice = may.send_json(&path, "{\"note\":\"a\",\"note\":\"b\"}").await;
            assert_eq!(twice.status.as_u16(), 422);
        }
        assert!(sent > 100, "{sent}");
        let found = kept(&app).await;
        assert!(found.is_empty(), "kept: {found:#?}");
        let nothing = app.anonymous().send(Method::POST, "/api/v1/dossiers", &[], Body::from("\0")).await;
        assert!(nothing.status.as_u16() < 500);
    });
}
