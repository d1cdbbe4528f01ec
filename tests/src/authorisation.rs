//! Every route against every role, held against `authorisation.txt`: a change of who may do what is a change of that
//! file, for a reviewer to see. Set `UPDATE=1` to write the file anew.
//!
//! What is asked here is the door: whether a role gets past it at all. Whose dossier, whose unit is asked by the
//! journeys.

use axum::body::Body;
use axum::http::Method;
use base::Role;

use crate::harness::{Client, TestApp, modules, on_every_engine};
use crate::tidy::root;

const TABLE: &str = "tests/authorisation.txt";

/// The program's own roles. What a province's own role carries is data.
fn roles() -> impl Iterator<Item = Role> {
    Role::official().chain([Role::Citizen])
}

/// One route with what happens to each visitor.
struct Line {
    method: &'static str,
    path: &'static str,
    access: String,
    /// In the order of [`visitors`].
    answers: Vec<&'static str>,
}

fn routes() -> Vec<web::RouteEntry> {
    let mut routes = web::routes().entries().to_vec();
    routes.extend(modules().iter().flat_map(|module| module.routes.entries().to_vec()));
    routes.sort_by_key(|route| (route.path, route.method));
    routes
}

/// `-` for no, `yes`, `sign-in` when led to signing in.
async fn knock(client: &mut Client, route: &web::RouteEntry) -> &'static str {
    let path = fill(route.path);
    let method: Method = route.method.parse().expect("method");
    let page = if method == Method::GET {
        client.get(&path).await
    } else {
        // No token: a request past the door is stopped right behind it, so nothing is changed by asking.
        let form = [("content-type", "application/x-www-form-urlencoded")];
        client.send(method, &path, &form, Body::empty()).await
    };
    match page.status.as_u16() {
        401 => "sign-in",
        303 if page.location.starts_with("/sign-in") => "sign-in",
        403 if page.body.contains(&past_the_door()) => "yes",
        403 => "-",
        status => {
            assert!(status < 500, "{} {path} answers {status}", route.method);
            "yes"
        }
    }
}

/// What a form without a token is told: the sign that the door itself was open.
fn past_the_door() -> String {
    i18n::t(base::Lang::Vi, "web-form-token").chars().take(30).collect()
}

/// A path with something in its blanks.
fn fill(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            "{code}" => "H13.99.99-261125-9999",
            part if part.starts_with('{') => "9007199254740991",
            part => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}

async fn visitors(app: &TestApp) -> Vec<(&'static str, Client)> {
    let mut all = vec![("anonymous", app.anonymous())];
    for role in roles() {
        all.push((role.as_str(), app.signed_in(role).await));
    }
    all
}

fn written(names: &[&str], lines: &[Line]) -> String {
    let mut text = String::from(
        "# Who gets past the door of each route. Held by tests/src/authorisation.rs; UPDATE=1 writes it anew.\n\
         # yes: let in (the action then looks at whose dossier or unit it is) · -: refused (403) · sign-in: led to signing in\n",
    );
    let row = |method: &str, path: &str, access: &str, answers: &[&str]| {
        let cells: Vec<String> =
            answers.iter().zip(names).map(|(a, n)| format!("{a:width$}", width = n.len())).collect();
        format!("{method:6} {path:58} {access:24} {}", cells.join(" ")).trim_end().to_owned() + "\n"
    };
    text.push_str(&row("#", "path", "access", names));
    for line in lines {
        text.push_str(&row(line.method, line.path, &line.access, &line.answers));
    }
    text
}

