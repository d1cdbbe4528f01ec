//! What several pages share: whose figures, of which period, and how values, goals and states are written.

use crate::declared::Declared;
use crate::house::{last_of, may_look, own_part};
use crate::live::{self, Asked, Figures, History};
use crate::period::Period;
use crate::programme::{Compare, Measure, Placed, Programme, Programmes, Task};
use crate::standing::{Readings, Source, Standing, stand, tally};
use crate::state::State;
use askama::Template;
use base::{Fault, Id, Lang, Problem, vn_date};
use facts::Unit;
use i18n::L;
use jiff::ToSpan;
use organisation::{Agency, Tree};
use std::sync::Arc;
use web::chart::{number, sparkline};
use web::table::{query_value, with};
use web::{Breadcrumb, Choice, Ctx};

/// Months in a sparkline.
const SPARK_MONTHS: i32 = 12;

#[derive(Template)]
#[template(path = "scope.html")]
struct Form {
    l: L,
    action: String,
    unit: String,
    units: Vec<Choice>,
    period: String,
    periods: Vec<Choice>,
}

/// How many targets stand in a state, and where they are.
#[derive(Clone)]
pub(crate) struct Total {
    pub(crate) word: String,
    pub(crate) colour: &'static str,
    pub(crate) n: usize,
    pub(crate) href: String,
}

