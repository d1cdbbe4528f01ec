//! The OpenAPI document of everything under `/api/`. What each handler declares is completed by what holds for all of them: who may
//! ask, how a refusal looks, which statuses the edge itself may answer with.

use base::Fault;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use web::params::{ACCEPT_LANGUAGE, CSRF_TOKEN, Header, IDEMPOTENCY_KEY, Kind};
use web::{Access, RouteEntry};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "motcua",
        description = "One door: dossiers, petitions, procedures, targets. A program has an account of its own and sends one of its tokens \
                       (`Authorization: Bearer …`), or signs in as a browser does and sends the cookie it is given. A change is made by a JSON body, alone or with files beside it (at an intake `file_CODE` for each \
                       component's scans, at an act `file` or `result`; with a petition `pictures`); one that a browser sends for another site is refused.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        catalogue::api::list,
        catalogue::api::show,
        dossiers::api::status,
        dossiers::api::list,
        dossiers::api::get,
        dossiers::api::receive,
        dossiers::api::act,
        feedback::api::published,
        feedback::api::status,
        feedback::api::take,
        feedback::api::get,
        feedback::api::act,
        feedback::dialogue::api::sittings,
        feedback::dialogue::api::sitting,
        reform::api::list,
        reform::api::one,
    )
)]
struct Document;

/// Text without control characters, line breaks and tabs aside: what `base::clean` takes.
const CLEAN: &str = r"^[^\u0000-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F]*$";

/// The document as JSON.
pub fn document() -> Result<Value, Fault> {
    let mut document = serde_json::to_value(Document::openapi()).map_err(Fault::internal)?;
    for described in crate::kinds().iter().filter_map(|kind| kind.api) {
        registers(&mut document, described());
    }
    for module in crate::modules() {
        for route in module.routes.entries() {
            if let Some(operation) = document.pointer_mut(&pointer(route)) {
                complete(operation, route);
            }
        }
    }
    let components = document["components"].as_object_mut().map(std::mem::take).unwrap_or_default();
    document["components"] = Value::Object(shared(components));
    verbs(&mut document);
    Ok(document)
}

/// Adds the operations of a register, described from its table of verbs.
fn registers(document: &mut Value, described: Value) {
    for (place, part) in [("/paths", "paths"), ("/components/schemas", "schemas")] {
        let there = document.pointer_mut(place).and_then(Value::as_object_mut);
        if let (Some(there), Some(more)) = (there, described[part].as_object()) {
            there.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
    }
}

/// Where a route's operation stands in the document.
fn pointer(route: &RouteEntry) -> String {
    format!("/paths/{}/{}", route.path.replace('~', "~0").replace('/', "~1"), route.method.to_ascii_lowercase())
}

/// How an operation may refuse: the one place that says so, from what its route is. A handler declares its success alone.
fn refusals(route: &RouteEntry) -> Vec<(&'static str, &'static str)> {
    let writes = route.method != "GET";
    let names = writes || route.path.contains('{') || route.asks.iter().any(|param| matches!(param.kind, Kind::Id));
    let mut statuses = vec![
        ("400", "no such request is understood"),
        ("422", "a field breaks a rule; `errors` names both"),
        ("429", "too many requests; see Retry-After"),
        ("503", "busy, or the database is away; see Retry-After"),
    ];
    if !route.access.is_public() {
        statuses.push(("401", "nobody is signed in"));
        statuses.push(("403", "this person may not"));
    }
    if names {
        statuses.push(("404", "what the address or the body names is not there, or not for this person"));
    }
    if writes {
        statuses.push(("409", "the state does not allow it, or a request of the same key is under way"));
        statuses.push(("413", "larger than a request may be"));
        statuses.push(("415", "not of the kind of content that is taken here"));
    }
    statuses
}

/// Adds to an operation what follows from its route: how it refuses, who may ask, what its address and its headers may say.
fn complete(operation: &mut Value, route: &RouteEntry) {
    for (status, why) in refusals(route) {
        operation["responses"][status] = json!({
            "description": why,
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Refusal" } } },
        });
        if matches!(status, "429" | "503") {
            operation["responses"][status]["headers"] = json!({ "Retry-After": {
                "description": "Asked again after so many seconds.", "schema": { "type": "integer", "minimum": 1 },
            } });
        }
    }
    operation["security"] =
        if route.access.is_public() { json!([]) } else { json!([{ "session": [] }, { "token": [] }]) };
    if let Access::Needs(permission) = route.access {
        operation["x-permission"] = permission.as_str().into();
    }
    if !operation["requestBody"].is_null() {
        with_files(operation);
    }
    let mut all = operation["parameters"].as_array().cloned().unwrap_or_default();
    // What an operation says of a question itself says more than its route knows: which words there are.
    let said = |param: &Value| {
        operation["parameters"].as_array().into_iter().flatten().any(|own| own["name"] == param["name"])
    };
    all.extend(route.asks.iter().map(|param| param.described()).filter(|param| !said(param)));
    all.extend(headers(route).iter().map(|header| header.described()));
    operation["parameters"] = all.into();
}

/// What a changing operation takes besides JSON alone: the same with files beside it, each a part of the body.
fn with_files(operation: &mut Value) {
    let content = &mut operation["requestBody"]["content"];
    let json = content["application/json"]["schema"].clone();
    content["multipart/form-data"] = json!({
        "schema": {
            "type": "object",
            "required": [web::BODY],
            "properties": { web::BODY: json },
            "additionalProperties": { "type": "string", "format": "binary" },
        },
        "encoding": { web::BODY: { "contentType": "application/json" } },
    });
}

/// The headers an operation reads beside those of its session and its content.
fn headers(route: &RouteEntry) -> &'static [Header] {
    if route.method == "GET" { &[ACCEPT_LANGUAGE] } else { &[ACCEPT_LANGUAGE, IDEMPOTENCY_KEY, CSRF_TOKEN] }
}

