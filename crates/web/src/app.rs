//! What every request shares: database, clock, sessions, menu; and what a module hands in.

use crate::ctx::Ctx;
use crate::kept::{FormProof, KeptForm};
use crate::routes::{Access, Routes};
use base::{Actor, Fault, Id, Instant, Permission};
use futures_util::future::BoxFuture;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, RwLock};
use store::{Db, Migrations};

/// The state of the one service; cheap to clone.
#[derive(Clone)]
pub struct App(pub Arc<AppInner>);

impl std::ops::Deref for App {
    type Target = AppInner;
    fn deref(&self) -> &AppInner {
        &self.0
    }
}

/// See [`App`].
pub struct AppInner {
    pub db: Db,
    pub clock: Clock,
    pub sessions: Arc<dyn Sessions>,
    /// Shows the banner saying that the data are invented.
    pub demo: bool,
    /// Directory of the database, uploads and temporary files.
    pub data_dir: PathBuf,
    /// The menu; when empty, the modules' own entries are taken.
    pub nav: Vec<NavItem>,
    /// True behind HTTPS: cookies get `Secure` and the `__Host-` prefix.
    pub secure_cookies: bool,
    pub extensions: Extensions,
}

impl App {
    pub fn new(inner: AppInner) -> App {
        App(Arc::new(inner))
    }

    /// A value a module put into the extensions.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.0.extensions.get::<T>()
    }

    /// A module's own value, made when it is first asked for: requests that come at once share one.
    pub fn own<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        match self.get::<T>() {
            Some(known) => known,
            None => self.0.extensions.own::<T>(),
        }
    }

    /// Adds a value to those of its type: several modules may each have theirs.
    pub fn also<T: Any + Send + Sync>(&self, value: T) {
        self.own::<All<T>>().0.write().unwrap_or_else(|poisoned| poisoned.into_inner()).push(Arc::new(value));
    }

    /// What was added with [`App::also`], in that order.
    pub fn all<T: Any + Send + Sync>(&self) -> Vec<Arc<T>> {
        self.get::<All<T>>()
            .map_or_else(Vec::new, |all| all.0.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone())
    }

    /// Puts (or replaces) a value of a module: its cache, its settings.
    pub fn put<T: Any + Send + Sync>(&self, value: T) -> Arc<T> {
        self.0.extensions.put(value)
    }
}

/// Several values of one type; see [`App::also`].
struct All<T>(RwLock<Vec<Arc<T>>>);

impl<T> Default for All<T> {
    fn default() -> Self {
        All(RwLock::default())
    }
}

/// One value per type, shared and replaceable while the service runs.
#[derive(Default)]
pub struct Extensions(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Extensions {
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let map = self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        map.get(&TypeId::of::<T>()).cloned().and_then(|any| any.downcast::<T>().ok())
    }

    fn own<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let mut map = self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        let any = map.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())).clone();
        // Kept under its own type, so the other arm is never taken.
        any.downcast::<T>().unwrap_or_default()
    }

    pub fn put<T: Any + Send + Sync>(&self, value: T) -> Arc<T> {
        let value = Arc::new(value);
        let mut map = self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        map.insert(TypeId::of::<T>(), value.clone());
        value
    }
}

/// Tells the layout the short name of an agency; the organisation module puts one into the extensions.
pub struct AgencyName(pub Box<dyn Fn(Id) -> Option<String> + Send + Sync>);

/// Asked before every request: a module whose data another process may have changed looks whether to read them again. Must be
/// cheap when nothing is to do. Each module adds its own with [`App::also`].
pub struct BeforeRequest(pub Hook<(App, Instant), ()>);

/// Told of every request of a signed-in person once it is answered, before the answer goes out. Where it fails, its fault is
/// answered instead. Each module adds its own with [`App::also`].
pub struct AfterRequest(pub Hook<Answered, ()>);

/// An answered request; see [`AfterRequest`].
pub struct Answered {
    pub actor: Actor,
    /// Pattern of the route, empty when none matched.
    pub route: String,
    /// Path and query as asked.
    pub uri: String,
    /// GET or HEAD.
    pub reads: bool,
    pub status: u16,
    /// Rows that went out as a file.
    pub rows: Option<i64>,
    pub now: Instant,
}

/// How many rows a response carries as a file; put among its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportedRows(pub i64);

/// Something a module does for the edge.
pub type Hook<Asked, Answer> = Box<dyn Fn(Asked) -> BoxFuture<'static, Result<Answer, Fault>> + Send + Sync>;

/// How much waits behind entries of an official's menu: pairs of an entry's address and a number, read for each page. Each module
/// adds its own with [`App::also`].
pub struct NavCounts(pub Hook<Ctx, Vec<NavCount>>);

/// See [`NavCounts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NavCount {
    pub href: &'static str,
    pub waiting: i64,
}