/// How many targets stand where, each a link to them.
pub(crate) fn totals(l: L, standings: &[Standing<'_>], href: &str) -> Vec<Total> {
    let total = |(state, n): (State, usize)| Total {
        word: state_text(l, state),
        colour: state.colour(),
        n,
        href: with(href, &[("state", state.as_str())]),
    };
    tally(standings).into_iter().map(total).collect()
}

/// Whose figures a page shows, over which period; both kept in the address.
pub(crate) struct Scope {
    pub(crate) tree: Arc<Tree>,
    /// The committee or department that keeps the figures.
    pub(crate) node: Id,
    /// The division it is looked at from, which keeps none of its own.
    pub(crate) part: Option<Id>,
    pub(crate) period: Period,
}

impl Scope {
    /// From the address (`unit`, `period`). Without a unit: the widest agency the person steers. A unit outside his subtrees is refused;
    /// a division stands for the agency it is part of.
    pub(crate) async fn read(ctx: &Ctx) -> Result<Scope, Fault> {
        let actor = ctx.require(crate::rights::READ_STEERING)?;
        let tree = organisation::tree_of(&ctx.app).await?;
        let wanted = query_value(&ctx.uri, "unit");
        let node = if wanted.is_empty() {
            let scopes = actor.scopes(crate::rights::READ_STEERING);
            scopes.iter().min_by_key(|path| path.len()).and_then(|path| last_of(path))
        } else {
            wanted.parse().ok().map(Id)
        };
        let asked = node.and_then(|node| tree.get(node)).ok_or(Fault::NotFound("reform-no-unit"))?;
        if !may_look(actor, &tree, asked) {
            return Err(Fault::Forbidden(Problem::new("reform-not-yours")));
        }
        let node = tree.house_of(asked.id).map_or(asked.id, |house| house.id);
        let part = match (asked.id == node, actor.may_at(crate::rights::READ_STEERING, tree.path(node))) {
            (false, _) => Some(asked.id),
            (true, true) => None,
            // Seen only because the person's division is part of it.
            (true, false) => own_part(actor, &tree, node),
        };
        let period = Period::parse(&query_value(&ctx.uri, "period"), ctx.now.date())?;
        Ok(Scope { node, part, period, tree })
    }

    /// What to read for this scope: its period, stocks at its end or today, and what two days added.
    pub(crate) fn asked(&self, today: base::Date, added: (base::Date, base::Date)) -> Asked {
        let Period { from, to, .. } = self.period;
        Asked { node: self.node, from, to, as_of: self.period.as_of(today), added }
    }

    /// What does not hold where the address looks is looked at at the agency it is of.
    pub(crate) fn at(self, ctx: &Ctx, placed: Placed<'_>) -> Scope {
        if placed.holds_at(&self.tree, self.node) { self } else { self.move_to(ctx, placed.programme) }
    }

    /// A programme of an agency the address does not look into is looked at there.
    pub(crate) fn of(self, ctx: &Ctx, programme: &Programme) -> Scope {
        match programme.agency {
            Some(agency) if !self.tree.is_within(self.node, agency) => self.move_to(ctx, programme),
            _ => self,
        }
    }

    fn move_to(mut self, ctx: &Ctx, programme: &Programme) -> Scope {
        let agency = programme
            .agency
            .and_then(|agency| self.tree.get(agency))
            .filter(|agency| ctx.actor.as_ref().is_some_and(|actor| may_look(actor, &self.tree, agency)));
        if let Some(id) = agency.map(|agency| agency.id) {
            (self.node, self.part) = (id, None);
        }
        self
    }

    /// A counted target of one year is looked at in that year, whatever the address says.
    pub(crate) fn bind(self, ctx: &Ctx, placed: Placed<'_>) -> Scope {
        let mut this = self.at(ctx, placed);
        if placed.subject.indicator.is_some() && placed.target.of_one_year() {
            this.period = Period::year(placed.target.due);
        }
        this
    }

    /// The agencies a picker offers: the committees and departments of the person's subtrees.
    pub(crate) fn units(&self, ctx: &Ctx) -> Vec<Choice> {
        let Some(actor) = &ctx.actor else { return Vec::new() };
        let within = |agency: &&Agency| {
            agency.valid_to.is_none()
                && (agency.id == self.node || actor.may_at(crate::rights::READ_STEERING, &agency.path))
        };
        let house = |agency: &&Agency| agency.house().is_some() || agency.id == self.node;
        let choice = |agency: &Agency| Choice::new(agency.id.to_string(), agency.name.clone());
        self.tree.all().iter().filter(within).filter(house).map(choice).collect()
    }

    pub(crate) fn periods(&self, ctx: &Ctx) -> Vec<Choice> {
        let mut offered = Period::offered(ctx.now.date());
        if !offered.contains(&self.period) {
            offered.insert(0, self.period.clone());
        }
        offered.iter().map(|period| Choice::new(period.word.clone(), period.name(ctx.l))).collect()
    }

    /// The form that says whose figures are looked at, and of which period.
    pub(crate) fn form(&self, ctx: &Ctx, action: &str) -> String {
        let (unit, period) = (self.node.to_string(), self.period.word.clone());
        let (action, units, periods) = (action.to_owned(), self.units(ctx), self.periods(ctx));
        Form { l: ctx.l, action, unit, units, period, periods }.render().unwrap_or_default()
    }

    /// The way to a page below the steering page; each with its scope kept.
    pub(crate) fn trail<const N: usize>(&self, ctx: &Ctx, more: [(String, &str); N]) -> Vec<Breadcrumb> {
        let all = [(ctx.l.t("reform-steering"), "/steering")].into_iter().chain(more);
        all.map(|(word, to)| Breadcrumb::new(word, if to.is_empty() { String::new() } else { self.link(ctx, to) }))
            .collect()
    }

    /// An address of ours with this scope kept.
    pub(crate) fn link(&self, ctx: &Ctx, path: &str) -> String {
        let unit = query_value(&ctx.uri, "unit");
        let period = query_value(&ctx.uri, "period");
        with(path, &[("unit", &unit), ("period", &period)])
    }
}

/// What is read for a scope: figures and declared ones in one snapshot; the history as it was last read.
pub(crate) struct Read {
    /// The definitions it was read under.
    indicators: std::sync::Arc<facts::Indicators>,
    pub(crate) figures: Figures,
    /// What today added.
    pub(crate) today: Figures,
    pub(crate) history: Arc<History>,
    pub(crate) declared: Vec<records::Held<Declared>>,
}

impl Read {
    pub(crate) async fn of(ctx: &Ctx, scope: &Scope) -> Result<Read, Fault> {
        let history = live::history(&ctx.app, scope.node, ctx.now).await?;
        let day = ctx.now.date();
        let (sums, declared) = live::read(&ctx.app, &scope.asked(day, (day, day))).await?;
        let indicators = crate::definitions::indicators(&ctx.app);
        Ok(Read { indicators, figures: sums.figures, today: sums.added, history, declared })
    }

    /// Every target's standing, in the order of the documents.
    pub(crate) fn standings<'a>(
        &self,
        programmes: &'a Programmes,
        scope: &Scope,
        today: base::Date,
    ) -> Vec<Standing<'a>> {
        let readings = Readings {
            figures: &self.figures,
            history: &self.history,
            declared: &self.declared,
            period: &scope.period,
            today,
            indicators: &self.indicators,
        };
        let holds = |placed: &Placed<'_>| placed.holds_at(&scope.tree, scope.node);
        programmes.targets().filter(holds).map(|placed| stand(placed, &readings)).collect()
    }

    /// An indicator's last months as a line; nothing where there is one at most.
    pub(crate) fn spark(&self, placed: Placed<'_>, today: base::Date) -> String {
        let from = today.first_of_month().checked_sub((SPARK_MONTHS - 1).months()).unwrap_or(today);
        let indicator = placed.subject.indicator.as_deref().unwrap_or_default();
        let from = format!("{:04}-{:02}", from.year(), from.month());
        let series = self.history.series(indicator, placed.target.level(), &from);
        let values: Vec<f64> = series.into_iter().filter_map(|(_, value)| value).collect();
        if values.len() > 1 { sparkline(&values) } else { String::new() }
    }

    /// By how much today's cases moved an indicator, in points; `None` when they did not or when nothing stood before.
    pub(crate) fn moved_today(&self, indicator: &str, level: live::At) -> Option<f64> {
        let key = (indicator.to_owned(), level);
        let (now, added) = (self.figures.get(&key)?, self.today.get(&key)?);
        let before = facts::Figure {
            numerator: now.numerator - added.numerator,
            denominator: now.denominator - added.denominator,
        };
        let change = now.percent()? - before.percent()?;
        (change.abs() >= 0.005).then_some(change)
    }
}