/// The schemas and ways of signing in that operations share; texts that are written say what is refused in them.
fn shared(mut components: Map<String, Value>) -> Map<String, Value> {
    let schemas = components.entry("schemas").or_insert_with(|| json!({}));
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        if name.ends_with("Body") {
            clean_texts(schema);
        }
    }
    schemas["Refusal"] = json!({
        "type": "object",
        "description": "Why a request was not done (RFC 9457), in the reader's language.",
        "required": ["type", "title", "status", "detail", "instance", "errors"],
        "properties": {
            "type": { "type": "string", "description": "A stable name of the kind: `urn:motcua:problem:…`." },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "instance": { "type": "string", "description": "The request's number in the log." },
            "errors": { "type": "array", "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "field": { "type": ["string", "null"] },
                    "code": { "type": "string" },
                    "message": { "type": "string" },
                    "rule": { "type": ["string", "null"], "description": "The article it comes from." },
                },
            } },
        },
    });
    components.insert(
        "securitySchemes".to_owned(),
        json!({
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "Of a program's account, made by who keeps accounts; what it may do follows from the roles granted to it.",
            },
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "session",
                "description": "Set by signing in; `__Host-session` where the site is reached over https.",
            },
        }),
    );
    components
}

/// Gives every text below a schema the pattern of clean text, where it has none of its own.
fn clean_texts(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let is_text = match object.get("type") {
                Some(Value::String(one)) => one == "string",
                Some(Value::Array(several)) => several.iter().any(|one| one == "string"),
                _ => false,
            };
            if is_text && !object.contains_key("pattern") && !object.contains_key("enum") {
                object.insert("pattern".to_owned(), CLEAN.into());
            }
            object.values_mut().for_each(clean_texts);
        }
        Value::Array(list) => list.iter_mut().for_each(clean_texts),
        _ => {}
    }
}

