//! The tree that agencies form. It is small (some hundreds of agencies in a province) and read by nearly every request, so it
//! is kept in memory and exchanged whole when a keeper changes something.

use crate::agency::{Agency, Kind};
use base::{Date, Id, System};
use std::collections::HashMap;

/// All agencies, past ones too.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    agencies: Vec<Agency>,
    by_id: HashMap<Id, usize>,
    children: HashMap<Id, Vec<usize>>,
}

impl Tree {
    /// Puts agencies together. Children keep the order given.
    pub fn new(agencies: Vec<Agency>) -> Tree {
        let by_id = agencies.iter().enumerate().map(|(n, agency)| (agency.id, n)).collect();
        let mut children: HashMap<Id, Vec<usize>> = HashMap::new();
        for (n, agency) in agencies.iter().enumerate() {
            if let Some(parent) = agency.parent {
                children.entry(parent).or_default().push(n);
            }
        }
        Tree { agencies, by_id, children }
    }

    /// Every agency, past ones too.
    pub fn all(&self) -> &[Agency] {
        &self.agencies
    }

    /// The province's People's Committee of today.
    pub fn root(&self) -> Option<&Agency> {
        self.roots().find(|root| root.system() == System::State)
    }

    /// The roots of today, of every system.
    pub fn roots(&self) -> impl Iterator<Item = &Agency> {
        self.agencies.iter().filter(|agency| agency.parent.is_none() && agency.valid_to.is_none())
    }

    /// The standing bodies of other systems than the state administration, in order of system and place.
    pub fn bodies(&self) -> Vec<&Agency> {
        let mut bodies = self.standing(Kind::Body);
        bodies.sort_by_key(|body| body.system());
        bodies
    }

    pub fn get(&self, id: Id) -> Option<&Agency> {
        self.by_id.get(&id).map(|n| &self.agencies[*n])
    }

    /// The standing agency that follows one, the first of several each time; itself where it stands.
    pub fn followed(&self, id: Id) -> Option<&Agency> {
        let mut agency = self.get(id)?;
        // No chain is longer than there are agencies.
        for _ in 0..self.agencies.len() {
            match (agency.valid_to, agency.successors.first()) {
                (None, _) => return Some(agency),
                (Some(_), Some(next)) => agency = self.get(*next)?,
                (Some(_), None) => return None,
            }
        }
        None
    }

    /// Its name, or the id's number when it is unknown.
    pub fn name(&self, id: Id) -> String {
        self.get(id).map_or_else(|| id.to_string(), |agency| agency.name.clone())
    }

    /// Its path, `/` when it is unknown.
    pub fn path(&self, id: Id) -> &str {
        self.get(id).map_or("/", |agency| agency.path.as_str())
    }

    /// The standing agency with this identifier.
    pub fn by_code(&self, code: &str) -> Option<&Agency> {
        self.agencies.iter().find(|agency| agency.valid_to.is_none() && agency.code == code)
    }

    /// The standing agencies right below.
    pub fn children(&self, id: Id) -> Vec<&Agency> {
        self.below(id).filter(|agency| agency.valid_to.is_none()).collect()
    }

    /// The agencies right below that stood on that day.
    pub fn children_on(&self, id: Id, day: Date) -> Vec<&Agency> {
        self.below(id).filter(|agency| agency.stands_on(day)).collect()
    }

    fn below(&self, id: Id) -> impl Iterator<Item = &Agency> {
        self.children.get(&id).into_iter().flatten().map(|n| &self.agencies[*n])
    }

    /// From the root to the agency, itself included.
    pub fn ancestors(&self, id: Id) -> Vec<&Agency> {
        self.get(id).into_iter().flat_map(Agency::lineage).filter_map(|id| self.get(id)).collect()
    }

    /// The agency and every standing one below it, depth first.
    pub fn subtree(&self, id: Id) -> Vec<&Agency> {
        let mut found = Vec::new();
        let mut open = vec![id];
        while let Some(next) = open.pop() {
            let Some(agency) = self.get(next) else { continue };
            found.push(agency);
            open.extend(self.children(next).iter().rev().map(|child| child.id));
        }
        found
    }

    /// Is `id` the agency `above` or below it?
    pub fn is_within(&self, id: Id, above: Id) -> bool {
        let above = self.path(above);
        above != "/" && self.path(id).starts_with(above)
    }

