//! Whose figures a page shows, over which period: both kept in the address.

use crate::period::Period;
use crate::privacy;
use crate::rights::{READ_OFFICIALS_FIGURES, READ_STATISTICS};
use base::{Actor, Fault, Id, Problem};
use organisation::{Agency, Tree};
use std::sync::Arc;
use web::table::{query_value, with};
use web::{Choice, Ctx};

pub(crate) struct Scope {
    pub(crate) tree: Arc<Tree>,
    /// The committee or department, with everything below it.
    pub(crate) node: Id,
    pub(crate) period: Period,
}

/// The agency a path ends in.
fn last_of(path: &str) -> Option<Id> {
    path.trim_end_matches('/').rsplit('/').next()?.parse().ok().map(Id)
}

/// May this person read the figures of an agency? In their subtrees, and of the committee or department their division is part of.
pub(crate) fn may_look(actor: &Actor, tree: &Tree, agency: &Agency) -> bool {
    let own = |part: Id| tree.house_of(part).is_some_and(|house| house.id == agency.id);
    actor.may_at(READ_STATISTICS, &agency.path)
        || actor.scopes(READ_STATISTICS).into_iter().filter_map(last_of).any(own)
}

/// The period of an address: its word, or two days.
pub(crate) fn period(ctx: &Ctx) -> Result<Period, Fault> {
    let [from, to] = ["from", "to"].map(|name| query_value(&ctx.uri, name));
    if from.is_empty() && to.is_empty() {
        return Period::parse(&query_value(&ctx.uri, "period"), ctx.now.date());
    }
    let day = |name: &str, text: &str| {
        let wrong = || Fault::invalid(Problem::new("statistics-day-wrong").field(name.to_owned()));
        web::iso_day(text).parse::<base::Date>().map_err(|_| wrong())
    };
    Period::between(day("from", &from)?, day("to", &to)?)
}

impl Scope {
    /// From the address (`unit`, `period`, or `from` and `to`). Without a unit: the widest agency the person reads.
    pub(crate) async fn read(ctx: &Ctx) -> Result<Scope, Fault> {
        let actor = ctx.require(READ_STATISTICS)?;
        let tree = organisation::tree_of(&ctx.app).await?;
        let wanted = query_value(&ctx.uri, "unit");
        let node = if wanted.is_empty() {
            let scopes = actor.scopes(READ_STATISTICS);
            scopes.iter().min_by_key(|path| path.len()).and_then(|path| last_of(path))
        } else {
            wanted.parse().ok().map(Id)
        };
        let asked = node.and_then(|node| tree.get(node)).ok_or(Fault::NotFound("statistics-no-unit"))?;
        // Of what a division does, its house keeps the figures.
        let house = tree.house_of(asked.id).unwrap_or(asked);
        if !may_look(actor, &tree, house) {
            return Err(Fault::Forbidden(Problem::new("statistics-not-yours")));
        }
        let node = house.id;
        Ok(Scope { node, period: period(ctx)?, tree })
    }

    /// Everything one did oneself, wherever it counts.
    pub(crate) async fn own(ctx: &Ctx) -> Result<Scope, Fault> {
        let tree = organisation::tree_of(&ctx.app).await?;
        let node = tree.root().map(|root| root.id).ok_or(Fault::NotFound("statistics-no-unit"))?;
        Ok(Scope { node, period: period(ctx)?, tree })
    }

    /// Whether the figures of others are shown to this person at the unit that is looked at.
    pub(crate) fn sees_officials(&self, ctx: &Ctx) -> bool {
        let path = self.tree.path(self.node);
        privacy::leaders_see(ctx.now.date())
            && ctx.actor.as_ref().is_some_and(|actor| actor.may_at(READ_OFFICIALS_FIGURES, path))
    }

    /// The agencies a picker offers.
    pub(crate) fn units(&self, ctx: &Ctx) -> Vec<Choice> {
        let Some(actor) = &ctx.actor else { return Vec::new() };
        let offered = |agency: &&Agency| {
            agency.id == self.node
                || (agency.valid_to.is_none() && agency.house().is_some() && may_look(actor, &self.tree, agency))
        };
        let choice = |agency: &Agency| Choice::new(agency.id.to_string(), agency.name.clone());
        self.tree.all().iter().filter(offered).map(choice).collect()
    }

    /// The periods a picker offers, the one looked at among them.
    pub(crate) fn periods(&self, ctx: &Ctx, mut offered: Vec<Period>) -> Vec<Choice> {
        if !offered.contains(&self.period) {
            offered.insert(0, self.period.clone());
        }
        offered.iter().map(|period| Choice::new(period.word.clone(), period.name(ctx.l))).collect()
    }

    /// An address of ours with this scope.
    pub(crate) fn link(&self, path: &str, more: &[(&str, &str)]) -> String {
        let unit = self.node.to_string();
        with(&with(path, &[("unit", &unit), ("period", &self.period.word)]), more)
    }
}
