//! The very cases behind a number of an assessment.

use crate::assessment::Rooms;
use crate::assessment::criteria::Scope;
use crate::assessment::pages::{choose, looked, set_of};
use crate::assessment::written::{is_confidential, labels};
use crate::cases_page::{self, Shown};
use crate::opened::{Entry, LIST_MAX};
use crate::rights::READ_OWN_FIGURES;
use crate::scope::may_look;
use base::page::Place;
use base::{Fault, Id, Problem};
use facts::{Cut, Filter, Indicator, Part};
use web::table::query_value;
use web::{Answer, Breadcrumb, Ctx};

/// GET /assessment/cases and /assessment/mine/cases
pub(crate) async fn cases(ctx: Ctx) -> Answer {
    let mine = ctx.path() == "/assessment/mine/cases";
    let scope = looked(&ctx, mine).await?;
    let (l, rooms) = (ctx.l, Rooms::of(&ctx).await?);
    let set = set_of(&ctx, &rooms, &scope.period)?;
    let official = match (mine, query_value(&ctx.uri, "official").as_str()) {
        (true, _) => Some(ctx.require(READ_OWN_FIGURES)?.account),
        (false, "") => None,
        (false, word) => Some(word.parse().map(Id).map_err(|_| choose("official"))?),
    };
    if official.is_some() && !mine && !scope.sees_officials(&ctx) {
        return Err(Fault::Forbidden(Problem::new("statistics-officials-not-yours")).into());
    }
    let of = if official.is_some() { Scope::Official } else { Scope::Agency };
    let id = query_value(&ctx.uri, "index");
    let index = set.on(scope.period.to, of).into_iter().find(|index| index.id == id).ok_or_else(|| choose("index"))?;
    let counts = index.way.counts();
    let place = query_value(&ctx.uri, "side").parse::<usize>().ok().filter(|place| *place < counts.len());
    let place = place.ok_or_else(|| choose("side"))?;
    let (count, province) = counts.get(place).copied().ok_or_else(|| choose("side"))?;
    if is_confidential(&index.way, &count.measure) {
        return Err(Fault::NotFound("assessment-cases-withheld").into());
    }
    let root = scope.tree.root().filter(|_| province);
    if root.is_some_and(|root| !ctx.actor.as_ref().is_some_and(|actor| may_look(actor, &scope.tree, root))) {
        return Err(Fault::Forbidden(Problem::new("statistics-not-yours")).into());
    }
    let node = root.map_or(scope.node, |root| root.id);
    let indicator = Indicator {
        numerator: count.clone(),
        denominator: count.clone(),
        ..crate::columns::OPEN.first().map(crate::columns::Term::indicator).ok_or_else(|| choose("index"))?
    };
    let (from, to) = (scope.period.from, scope.period.as_of(ctx.now.date()));
    let cut = official.map_or(Cut::Whole, |id| Cut::Official(Some(id)));
    let read = ctx.db().read(move |tx| {
        Box::pin(async move {
            let filter = Filter { from, to, level: None, fields: None };
            let asked = facts::Asked { indicator: &indicator, node, filter: &filter, cut, part: Part::Numerator };
            facts::cases(tx, &asked, LIST_MAX + 1, &Place::START).await
        })
    });
    let cases = read.await?;
    if cases.len() as i64 > LIST_MAX {
        return Err(Fault::invalid(Problem::new("statistics-many").field("unit").arg("max", LIST_MAX)).into());
    }
    let entries: Vec<Entry> =
        cases.into_iter().map(|case| Entry { subject: case.subject, day: case.day, agency: case.agency }).collect();
    let label = labels(l, &index.way).get(place).cloned().unwrap_or_default();
    let title = format!("{} {}", index.number, index.name.of(l.0));
    let lead = format!("{label} · {} · {}", scope.tree.name(node), scope.period.name(l));
    let back = scope.link(if mine { "/assessment/mine" } else { "/assessment" }, &[("criteria", &set.id)]);
    let back = Breadcrumb::new(l.t(if mine { "assessment-mine" } else { "assessment-page" }), back);
    let trail = vec![back, Breadcrumb::new(l.t("statistics-cases"), "")];
    cases_page::table(&ctx, &scope, Shown { title, lead, trail, measure: count.measure.clone() }, entries).await
}
