//! The pages of this crate: signing in and up, one's own account, and the administrators' list of accounts.

mod access;
mod account;
mod accounts;
mod requests;
mod show;
mod sign_in;

use axum::http::{HeaderMap, header};
use axum::response::Response;
use base::{Actor, Fault, Permission, Problem};
use web::{Access, Ctx, Module, NavItem, Routes, cookie};

use crate::sessions::{AGE_MS_MAX, Opened};
use crate::tries::Visit;
use crate::{Settings, devices};

const ACCOUNTS: Access = Access::Needs(Permission::KeepAccounts);
const CONFIRM: Access = Access::Needs(Permission::ConfirmGrants);

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
        // administrators
        .get("/accounts", ACCOUNTS, accounts::list)
        .get("/accounts/new", ACCOUNTS, accounts::new_form)
        .post("/accounts/new", ACCOUNTS, accounts::create)
        .get("/accounts/{id}", ACCOUNTS, show::show)
        .post("/accounts/{id}/grants", ACCOUNTS, show::grant)
        .post("/accounts/{id}/grants/{grant}/revoke", ACCOUNTS, show::revoke)
        .post("/accounts/{id}/state", ACCOUNTS, show::change_state)
        .post("/accounts/{id}/password", ACCOUNTS, show::reset_password)
        .post("/accounts/{id}/totp/clear", ACCOUNTS, show::clear_totp)
        .post("/accounts/{id}/proof", ACCOUNTS, show::prove)
        // the record of access
        .get("/access", Access::Needs(Permission::ReadAudit), access::show)
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
        nav: vec![
            NavItem { key: "identity-nav-accounts", href: "/accounts", icon: "users", access: ACCOUNTS, order: 80 },
            NavItem {
                key: "identity-nav-requests",
                href: "/accounts/requests",
                icon: "check",
                access: CONFIRM,
                order: 82,
            },
            NavItem {
                key: "identity-nav-access",
                href: "/access",
                icon: "log",
                access: Access::Needs(Permission::ReadAudit),
                order: 84,
            },
        ],
    }
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

/// Where a person begins after signing in. A leader of the whole province begins with the figures: nobody's single dossier
/// is that person's first question of the day.
pub fn home(actor: &Actor) -> &'static str {
    use Permission::{KeepAccounts, KeepCatalogue, OwnDossiers, ReadDossiers, ReadSteering};
    if actor.grants.is_empty() {
        // Confined to the own account: a password to change, codes to switch on, or no role yet.
        return "/account";
    }
    // The topmost agency's path has one part: "/1/".
    let leads_all = |g: &base::Grant| g.role == base::Role::Leader && g.agency_path.matches('/').count() == 2;
    if actor.grants.iter().any(leads_all) {
        return "/steering";
    }
    let first = [(OwnDossiers, "/my"), (ReadDossiers, "/work"), (ReadSteering, "/steering")];
    let next = [(KeepCatalogue, "/procedures"), (KeepAccounts, "/accounts")];
    first.iter().chain(&next).find(|(permission, _)| actor.may(*permission)).map_or("/account", |(_, path)| path)
}