/// The name in the reader's language.
pub(crate) fn pick<'a>(l: L, vi: &'a str, en: &'a str) -> &'a str {
    if l.0 == Lang::En { en } else { vi }
}

pub(crate) fn subject_name(l: L, placed: Placed<'_>) -> String {
    pick(l, &placed.subject.name_vi, &placed.subject.name_en).to_owned()
}

/// A number in a target's unit: "74,7 %", "15", "80,5 điểm".
pub(crate) fn amount(l: L, unit: Measure, value: f64) -> String {
    l.tr(format!("reform-measure-{}", unit.as_str()), [("value", number(l, value))])
}

/// What one side of a figure counts: things as a number, money with its unit, "1.234.567 đồng".
pub(crate) fn quantity(l: L, unit: Unit, n: i64) -> String {
    match unit {
        Unit::Dong => l.tr("reform-dong", [("n", l.number(n))]),
        Unit::Percent | Unit::Count => l.number(n),
    }
}

/// Money on a chart: "1,2 tỷ", "350,0 triệu", "8.000 đồng"; rounded half up, from whole numbers.
pub(crate) fn short_dong(l: L, n: i64) -> String {
    let (key, tenth) = match n.unsigned_abs() {
        1_000_000_000.. => ("reform-dong-billion", 100_000_000_u64),
        1_000_000.. => ("reform-dong-million", 100_000),
        _ => return quantity(l, Unit::Dong, n),
    };
    let tenths = (n.unsigned_abs() + tenth / 2) / tenth;
    let (mark, sign) = (if l.0 == Lang::Vi { ',' } else { '.' }, if n < 0 { "-" } else { "" });
    l.tr(key, [("n", format!("{sign}{}{mark}{}", l.number((tenths / 10) as i64), tenths % 10))])
}

