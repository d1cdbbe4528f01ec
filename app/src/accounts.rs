//! Accounts of the demonstration, and what identity borrows from the organisation module.

use base::{CitizenId, Date, Fault, Id, Instant, Role};
use identity::moving::Follows;
use identity::{AgencyRef, Cost, DemoAccount, Hashed, Hasher, Login, NewAccount, Password};
use organisation::{Agency, Kind, Moved, Moving, Open, Tree};
use records::By;
use std::sync::Arc;
use store::{BoxFuture, Db, StoreError, Tx};
use web::App;

/// The agencies as the pages about grants need them, from the tree in memory.
pub struct LentAgencies(pub App);

impl LentAgencies {
    fn tree(&self) -> Arc<Tree> {
        self.0.get::<Tree>().unwrap_or_default()
    }
}

fn lent(agency: &Agency) -> AgencyRef {
    AgencyRef { id: agency.id, code: agency.code.clone(), name: agency.name.clone(), path: agency.path.clone() }
}

impl identity::Agencies for LentAgencies {
    fn by_id(&self, id: Id) -> Option<AgencyRef> {
        self.tree().get(id).map(lent)
    }

    fn by_code(&self, code: &str) -> Option<AgencyRef> {
        self.tree().by_code(code).map(lent)
    }

    fn within(&self, paths: &[&str], limit: usize) -> Vec<AgencyRef> {
        let tree = self.tree();
        let standing = tree.all().iter().filter(|agency| agency.valid_to.is_none());
        standing.filter(|agency| paths.iter().any(|path| agency.path.starts_with(path))).take(limit).map(lent).collect()
    }

    fn fields(&self) -> Vec<(String, String)> {
        let Some(shelf) = self.0.get::<catalogue::Shelf>() else { return Vec::new() };
        shelf.fields(self.0.clock.now().date()).into_iter().map(|(code, name, _)| (code, name)).collect()
    }
}

/// One sign-in of the demonstration, as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    pub login: &'static str,
    pub role: Role,
    /// What the person does, for the newcomer.
    pub what: &'static str,
}

/// Where an account of the demonstration works.
#[derive(Clone, Copy)]
enum Place {
    Desk,
    Division,
    Commune,
    Province,
}

/// The people of the demonstration: one for each role, around one ward.
const PEOPLE: [(&str, &str, Role, Place, &str); 10] = [
    ("congdan", "Trần Thị Mỹ Duyên", Role::Citizen, Place::Commune, "a citizen: files online, follows, rates"),
    ("motcua", "Nguyễn Thị Bích Hạnh", Role::Clerk, Place::Desk, "clerk at the ward's one-stop desk"),
    ("chuyenvien", "Lê Văn Phúc", Role::Officer, Place::Division, "officer of the ward's specialist division"),
    ("truongphong", "Phạm Thị Kim Oanh", Role::DivisionHead, Place::Division, "head of that division: assigns, checks"),
    ("chutich", "Huỳnh Quốc Thắng", Role::Leader, Place::Commune, "leader of the ward: decides, signs"),
    ("lanhdao", "Võ Minh Khang", Role::Leader, Place::Province, "leader of the province: dashboard, targets"),
    ("cchc", "Đặng Thị Thu Hà", Role::ReformOfficer, Place::Province, "reform officer: programmes, declared figures"),
    ("thanhtra", "Bùi Văn Nghĩa", Role::Inspector, Place::Province, "inspector: reads everything, log included"),
    ("danhmuc", "Ngô Thanh Tâm", Role::CatalogueKeeper, Place::Province, "keeper of the procedure catalogue"),
    ("quantri", "Dương Hoàng Long", Role::Administrator, Place::Province, "administrator: units, accounts"),
];

/// What to print for each role.
pub fn sign_ins() -> Vec<SignIn> {
    PEOPLE.iter().map(|(login, _, role, _, what)| SignIn { login, role: *role, what }).collect()
}

/// The ward the demonstration is about.
pub fn demo_commune(tree: &Tree) -> Option<&Agency> {
    let communes = tree.communes();
    communes.iter().find(|commune| commune.name.contains("Ninh Kiều")).or(communes.first()).copied()
}