#[test]
fn every_route_lets_in_exactly_those_the_table_names() {
    on_every_engine(|app| async move {
        let mut visitors = visitors(&app).await;
        let names: Vec<&str> = visitors.iter().map(|(name, _)| *name).collect();
        let mut lines = Vec::new();
        for route in routes() {
            let mut answers = Vec::new();
            for (_, client) in &mut visitors {
                // Signing out for real would take the visitor away from the routes that follow.
                answers.push(knock(client, &route).await);
            }
            let access = match route.access {
                web::Access::Public => "public".to_owned(),
                web::Access::LookUp => "look-up".to_owned(),
                web::Access::SignedIn => "signed-in".to_owned(),
                web::Access::Official => "official".to_owned(),
                web::Access::Needs(permission) => permission.as_str().to_owned(),
            };
            lines.push(Line { method: route.method, path: route.path, access, answers });
        }
        let table = written(&names, &lines);
        let file = root().join(TABLE);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &table).expect("writing the table");
        }
        let expected = std::fs::read_to_string(&file).expect("tests/authorisation.txt");
        let differences: Vec<String> = table
            .lines()
            .filter(|line| !expected.lines().any(|known| known == *line))
            .map(|line| format!("now:    {line}"))
            .chain(
                expected
                    .lines()
                    .filter(|known| !table.lines().any(|line| line == *known))
                    .map(|known| format!("before: {known}")),
            )
            .collect();
        assert!(differences.is_empty(), "{TABLE} and the program disagree:\n{}", differences.join("\n"));
    });
}

#[test]
fn what_a_route_needs_is_what_the_roles_give() {
    // The table above is measured through the router; here it is computed from base's matrix. Both must agree, or a
    // handler refuses (or lets in) by a rule of its own.
    let expected = std::fs::read_to_string(root().join(TABLE)).expect("tests/authorisation.txt");
    for route in routes() {
        let start = format!("{:6} {} ", route.method, route.path);
        let line = expected.lines().find(|line| line.starts_with(&start));
        let line = line.unwrap_or_else(|| panic!("{} {} is not in {TABLE}", route.method, route.path));
        let cells: Vec<&str> = line.split_whitespace().skip(3).collect();
        for (role, cell) in roles().zip(&cells[1..]) {
            let may = match route.access {
                web::Access::Needs(permission) => role.allows(permission),
                web::Access::Official => role.is_official(),
                _ => true,
            };
            assert_eq!(*cell == "yes", may, "{} {} as {}", route.method, route.path, role.as_str());
        }
        assert_eq!(cells[0] == "yes", route.access.is_public(), "{} {}", route.method, route.path);
    }
}

/// The generated page of what may be allowed.
const PERMISSIONS: &str = "docs/permissions.md";

/// `docs/permissions.md`: every permission with who carries it and what asks for it, from the modules' declarations.
fn permissions_page() -> String {
    let sources: Vec<i18n::Source> = modules().iter().map(|module| module.locales).collect();
    i18n::install(&sources);
    let words = |name: &str| i18n::t(base::Lang::En, &format!("permission-{name}"));
    let mut text = String::from(
        "# Permissions\n\nWritten from what the modules declare (`rights.rs` of each); `UPDATE=1 cargo test -p tests permissions` writes it anew.\n\
         Roles of a province's own are data and carry whichever of these the province says (decision 0020).\n",
    );
    let routes = routes();
    for module in modules().iter().filter(|module| !module.permissions.is_empty()) {
        text.push_str(&format!("\n## {}\n\n| permission | what it allows | roles that carry it | not in one person with | a substitute has it | routes |\n| --- | --- | --- | --- | --- | ---: |\n", module.name));
        for permission in module.permissions {
            let carried: Vec<&str> = permission.roles.iter().map(|role| role.as_str()).collect();
            let asks = routes.iter().filter(|route| route.access == web::Access::Needs(*permission)).count();
            text.push_str(&format!(
                "| `{}` | {} | {} | {} | {} | {asks} |\n",
                permission.name,
                words(permission.name),
                carried.join(", "),
                permission.apart.join(", "),
                if permission.passes_on { "yes" } else { "" }
            ));
        }
    }
    text
}