/// The value a target has: "74,7 %", a day for a deadline, a dash where there is none.
pub(crate) fn value_text(l: L, standing: &Standing<'_>) -> String {
    let target = standing.placed.target;
    if let Some(done) = standing.done {
        return vn_date(done);
    }
    match standing.value {
        None => "–".to_owned(),
        // What a record counts is the share itself, also where the goal is a rise of it.
        Some(value) if standing.source == Source::Record => amount(l, Measure::Percent, value),
        Some(value) => amount(l, target.unit, value),
    }
}

/// The goal in words: "tối thiểu 80 %", "trong nhóm 15/63", "trước ngày 10/11/2021".
pub(crate) fn goal_text(l: L, placed: Placed<'_>) -> String {
    let target = placed.target;
    let value = amount(l, target.unit, target.value);
    let key = match target.compare {
        Compare::AtLeast => "reform-goal-at-least",
        Compare::MoreThan => "reform-goal-more-than",
        Compare::AtMost => "reform-goal-at-most",
        Compare::Exactly => "reform-goal-exactly",
        Compare::Range => "reform-goal-range",
        Compare::RankWithin => "reform-goal-rank",
        Compare::ReduceBy => "reform-goal-reduce",
        Compare::IncreaseBy | Compare::IncreaseYearly => "reform-goal-increase",
        Compare::ClimbYearly => "reform-goal-climb",
        Compare::ByDate => "reform-goal-date",
    };
    let high = target.value_high.map(|high| amount(l, target.unit, high)).unwrap_or_default();
    let of = target.of.unwrap_or(63).to_string();
    l.tr(key, [("value", value), ("high", high), ("of", of), ("day", vn_date(target.due_day()))])
}

/// Who does a task, with whom, and what comes out: words and values.
pub(crate) fn task_facts(l: L, tree: &Tree, task: &Task) -> Vec<(String, String)> {
    let lead = tree.by_code(&task.lead).map_or_else(|| task.lead.clone(), |agency| agency.name.clone());
    [("lead", lead), ("coordinating", task.coordinating.clone()), ("product", task.product.clone())]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(key, text)| (l.t(format!("reform-field-{key}")), text))
        .collect()
}

/// "cấp tỉnh", or nothing for the whole.
pub(crate) fn level_text(l: L, level: &str) -> String {
    if level == "all" {
        return l.t("reform-level-all");
    }
    level.split('+').map(|one| l.t(format!("reform-level-{one}"))).collect::<Vec<_>>().join(", ")
}

pub(crate) fn state_text(l: L, state: State) -> String {
    l.t(format!("reform-state-{}", state.as_str()))
}

/// "▲ +1,2 điểm", "▼ −0,4 điểm", "không đổi".
pub(crate) fn change_text(l: L, change: f64) -> String {
    if change.abs() < 0.005 {
        return l.t("reform-unchanged");
    }
    let sign = if change > 0.0 { "▲ +" } else { "▼ −" };
    l.tr("reform-points", [("value", format!("{sign}{}", two_decimals(l, change.abs())))])
}

fn two_decimals(l: L, value: f64) -> String {
    let text = format!("{value:.2}");
    if l.0 == Lang::Vi { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_whole_in_words_and_short_on_charts() {
        let (vi, en) = (L(Lang::Vi), L(Lang::En));
        assert_eq!(quantity(vi, Unit::Dong, 1_234_567), "1.234.567 đồng");
        assert_eq!(quantity(en, Unit::Dong, 9_007_199_254_740_993), "9,007,199,254,740,993 VND");
        assert_eq!(quantity(vi, Unit::Count, 1_234), "1.234");
        assert_eq!(short_dong(vi, 8_000), "8.000 đồng");
        assert_eq!(short_dong(vi, 999_999), "999.999 đồng");
        assert_eq!(short_dong(vi, 1_250_000), "1,3 triệu");
        assert_eq!(short_dong(vi, 12_345_678_901), "12,3 tỷ");
        assert_eq!(short_dong(en, -2_000_000_000), "-2.0 bn VND");
        assert_eq!(short_dong(vi, i64::MAX), "9.223.372.036,9 tỷ");
        assert_eq!(short_dong(vi, i64::MIN), "-9.223.372.036,9 tỷ");
    }
}