/// The verbs of a subject are those of its state machine, but for those that make one.
fn verbs(document: &mut Value) {
    let of_dossiers = dossiers::verbs::TABLE.iter().filter(|row| !row.begins());
    let of_petitions = feedback::verbs::VERBS.iter().filter(|row| !row.from.is_empty() && !row.who.is_empty());
    let machines: [(&str, Vec<&str>); 2] = [
        (
            "/paths/~1api~1v1~1dossiers~1{code}~1{verb}/post/parameters",
            of_dossiers.map(|row| row.verb.as_str()).collect(),
        ),
        ("/paths/~1api~1v1~1petitions~1{code}~1{verb}/post/parameters", of_petitions.map(|row| row.word).collect()),
    ];
    for (pointer, words) in machines {
        for parameter in document.pointer_mut(pointer).and_then(Value::as_array_mut).into_iter().flatten() {
            if parameter["name"] == "verb" {
                parameter["schema"]["enum"] = json!(words);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Method and path of every operation.
    fn operations(document: &Value) -> Vec<(String, String)> {
        let paths = document["paths"].as_object().expect("paths");
        let mut all: Vec<(String, String)> = paths
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().into_iter().flatten();
                methods.map(|(method, _)| (method.to_ascii_uppercase(), path.clone()))
            })
            .collect();
        all.sort();
        all
    }

    #[test]
    fn every_route_of_the_api_stands_in_its_description_and_nothing_else_does() {
        let mut routes: Vec<(String, String)> = crate::modules()
            .iter()
            .flat_map(|module| module.routes.entries().to_vec())
            .filter(|route| route.path.starts_with("/api/"))
            .map(|route| (route.method.to_owned(), route.path.to_owned()))
            .collect();
        routes.sort();
        assert_eq!(operations(&document().unwrap()), routes);
    }

    #[test]
    fn every_operation_says_who_may_ask_and_how_it_refuses() {
        let document = document().unwrap();
        for (method, path) in operations(&document) {
            let operation = &document["paths"][&path][method.to_ascii_lowercase()];
            let responses = operation["responses"].as_object().unwrap();
            let is_public = operation["security"].as_array().unwrap().is_empty();
            let mut wanted = vec!["400", "422", "429", "503"];
            wanted.extend(["401", "403"].iter().filter(|_| !is_public));
            wanted.extend(["404"].iter().filter(|_| path.contains('{') || method != "GET"));
            wanted.extend(["409", "413", "415"].iter().filter(|_| method != "GET"));
            for status in wanted {
                let schema = &responses[status]["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Refusal", "{method} {path} {status}");
            }
            assert!(responses.keys().any(|status| status.starts_with('2')), "{method} {path}");
            let names: Vec<&str> =
                operation["parameters"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
            assert!(names.contains(&"accept-language"), "{method} {path}");
            assert_eq!(names.contains(&"idempotency-key"), method != "GET", "{method} {path}");
        }
        assert_eq!(document["components"]["securitySchemes"]["session"]["in"], "cookie");
    }

    #[test]
    fn a_handler_declares_its_success_alone() {
        let document = serde_json::to_value(Document::openapi()).unwrap();
        for (method, path) in operations(&document) {
            let responses = document["paths"][&path][method.to_ascii_lowercase()]["responses"].as_object().unwrap();
            assert!(responses.keys().all(|status| status.starts_with('2')), "{method} {path}: {responses:?}");
        }
    }

    #[test]
    fn the_verbs_named_are_those_of_the_state_machine() {
        let document = document().unwrap();
        let text = document["paths"]["/api/v1/dossiers/{code}/{verb}"]["post"]["parameters"].to_string();
        assert!(text.contains("\"return-result\"") && !text.contains("receive-at-counter"), "{text}");
        let text = document["paths"]["/api/v1/petitions/{code}/{verb}"]["post"]["parameters"].to_string();
        assert!(text.contains("\"hand-over\"") && !text.contains("\"send\""), "{text}");
        // A register's body has the fields of its rows, each with the row's word.
        let text = document["paths"]["/api/v1/initiatives/{code}/{verb}"]["post"]["parameters"].to_string();
        assert!(text.contains("\"take-up\"") && !text.contains("\"submit\""), "{text}");
        let bodies = document["components"]["schemas"]["InitiativeActBody"]["anyOf"].as_array().expect("bodies");
        let recognise = bodies.iter().find(|body| body["title"] == "recognise").expect("a body");
        assert_eq!(recognise["required"], json!(["reach", "decision"]));
        assert_eq!(recognise["properties"]["reach"]["enum"], json!(initiatives::initiative::REACHES));
    }
}