    /// The standing communes' People's Committees, in order.
    pub fn communes(&self) -> Vec<&Agency> {
        self.standing(Kind::CommuneCommittee)
    }

    /// The standing departments, in order.
    pub fn departments(&self) -> Vec<&Agency> {
        self.standing(Kind::Department)
    }

    fn standing(&self, kind: Kind) -> Vec<&Agency> {
        self.agencies.iter().filter(|agency| agency.kind == kind && agency.valid_to.is_none()).collect()
    }

    /// The one-stop desk that serves an agency: its own service centre, or that of the nearest agency above.
    pub fn desk_of(&self, id: Id) -> Option<&Agency> {
        self.ancestors(id).into_iter().rev().find_map(|agency| {
            if agency.kind == Kind::ServiceCentre {
                return Some(agency);
            }
            self.children(agency.id).into_iter().find(|child| child.kind == Kind::ServiceCentre)
        })
    }

    /// Path of the desk that serves an agency: what a clerk's grant must reach to act there. The agency's own where it has none.
    pub fn desk_path(&self, id: Id) -> &str {
        self.desk_of(id).map_or_else(|| self.path(id), |desk| desk.path.as_str())
    }

    /// The standing agencies a desk receives for.
    pub fn served_by(&self, desk: Id) -> Vec<Id> {
        self.agencies
            .iter()
            .filter(|agency| agency.valid_to.is_none() && !matches!(agency.kind, Kind::Division | Kind::ServiceCentre))
            .filter(|agency| self.desk_of(agency.id).is_some_and(|found| found.id == desk))
            .map(|agency| agency.id)
            .collect()
    }

    /// The standing division of an agency with this duty.
    pub fn division(&self, agency: Id, duty: &str) -> Option<&Agency> {
        self.children(agency)
            .into_iter()
            .find(|child| child.kind == Kind::Division && child.duty.as_deref() == Some(duty))
    }

    /// The committee or department a division or service centre belongs to; the agency itself otherwise.
    pub fn house_of(&self, id: Id) -> Option<&Agency> {
        self.ancestors(id).into_iter().rev().find_map(|agency| agency.house())
    }

    /// Where the papers of an agency are written (địa danh, NĐ 30/2020/NĐ-CP, Phụ lục I, II.4): the name of the commune for what
    /// belongs to a commune, of the province for the rest. Without the word for what it is, unless a number follows it.
    pub fn place_of(&self, id: Id) -> String {
        self.place_on(id, Date::MAX)
    }

    /// The same by the name of a day: a paper of then is printed again.
    pub fn place_on(&self, id: Id, day: Date) -> String {
        const KINDS: [&str; 7] = ["phường ", "xã ", "thị trấn ", "đặc khu ", "huyện ", "thành phố ", "tỉnh "];
        let committee = |house: &&Agency| matches!(house.kind, Kind::CommuneCommittee | Kind::PeoplesCommittee);
        let Some(house) = self.house_of(id).filter(committee).or(self.root()) else { return String::new() };
        let called = house.name_on(day);
        let found = KINDS.iter().filter_map(|kind| called.find(kind).map(|at| (at, kind.len()))).min();
        let Some((at, length)) = found else { return called.to_owned() };
        // One of before is named with what it lay in: "xã A, huyện B".
        let (whole, _) = called[at..].split_once(',').unwrap_or((&called[at..], ""));
        let name = whole.get(length..).unwrap_or_default();
        if !name.starts_with(|c: char| c.is_ascii_digit()) {
            return name.to_owned();
        }
        let mut letters = whole.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    /// Agencies whose name, short name or identifier holds the words, marks and case aside, that stood on the day; the
    /// nearest first.
    pub fn search(&self, words: &str, day: Date) -> Vec<&Agency> {
        let wanted = base::fold(words);
        let rank = |agency: &Agency| {
            let (code, name) = (agency.code.to_lowercase(), base::fold(&agency.name));
            let within = || name.contains(&wanted) || base::fold(&agency.short_name).contains(&wanted);
            let ways = [code == wanted, name.ends_with(&wanted), within(), code.starts_with(&wanted)];
            Some((ways.iter().position(|fits| *fits)?, agency.path.matches('/').count()))
        };
        let standing = self.agencies.iter().filter(|agency| !wanted.is_empty() && agency.stands_on(day));
        let mut found: Vec<_> = standing.filter_map(|agency| Some((rank(agency)?, agency))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, agency)| agency).collect()
    }
}
