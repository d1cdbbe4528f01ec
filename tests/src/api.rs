//! What the description of the API says a request may carry is what the program reads: no less, and nothing else.

use crate::harness::{Client, Page, TestApp, modules, on_every_engine};
use axum::body::Body;
use axum::http::Method;
use base::Role;
use serde_json::Value;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Every operation with its description.
fn operations() -> Vec<(web::RouteEntry, Value)> {
    let document = motcua::openapi::document().expect("the document");
    let routes = modules().iter().flat_map(|module| module.routes.entries().to_vec()).collect::<Vec<_>>();
    let described = |route: web::RouteEntry| {
        let operation = document["paths"][route.path][route.method.to_ascii_lowercase()].clone();
        (route, operation)
    };
    routes.into_iter().filter(web::RouteEntry::is_api).map(described).collect()
}

/// Somebody who gets past an operation's door; one person of each role asks for all.
struct People(BTreeMap<Option<&'static str>, Client>);

impl People {
    async fn for_route(&mut self, app: &TestApp, route: &web::RouteEntry) -> &mut Client {
        let role = match route.access {
            web::Access::Public | web::Access::LookUp => None,
            web::Access::SignedIn => Some(Role::Citizen),
            web::Access::Official => Some(Role::Clerk),
            web::Access::Needs(permission) => Role::ALL.iter().copied().find(|role| role.allows(permission)),
        };
        let key = role.map(Role::as_str);
        match self.0.entry(key) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => place.insert(match role {
                None => app.anonymous(),
                Some(role) => app.signed_in(role).await,
            }),
        }
    }
}

async fn ask(client: &mut Client, route: &web::RouteEntry, query: &str, headers: &[(&str, &str)]) -> Page {
    let part = |part: &str| match part {
        "{code}" => "H13.99.99-261125-9999".to_owned(),
        "{verb}" => "forward".to_owned(),
        part if part.starts_with('{') => "9007199254740991".to_owned(),
        part => part.to_owned(),
    };
    let path = route.path.split('/').map(part).collect::<Vec<_>>().join("/");
    let method: Method = route.method.parse().expect("method");
    let mut all = vec![("content-type", "application/json")];
    all.extend(headers);
    let body = if method == Method::GET { Body::empty() } else { Body::from("{}") };
    client.send(method, &format!("{path}{query}"), &all, body).await
}

/// Fields and codes of a refusal.
fn errors(page: &Page) -> Vec<(String, String)> {
    let body = page.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
}

fn parameters<'a>(operation: &'a Value, place: &str) -> Vec<&'a str> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    all.filter(|param| param["in"] == place).map(|param| param["name"].as_str().expect("a name")).collect()
}

#[test]
fn an_operation_takes_the_questions_it_describes_and_no_other() {
    on_every_engine(|app| async move {
        let mut people = People(BTreeMap::new());
        let mut asked = 0;
        for (route, operation) in operations() {
            let client = people.for_route(&app, &route).await;
            let other = ask(client, &route, "?unheard_of=1", &[]).await;
            other.is(422);
            assert_eq!(errors(&other), [("unheard_of".to_owned(), "web-param-unknown".to_owned())], "{}", route.path);
            for name in parameters(&operation, "query") {
                let twice = ask(client, &route, &format!("?{name}=1&{name}=1"), &[]).await;
                twice.is(422);
                let found = errors(&twice);
                assert!(found.contains(&(name.to_owned(), "web-param-twice".to_owned())), "{} {name}", route.path);
                assert!(found.iter().all(|(_, code)| code != "web-param-unknown"), "{} {name}", route.path);
                asked += 1;
            }
        }
        assert!(asked > 15, "{asked}");
    });
}

#[test]
fn an_operation_reads_the_headers_it_describes() {
    on_every_engine(|app| async move {
        let mut people = People(BTreeMap::new());
        for (route, operation) in operations() {
            let client = people.for_route(&app, &route).await;
            for name in parameters(&operation, "header") {
                match name {
                    "accept-language" => {
                        let [vi, en] = [
                            ask(client, &route, "?unheard_of=1", &[(name, "vi")]).await.json(),
                            ask(client, &route, "?unheard_of=1", &[(name, "en-GB,en;q=0.8")]).await.json(),
                        ];
                        assert_ne!(vi["title"], en["title"], "{}", route.path);
                    }
                    "idempotency-key" => {
                        for wrong in ["two words", &"k".repeat(201)] {
                            let page = ask(client, &route, "", &[(name, wrong)]).await;
                            page.is(422);
                            assert_eq!(
                                errors(&page),
                                [("Idempotency-Key".to_owned(), "web-once-key".to_owned())],
                                "{}",
                                route.path
                            );
                        }
                        let page = ask(client, &route, "", &[(name, &"k".repeat(200))]).await;
                        assert!(!page.body.contains("web-once-key"), "{}", route.path);
                    }
                    "x-csrf-token" => {
                        client.get("/account").await;
                        let token = client.csrf().to_owned();
                        let multipart = ("content-type", "multipart/form-data; boundary=e");
                        let part = "--e\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n{}\r\n--e--\r\n";
                        let path = route.path.replace("{code}", "H13.99.99-261125-9999").replace("{verb}", "forward");
                        let without = client.send(Method::POST, &path, &[multipart], Body::from(part)).await;
                        without.is(403).shows("web-form-token");
                        let with =
                            client.send(Method::POST, &path, &[multipart, (name, &token)], Body::from(part)).await;
                        assert!(!with.body.contains("web-form-token"), "{}", route.path);
                    }
                    other => panic!("nobody shows that `{other}` is read"),
                }
            }
        }
    });
}