/// Makes the demonstration's accounts, all with one password.
///
/// # Errors
/// A conflict when they are there already.
pub async fn seed_demo(db: &Db, password: Hashed, now: Instant) -> Result<(), Fault> {
    db.write(move |tx| {
        Box::pin(async move {
            let tree = organisation::load_tree(tx).await?;
            let nowhere = || Fault::internal("the demonstration's ward is not there");
            let commune = demo_commune(&tree).ok_or_else(nowhere)?;
            let desk = tree.desk_of(commune.id).ok_or_else(nowhere)?;
            // The division most ward procedures go through: civil status and certification.
            let divisions = tree.children(commune.id);
            let division = divisions
                .iter()
                .find(|child| child.kind == Kind::Division && base::fold(&child.name).contains("van hoa"))
                .or_else(|| divisions.iter().find(|child| child.kind == Kind::Division))
                .ok_or_else(nowhere)?;
            let root = tree.root().ok_or_else(nowhere)?;
            let number: CitizenId = "092190000017".parse().map_err(Fault::invalid)?;
            let accounts: Vec<DemoAccount> = PEOPLE
                .iter()
                .map(|(login, name, role, place, _)| {
                    let agency = match place {
                        Place::Desk => desk,
                        Place::Division => division,
                        Place::Commune => commune,
                        Place::Province => root,
                    };
                    let citizen = *role == Role::Citizen;
                    DemoAccount {
                        login: (*login).to_owned(),
                        name: (*name).to_owned(),
                        role: *role,
                        agency: agency.id,
                        path: agency.path.clone(),
                        password: password.clone(),
                        citizen_number: citizen.then(|| number.clone()),
                        phone: citizen.then(|| "0919000017".parse().ok()).flatten(),
                    }
                })
                .collect();
            identity::seed_demo(tx, &accounts, now).await?;
            Ok::<_, Fault>(())
        })
    })
    .await
}

/// An administrator of a province, over all of it, or of another system's tree by its root's identifier. The command line makes the first two: from then on one asks and the other
/// confirms. Who can run a command on the server rules its database anyway; that it was done stands in the account's chain,
/// without an actor. Returned with how many administrators of the whole province there are now.
///
/// # Errors
/// 422 for a login, name or password that breaks a rule; a conflict where the login is taken.
pub async fn administrator(
    db: &Db,
    (login, name, password): (&str, &str, &str),
    root: Option<String>,
    now: Instant,
) -> Result<(Id, i64), Fault> {
    let login = Login::new(login).map_err(Fault::invalid)?;
    let name = identity::accounts::parse_name(name).map_err(Fault::invalid)?;
    let password = Password::parse(password, &[login.as_str(), &name]).map_err(Fault::invalid)?;
    let password = Hasher::new(Cost::PRODUCTION)?.hash(password).await?;
    db.write(move |tx| {
        Box::pin(async move {
            let tree = organisation::load_tree(tx).await?;
            let root = match &root {
                None => tree.root(),
                Some(code) => tree.roots().find(|root| root.code == *code),
            };
            let root = root.ok_or(Fault::NotFound("organisation-no-unit"))?;
            let account = identity::create_account(tx, NewAccount::official(login, name, password), now).await?;
            identity::grant(tx, account, Role::Administrator, root.id, &root.path, now).await?;
            Ok::<_, Fault>((account, identity::administrators(tx, &root.path, now).await?))
        })
    })
    .await
}

fn open_here(what: &'static str, count: i64) -> Vec<Open> {
    vec![Open { what, count, href: "/accounts".to_owned(), needs: identity::rights::KEEP_ACCOUNTS }]
}

/// Grants in force at an agency: they keep it from being ended. See [`organisation::OpenAt`].
pub fn grants_open_at(tx: &Tx, agency: Id, day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move { Ok(open_here("identity-grants-here", identity::moving::granted_at(tx, agency, day).await?)) })
}

/// Grants asked for at an agency: whoever confirms them has looked at that agency and no other.
pub fn requests_open_at(tx: &Tx, agency: Id, _day: Date) -> BoxFuture<'_, Result<Vec<Open>, StoreError>> {
    Box::pin(async move { Ok(open_here("identity-requests-here", identity::moving::asked_at(tx, agency).await?)) })
}

/// Grants go where the work goes, to the same people. See [`organisation::MoveTo`].
pub fn move_grants<'t>(tx: &'t Tx, moving: &'t Moving, by: &'t By) -> BoxFuture<'t, Result<Vec<Moved>, Fault>> {
    Box::pin(async move {
        let follows =
            |(old, new): (&Id, &Id)| Follows { old: *old, new: *new, path: moving.tree.path(*new).to_owned() };
        let all: Vec<Follows> = moving.units.iter().map(follows).collect();
        let n = identity::moving::move_grants(tx, (by.actor, by.agency), &all, &moving.number, by.now).await?;
        Ok(vec![Moved { what: "identity-grants-moved", n }])
    })
}
