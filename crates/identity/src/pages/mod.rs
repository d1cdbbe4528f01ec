//! The pages of this crate: signing in and up, one's own account, and the administrators' list of accounts.

mod access;
mod account;
mod accounts;
mod machines;
mod requests;
mod roles;
mod show;
mod sign_in;
mod substitutes;

use axum::http::{HeaderMap, header};
use axum::response::Response;
use base::{Fault, Permission, Problem};
use web::{Access, Ctx, Module, NavItem, Routes, cookie};

use crate::sessions::{AGE_MS_MAX, Opened};
use crate::tries::Visit;
use crate::{Settings, devices};

const ACCOUNTS: Access = Access::Needs(crate::rights::KEEP_ACCOUNTS);
const CONFIRM: Access = Access::Needs(crate::rights::CONFIRM_GRANTS);

/// The lists of this crate.
pub fn lists() -> Vec<::lists::Declared> {
    vec![accounts::LIST.declared(), self::access::LIST.declared()]
}

/// What the application takes in. It must also put [`Settings`] into its extensions.
pub fn module() -> Module {
    let routes = Routes::new()
        // anybody
        .get("/sign-in", Access::Public, sign_in::form)
        .post("/sign-in", Access::Public, sign_in::try_password)
        .post("/sign-in/code", Access::Public, sign_in::try_code)
        .get("/sign-up", Access::Public, sign_in::sign_up_form)
        .post("/sign-up", Access::Public, sign_in::sign_up)
        .post("/sign-out", Access::Public, sign_in::sign_out)
        .get("/set-password", Access::Public, requests::set_form)
        .post("/set-password", Access::Public, requests::set_password)
        // one's own account
        .get("/account", Access::SignedIn, account::show)
        .post("/account/password", Access::SignedIn, account::change_password)
        .post("/account/sessions/end", Access::SignedIn, account::end_other_sessions)
        .post("/account/totp/begin", Access::SignedIn, account::begin_totp)
        .post("/account/totp/confirm", Access::SignedIn, account::confirm_totp)
        .post("/account/totp/stop", Access::SignedIn, account::stop_totp)
        // who acts for whom
        .get("/substitutes", Access::Official, substitutes::list)
        .post("/substitutes", Access::Official, substitutes::name)
        .post("/substitutes/{id}/accept", Access::Official, substitutes::accept)
        .post("/substitutes/{id}/end", Access::Official, substitutes::end)
        // administrators
        .get("/accounts", ACCOUNTS, accounts::list)
        .get("/accounts/new", ACCOUNTS, accounts::new_form)
        .post("/accounts/new", ACCOUNTS, accounts::create)
        .get("/accounts/roles", CONFIRM, roles::list)
        .post("/accounts/roles", ACCOUNTS, roles::ask)
        .post("/accounts/roles/{id}/confirm", CONFIRM, roles::confirm)
        .post("/accounts/roles/{id}/refuse", CONFIRM, roles::refuse)
        .post("/accounts/roles/{id}/end", ACCOUNTS, roles::end)
        .post("/accounts/{id}/tokens", ACCOUNTS, machines::make_token)
        .post("/accounts/{id}/tokens/{token}/revoke", ACCOUNTS, machines::revoke_token)
        .get("/accounts/{id}", ACCOUNTS, show::show)
        .post("/accounts/{id}/grants", ACCOUNTS, show::grant)
        .post("/accounts/{id}/grants/{grant}/revoke", ACCOUNTS, show::revoke)
        .post("/accounts/{id}/state", ACCOUNTS, show::change_state)
        .post("/accounts/{id}/password", ACCOUNTS, show::reset_password)
        .post("/accounts/{id}/totp/clear", ACCOUNTS, show::clear_totp)
        .post("/accounts/{id}/proof", ACCOUNTS, show::prove)
        // the record of access
        .get("/access", Access::Needs(audit::rights::READ_AUDIT), access::show)
        // the second person
        .get("/accounts/requests", CONFIRM, requests::list)
        .post("/accounts/requests/{id}/confirm", CONFIRM, requests::confirm)
        .post("/accounts/requests/{id}/refuse", CONFIRM, requests::refuse);
    Module {
        name: "identity",
        routes,
        migrations: crate::MIGRATIONS,
        locales: i18n::Source {
            module: "identity",
            vi: include_str!("../../locales/vi.ftl"),
            en: include_str!("../../locales/en.ftl"),
        },
        permissions: crate::rights::ALL,
        homes: &[web::Home { rank: 50, needs: crate::rights::KEEP_ACCOUNTS, href: "/accounts", whole: false }],
        nav: vec![
            NavItem {
                key: "identity-nav-substitutes",
                href: "/substitutes",
                icon: "users",
                access: Access::Official,
                order: 79,
            },
            NavItem { key: "identity-nav-accounts", href: "/accounts", icon: "users", access: ACCOUNTS, order: 80 },
            NavItem {
                key: "identity-nav-requests",
                href: "/accounts/requests",
                icon: "check",
                access: CONFIRM,
                order: 82,
            },
            NavItem { key: "identity-nav-roles", href: "/accounts/roles", icon: "users", access: CONFIRM, order: 83 },
            NavItem {
                key: "identity-nav-access",
                href: "/access",
                icon: "log",
                access: Access::Needs(audit::rights::READ_AUDIT),
                order: 84,
            },
        ],
    }
}

/// Every permission the modules declare.
fn known(ctx: &Ctx) -> Vec<Permission> {
    ctx.app.get::<web::Permissions>().map(|known| known.0.clone()).unwrap_or_default()
}

/// The settings the application put into its extensions.
fn settings(ctx: &Ctx) -> Result<Settings, Fault> {
    let found = ctx.app.get::<Settings>().map(|settings| (*settings).clone());
    found.ok_or_else(|| Fault::internal(std::io::Error::other("identity::Settings is not among the app's extensions")))
}

/// The token of the cookie the browser carries, whatever it is worth.
fn cookie_of(ctx: &Ctx, headers: &HeaderMap) -> Option<String> {
    cookie::read(headers, cookie::SESSION, ctx.app.secure_cookies)
}

/// From where and with what this request comes.
fn visit(ctx: &Ctx, headers: &HeaderMap) -> Visit {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Visit {
        address: ctx.address.clone(),
        device: cookie::read(headers, cookie::DEVICE, ctx.app.secure_cookies),
        label: devices::label(agent),
        session: cookie_of(ctx, headers),
    }
}

/// Puts a new session's token, and the browser's own, into the browser.
fn with_session(ctx: &Ctx, mut response: Response, opened: &Opened) -> Response {
    let mut keep = |name, token: &str, ms: i64| {
        let value = cookie::set(name, token, Some(ms / 1000), ctx.app.secure_cookies);
        response.headers_mut().append(header::SET_COOKIE, value);
    };
    keep(cookie::SESSION, &opened.token, AGE_MS_MAX);
    if let Some(device) = &opened.device {
        keep(cookie::DEVICE, device, devices::DEVICE_KEPT_MS);
    }
    response
}

/// The problems a form is shown again with; any other fault goes on to the edge.
fn problems_of(fault: Fault) -> Result<Vec<Problem>, Fault> {
    match fault {
        Fault::Invalid(problems) => Ok(problems),
        Fault::Conflict(problem) => Ok(vec![problem]),
        other => Err(other),
    }
}
