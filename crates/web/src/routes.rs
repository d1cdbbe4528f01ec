//! Routes that name who may use them. The access is checked before the handler runs, and the list of all routes is
//! what the authorisation table is tested against.

use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::limits::{self, Rates};
use crate::params::{self, Param};
use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use base::{Fault, Permission};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody, who asks about one matter by its code: each asker's questions are counted
    /// ([`crate::limits::Rates::look_up`]).
    LookUp,
    /// Anybody with an account.
    SignedIn,
    /// Anybody who works for the administration: what they are shown follows from their grants.
    Official,
    /// A person some grant of whom allows this; the action checks the grant's scope.
    Needs(Permission),
}

impl Access {
    /// Whether no account is needed.
    pub fn is_public(self) -> bool {
        matches!(self, Access::Public | Access::LookUp)
    }

    /// Whether this visitor is let in; else why not.
    pub fn check(self, ctx: &Ctx) -> Result<(), Fault> {
        match self {
            Access::Public | Access::LookUp => Ok(()),
            Access::SignedIn => ctx.actor().map(|_| ()),
            Access::Official => ctx.official().map(|_| ()),
            Access::Needs(permission) => ctx.require(permission).map(|_| ()),
        }
    }
}

/// One line of the authorisation table.
#[derive(Clone, Debug)]
pub struct RouteEntry {
    /// "GET", "POST", "PUT" or "DELETE".
    pub method: &'static str,
    /// As axum writes it: `/dossiers/{code}`.
    pub path: &'static str,
    pub access: Access,
    /// All that the address of an operation of the API may ask: judged before its handler runs, and described from here.
    pub asks: &'static [&'static Param],
}

impl RouteEntry {
    /// Whether programs ask here: what is asked is judged strictly, a page overlooks what it does not know.
    pub fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    fn admits(&self, ctx: &Ctx) -> Result<(), Fault> {
        self.access.check(ctx)?;
        counted(self.access, self.path, ctx)?;
        if self.is_api() { params::judge(&ctx.uri, self.asks) } else { Ok(()) }
    }
}

/// A module's routes; see [`Routes::get`].
#[derive(Default)]
pub struct Routes {
    entries: Vec<RouteEntry>,
    router: Router<App>,
}

impl Routes {
    pub fn new() -> Routes {
        Routes::default()
    }

    /// `.get("/dossiers/{code}", Access::Needs(rights::READ_DOSSIERS), show)`; answers HEAD too.
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.asking(path, access, &[], handler)
    }

    /// An operation of the API whose address may ask something after its `?`. Where nothing is named here, nothing may be asked.
    pub fn asking<H, T>(self, path: &'static str, access: Access, asks: &'static [&'static Param], handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(RouteEntry { method: "GET", path, access, asks }, axum::routing::get(handler))
    }

    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(RouteEntry { method: "POST", path, access, asks: &[] }, axum::routing::post(handler))
    }

    pub fn put<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(RouteEntry { method: "PUT", path, access, asks: &[] }, axum::routing::put(handler))
    }

    pub fn delete<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(RouteEntry { method: "DELETE", path, access, asks: &[] }, axum::routing::delete(handler))
    }

    fn add(mut self, entry: RouteEntry, to: MethodRouter<App>) -> Routes {
        let (path, kept) = (entry.path, entry.clone());
        let guarded = to.layer(from_fn(move |request: Request, next: Next| guard(entry.clone(), request, next)));
        self.entries.push(kept);
        self.router = self.router.route(path, guarded);
        self
    }

    /// These routes followed by others.
    pub fn merge(mut self, other: Routes) -> Routes {
        self.entries.extend(other.entries);
        self.router = self.router.merge(other.router);
        self
    }

    /// Every route with its access.
    pub fn entries(&self) -> &[RouteEntry] {
        &self.entries
    }

    pub(crate) fn into_router(self) -> Router<App> {
        self.router
    }
}

/// Takes one request out of the asker's bucket, where the route has one.
fn counted(access: Access, path: &str, ctx: &Ctx) -> Result<(), Fault> {
    let rates = ctx.app.get::<Rates>().unwrap_or_default();
    match rates.of_route(access, path) {
        Some((kind, rate)) => limits::take(ctx, kind, rate),
        None => Ok(()),
    }
}

async fn guard(entry: RouteEntry, request: Request, next: Next) -> Response {
    let allowed = match request.extensions().get::<Ctx>() {
        Some(ctx) => entry.admits(ctx),
        None => Err(Fault::internal(std::io::Error::other("the request has no context"))),
    };
    match allowed {
        Ok(()) => next.run(request).await,
        Err(fault) => {
            if matches!(fault, Fault::SignInNeeded)
                && let Some(ctx) = request.extensions().get::<Ctx>().cloned()
            {
                crate::kept::keep_request(&ctx, request).await;
            }
            Failure(fault).into_response()
        }
    }
}