/// Where "now" comes from. Everything below the edge is handed an [`Instant`].
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Instant + Send + Sync>,
    hand: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock. The one place of the product that reads it.
    pub fn system() -> Clock {
        #[allow(clippy::disallowed_methods)]
        fn read() -> Instant {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            Instant(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        }
        Clock { now: Arc::new(read), hand: None }
    }

    /// Stands still.
    pub fn fixed(at: Instant) -> Clock {
        Clock { now: Arc::new(move || at), hand: None }
    }

    /// Stands still until [`Clock::set`] or [`Clock::advance_ms`]; clones share the hand. For tests and rehearsals.
    pub fn settable(at: Instant) -> Clock {
        let hand = Arc::new(AtomicI64::new(at.0));
        let read = hand.clone();
        Clock { now: Arc::new(move || Instant(read.load(Ordering::SeqCst))), hand: Some(hand) }
    }

    /// From any function.
    pub fn from_fn(now: impl Fn() -> Instant + Send + Sync + 'static) -> Clock {
        Clock { now: Arc::new(now), hand: None }
    }

    pub fn now(&self) -> Instant {
        (self.now)()
    }

    /// Moves the hand; false when this clock has none.
    pub fn set(&self, at: Instant) -> bool {
        self.hand.as_ref().map(|hand| hand.store(at.0, Ordering::SeqCst)).is_some()
    }

    /// Moves the hand forward; false when this clock has none.
    pub fn advance_ms(&self, ms: i64) -> bool {
        self.hand.as_ref().map(|hand| hand.fetch_add(ms, Ordering::SeqCst)).is_some()
    }
}

/// Who stands behind a session token.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub actor: Actor,
    pub session: Id,
    /// Secret of the session that its forms' tokens are derived from; never shown as such.
    pub csrf: String,
}

/// Looks sessions up; implemented by the identity crate.
pub trait Sessions: Send + Sync {
    /// The person behind the token, or none when the token is unknown, closed or expired at `now`.
    fn load<'a>(&'a self, db: &'a Db, token: &'a str, now: Instant) -> BoxFuture<'a, Result<Option<SignedIn>, Fault>>;

    /// Keeps a form whose session is over, for the account whose page it came from, and returns the name it is asked for by;
    /// none when the proof shows no account.
    fn keep_form<'a>(
        &'a self,
        _: &'a Db,
        _: FormProof,
        _: KeptForm,
        _: Instant,
    ) -> BoxFuture<'a, Result<Option<String>, Fault>> {
        Box::pin(async { Ok(None) })
    }

    /// The form kept under a name, for its own account and while it is not too old.
    fn kept_form<'a>(
        &'a self,
        _: &'a Db,
        _token: &'a str,
        _account: Id,
        _: Instant,
    ) -> BoxFuture<'a, Result<Option<KeptForm>, Fault>> {
        Box::pin(async { Ok(None) })
    }

    /// The program behind a token of its account; see [`crate::Ctx::machine`].
    fn bearer<'a>(&'a self, _: &'a Db, _token: &'a str, _: Instant) -> BoxFuture<'a, Result<Option<SignedIn>, Fault>> {
        Box::pin(async { Ok(None) })
    }

    /// Forgets a kept form.
    fn drop_form<'a>(&'a self, _: &'a Db, _token: &'a str, _: Instant) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async { Ok(()) })
    }
}

/// Nobody is ever signed in. For the gallery and for tests of public pages.
pub struct NoSessions;

impl Sessions for NoSessions {
    fn load<'a>(&'a self, _: &'a Db, _: &'a str, _: Instant) -> BoxFuture<'a, Result<Option<SignedIn>, Fault>> {
        Box::pin(async { Ok(None) })
    }
}

/// What a module hands to the application.
pub struct Module {
    pub name: &'static str,
    pub routes: Routes,
    pub migrations: Migrations,
    pub locales: i18n::Source,
    pub nav: Vec<NavItem>,
    /// What it asks for: each of its own permissions, once.
    pub permissions: &'static [Permission],
    /// Where people whose work lies here begin.
    pub homes: &'static [Home],
}

/// One entry of the menu. It is shown to those its access lets in.
#[derive(Clone, Copy, Debug)]
pub struct NavItem {
    /// Key of its words.
    pub key: &'static str,
    pub href: &'static str,
    /// Name of a drawing in [`crate::icon`].
    pub icon: &'static str,
    pub access: Access,
    /// Lower stands first; the first four are in a phone's bottom bar.
    pub order: u16,
}

/// Every permission that the modules declare, in the order of the modules; [`crate::build_router`] puts it among the extensions.
pub struct Permissions(pub Vec<Permission>);

/// Where a person begins after signing in: the first of all homes, by rank, that one of the person's grants opens.
#[derive(Clone, Copy, Debug)]
pub struct Home {
    /// Lower comes first.
    pub rank: u16,
    pub needs: Permission,
    pub href: &'static str,
    /// Only for a grant over the whole of a tree: its path has one part, `/1/`.
    pub whole: bool,
}

/// The homes of all modules, by rank.
pub(crate) struct Homes(pub Vec<Home>);

/// Where somebody begins after signing in. Whoever has no grant (a password to change, codes to switch on, no role yet) begins at
/// the own account.
pub fn home(app: &App, actor: &Actor) -> &'static str {
    let Some(homes) = app.get::<Homes>() else { return ACCOUNT };
    let opens =
        |home: &&Home| actor.grants.iter().any(|grant| grant.allows(home.needs) && (!home.whole || grant.is_whole()));
    homes.0.iter().find(opens).map_or(ACCOUNT, |home| home.href)
}

/// The page of the own account.
const ACCOUNT: &str = "/account";

/// Where the search box of the header leads those who may look into matters: a module adds its own with [`App::also`]. The first one that
/// is the reader's and has such an address counts.
#[derive(Clone, Copy, Debug)]
pub struct SearchBox {
    /// Whose it is; none: every official's.
    pub needs: Option<Permission>,
    /// What stands before a dossier's code that was typed: `/dossiers/`; empty for none.
    pub one: &'static str,
    /// What stands before any other words: `/find?q=`; empty for none.
    pub list: &'static str,
}