#[test]
fn the_page_of_permissions_is_what_the_modules_declare() {
    let (page, file) = (permissions_page(), root().join(PERMISSIONS));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &page).expect("writing the page");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, page, "{PERMISSIONS} and the program disagree");
}

#[test]
fn every_permission_is_declared_once_and_every_route_asks_for_a_declared_one() {
    let declared: Vec<base::Permission> = modules().iter().flat_map(|module| module.permissions.to_vec()).collect();
    let mut names: Vec<&str> = declared.iter().map(|permission| permission.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), declared.len(), "a name is declared twice");
    for route in routes() {
        if let web::Access::Needs(permission) = route.access {
            assert!(declared.contains(&permission), "{} asks for {}", route.path, permission.name);
        }
    }
    // Whom two people must not make one: a name that nobody declares would hold nothing apart.
    for permission in &declared {
        for other in permission.apart {
            assert!(names.contains(other), "{} is apart from {other}, which nobody declares", permission.name);
        }
        // None of the program's own roles carries two that must not meet.
        for role in roles().filter(|role| role.allows(*permission)) {
            let meets = declared.iter().find(|other| role.allows(**other) && permission.excludes(**other));
            assert!(meets.is_none(), "{role} carries {} and {meets:?}", permission.name);
        }
    }
}

#[test]
fn a_role_that_lets_in_to_people_rules_or_the_log_needs_a_second_person() {
    let grave = ["read-dossiers", "keep-accounts", "keep-organisation", "read-audit", "keep-catalogue"];
    let declared: Vec<base::Permission> = modules().iter().flat_map(|module| module.permissions.to_vec()).collect();
    for role in Role::official() {
        let lets_in = declared.iter().any(|permission| grave.contains(&permission.name) && role.allows(*permission));
        assert!(role.needs_second() || !lets_in, "{role}");
    }
    assert!(Role::Own.needs_second());
}

/// Public things that have a number in their address and nothing to hide: everybody may read all of them, one by one.
const OPEN_TO_ALL: &[&str] = &[
    "/admin-units/{id}",
    "/api/v1/procedures/{code}",
    "/desks/{desk}",
    "/desks/{desk}/kiosk",
    "/desks/{desk}/screen",
    "/desks/{desk}/tickets/{ticket}",
    "/life/{event}",
    "/procedures/{code}",
    "/procedures/{code}/compare",
    "/procedures/{code}/process.bpmn",
    "/together/{group}",
    "/units/{id}",
];

#[test]
fn whoever_asks_by_a_code_without_an_account_is_counted_on_every_route() {
    on_every_engine(|app| async move {
        let one = web::limits::Rate { burst: 1, per_minute: 1 };
        let public = routes().into_iter().filter(|route| route.access.is_public() && route.method == "GET");
        let by_code: Vec<_> = public.filter(|r| r.path.contains('{') || r.access == web::Access::LookUp).collect();
        assert!(by_code.iter().any(|r| r.path == "/track") && by_code.len() > OPEN_TO_ALL.len());
        for (n, route) in (0_i64..).zip(&by_code) {
            let secret = !OPEN_TO_ALL.contains(&route.path);
            assert_eq!(secret, route.access == web::Access::LookUp, "{}: a look-up, or open to all?", route.path);
            let unlimited = web::limits::Rates::unlimited();
            app.limit(match secret {
                true => web::limits::Rates { look_up: one, ..unlimited },
                false => web::limits::Rates { browse: one, ..unlimited },
            });
            // Hours apart, so that the bucket of the route before is full again.
            app.clock.set(crate::harness::START.plus_ms(n * 3_600_000));
            let mut anybody = app.anonymous();
            let first = anybody.get(&fill(route.path)).await;
            assert!(matches!(first.status.as_u16(), 200 | 404), "{}: {}", route.path, first.status);
            let second = anybody.get(&fill(route.path)).await;
            second.is(429);
            assert!(second.headers.contains_key("retry-after"), "{}", route.path);
        }
    });
}
