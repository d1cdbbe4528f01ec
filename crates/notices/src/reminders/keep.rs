//! Keeping the rules of reminders: a dated row more, with its basis and an event.

use crate::KEPT;
use crate::reminders::rules::{Rule, Side, Span, Whom};
use crate::reminders::store as sql;
use ::store::{Tx, params};
use audit::NewEvent;
use base::{Actor, Date, Fault, Id, Instant, Problem};
use records::Kinds;

/// Longest basis: a decision's number, date and issuer.
pub const BASIS_MAX: usize = 200;

/// What a keeper typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub due: String,
    pub side: String,
    /// `2026-12-01`; [`web::Form`] reads days as people write them.
    pub since: String,
    pub span: String,
    pub whom: String,
    pub active: bool,
    pub basis: String,
}

/// Whether somebody keeps the rules: whoever keeps the province, and not a part of it.
pub fn keeps(actor: &Actor) -> bool {
    actor.scopes(crate::rights::KEEP_REMINDERS).iter().any(|scope| base::is_root(scope))
}

fn rule(kinds: &Kinds, typed: &Typed, now: Instant) -> Result<Rule, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut missing = |field: &str, code: &'static str| problems.push(Problem::new(code).field(field));
    if kinds.of_due(&typed.due).is_none() {
        missing("due", "notices-rule-due");
    }
    let side = Side::read(&typed.side);
    if side.is_none() {
        missing("side", "notices-rule-side");
    }
    let whom = Whom::read(&typed.whom);
    if whom.is_none() {
        missing("whom", "notices-rule-whom");
    }
    let since = typed.since.parse::<Date>().ok().filter(|since| *since > now.date());
    if since.is_none() {
        // Today's rules have reminded already: what was is not written anew.
        missing("since", "notices-rule-since");
    }
    let basis = typed.basis.trim();
    if basis.is_empty() || basis.chars().count() > BASIS_MAX {
        problems.push(Problem::new("notices-rule-basis").arg("max", BASIS_MAX).field("basis"));
    }
    let span = Span::read(&typed.span).map_err(|problem| problems.push(problem)).ok();
    match (side, whom, since, span) {
        (Some(side), Some(whom), Some(since), Some(span)) if problems.is_empty() => Ok(Rule {
            id: Some(Id::next(now)),
            due: typed.due.clone(),
            side,
            since,
            span,
            whom,
            active: typed.active,
            basis: basis.to_owned(),
        }),
        _ => Err(problems),
    }
}

/// Keeps a rule from a coming day on.
///
/// # Errors
/// `Forbidden` with `notices-rule-province`; `Invalid` at each field; `Conflict` with `notices-rule-taken` where that day has one.
pub async fn keep(tx: &Tx, kinds: &Kinds, actor: &Actor, typed: &Typed, now: Instant) -> Result<Id, Fault> {
    if !keeps(actor) {
        return Err(Fault::Forbidden(Problem::new("notices-rule-province")));
    }
    let rule = rule(kinds, typed, now).map_err(Fault::Invalid)?;
    let id = rule.id.ok_or_else(|| Fault::internal("a rule without its id"))?;
    let Rule { due, side, since, span, whom, active, basis, .. } = &rule;
    let values = params![
        id,
        due.as_str(),
        side.as_str(),
        *since,
        span.text(),
        whom.as_str(),
        *active,
        basis.as_str(),
        actor.account,
        now
    ];
    if tx.execute(sql::INSERT_RULE, values).await? == 0 {
        return Err(Fault::Conflict(Problem::new("notices-rule-taken").field("since")));
    }
    let agency = actor.home().map(|grant| grant.agency);
    let data = serde_json::json!({ "due": due, "side": side.as_str(), "since": since.to_string(), "span": span.text(),
        "whom": whom.as_str(), "active": active });
    let event = NewEvent { kind: "reminder-rule", at: now, actor: Some(actor.account), agency, data };
    audit::append_kept(tx, &KEPT, id, event).await?;
    Ok(id)
}
