//! Declaring a figure where no record stands behind a target, and the second person's look at it.

use crate::programme::{Compare, Measure, Placed, Programmes};
use crate::proof::KEPT;
use crate::store::{self as sql, Check, Declared};
use audit::NewEvent;
use base::calendar::Calendar;
use base::{Actor, Date, Fault, Id, Instant, Permission, Problem};
use organisation::Tree;
use serde_json::json;
use store::{Tx, params};

/// Longest note, in letters.
pub const NOTE_MAX: usize = 1_000;
/// Largest count one may declare.
pub const COUNT_MAX: i64 = 1_000_000_000;

/// What a form or an API call says.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub as_of: Option<Date>,
    pub numerator: String,
    pub denominator: String,
    pub value: String,
    pub note: String,
}

/// Who acts, when, and in which tree of agencies.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// All programmes steered.
    pub programmes: &'a Programmes,
    pub tree: &'a Tree,
    pub actor: &'a Actor,
    /// The working calendar, for what is owed.
    pub calendar: &'a Calendar,
    pub now: Instant,
}

/// How a target's figure is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A numerator and a denominator.
    Ratio,
    /// One number.
    Number,
    /// Only the day it was done.
    Day,
}

/// How this target's figure is given.
pub fn shape(placed: Placed<'_>) -> Shape {
    match (placed.target.compare, placed.target.unit) {
        (Compare::ByDate, _) => Shape::Day,
        (_, Measure::Percent | Measure::PointsAYear) => Shape::Ratio,
        _ => Shape::Number,
    }
}

/// A declared number: `80`, `80,5` or `80.25`, in hundredths.
pub(crate) fn hundredths(text: &str) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || fraction.len() > 2 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let fraction: i64 = format!("{fraction:0<2}").parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 100 + fraction)
}

fn count(problems: &mut Vec<Problem>, field: &'static str, text: &str) -> Option<i64> {
    let number = text.trim().parse().ok().filter(|number| (0..=COUNT_MAX).contains(number));
    if number.is_none() {
        problems.push(Problem::new("reform-count").field(field));
    }
    number
}

/// Checks what was given for a target; the figure comes back without author and day of writing.
fn check_given(placed: Placed<'_>, given: &Given, now: Instant, problems: &mut Vec<Problem>) -> Declared {
    let as_of = given.as_of.unwrap_or_else(|| now.date());
    match given.as_of {
        None => problems.push(Problem::new("reform-day").field("as_of")),
        Some(day) if day > now.date() => problems.push(Problem::new("reform-day-future").field("as_of")),
        // A figure of one year is held against that year only.
        Some(day) if placed.target.of_one_year() && day.year() != placed.target.due && placed.target.from.is_none() => {
            problems.push(Problem::new("reform-day-of-year").field("as_of").arg("year", placed.target.due.to_string()));
        }
        Some(_) => {}
    }
    let (mut numerator, mut denominator, mut value) = (None, None, None);
    match shape(placed) {
        Shape::Ratio => {
            numerator = count(problems, "numerator", &given.numerator);
            denominator = count(problems, "denominator", &given.denominator);
            if denominator == Some(0) {
                problems.push(Problem::new("reform-denominator-zero").field("denominator"));
            } else if numerator > denominator && denominator.is_some() {
                problems.push(Problem::new("reform-numerator-over").field("numerator"));
            }
        }
        Shape::Number => {
            value = hundredths(&given.value);
            let rank = placed.target.unit == Measure::Rank;
            let most = match placed.target.unit {
                Measure::Rank => i64::from(placed.target.of.unwrap_or(63)) * 100,
                Measure::Points => 10_000,
                _ => COUNT_MAX,
            };
            let whole = |value: i64| !rank || (value % 100 == 0 && value >= 100);
            if !value.is_some_and(|value| value <= most && whole(value)) {
                problems.push(Problem::new("reform-value").field("value").arg("max", (most / 100).to_string()));
            }
        }
        Shape::Day => {}
    }
    if given.note.chars().count() > NOTE_MAX {
        problems.push(Problem::new("reform-too-long").field("note").arg("max", NOTE_MAX.to_string()));
    }
    Declared {
        id: Id(0),
        target: placed.target.id.clone(),
        agency: Id(0),
        as_of,
        numerator,
        denominator,
        value_hundredths: value,
        note: given.note.trim().to_owned(),
        evidence: None,
        declared_by: Id(0),
        declared_name: String::new(),
        declared_at: now,
        check: Check::Declared,
        checked_by: None,
        checked_name: None,
        checked_at: None,
        check_note: None,
    }
}

/// Declares a figure of a target for an agency with its evidence. Problems name `as_of`, `numerator`, `denominator`, `value`, `note` or
/// `evidence`. A target with a record behind it takes none.
pub async fn declare(
    tx: &Tx,
    By { programmes, tree, actor, calendar, now }: By<'_>,
    target: &str,
    agency: Id,
    given: &Given,
    evidence: Option<&files::Staged>,
) -> Result<Declared, Fault> {
    if !actor.may_at(crate::rights::DECLARE_FIGURE, tree.path(agency)) {
        return Err(Fault::Forbidden(Problem::new("reform-not-yours")));
    }
    let placed = programmes.target(target)?;
    if !placed.holds_at(tree, agency) {
        return Err(Fault::NotFound("reform-no-target"));
    }
    if placed.subject.indicator.is_some() {
        return Err(Fault::Conflict(Problem::new("reform-has-record")));
    }
    let mut problems = Vec::new();
    let mut figure = check_given(placed, given, now, &mut problems);
    if evidence.is_none() {
        problems.push(Problem::new("reform-evidence-missing").field("evidence"));
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    figure.id = Id::next(now);
    figure.agency = agency;
    figure.declared_by = actor.account;
    figure.declared_name.clone_from(&actor.name);
    if let Some(staged) = evidence {
        figure.evidence = Some(files::keep(tx, staged, figure.id, Some(actor.account), now).await?);
    }
    sql::insert(tx, &figure).await?;
    let check_by = crate::owed::check_by(calendar, now);
    records::owe(tx, figure.id, &[], &[crate::owed::due(agency, check_by)]).await?;
    let data = json!({"check_by": check_by.0, "target": figure.target, "agency": agency, "as_of": figure.as_of.to_string(), "numerator": figure.numerator,
        "denominator": figure.denominator, "value_hundredths": figure.value_hundredths, "note": figure.note, "evidence": figure.evidence});
    let post = post(actor, &[crate::rights::DECLARE_FIGURE], tree.path(agency));
    record(tx, (actor, post), now, figure.id, "figure-declared", data).await?;
    Ok(figure)
}

/// Whether somebody may be the second person: they declare or sign at its agency, and did not declare it themselves.
///
/// # Errors
/// `Forbidden` with `reform-not-yours` or `reform-own-figure`.
pub(crate) fn may_check(actor: &Actor, path: &str, figure: &Declared) -> Result<(), Fault> {
    if !(actor.may_at(crate::rights::DECLARE_FIGURE, path) || actor.may_at(crate::rights::SIGN_PROGRAMMES, path)) {
        return Err(Fault::Forbidden(Problem::new("reform-not-yours")));
    }
    if figure.declared_by == actor.account {
        return Err(Fault::Forbidden(Problem::new("reform-own-figure")));
    }
    Ok(())
}

/// The second person finds a declared figure right, or sends it back with a reason. Nobody checks his own.
pub async fn check(
    tx: &Tx,
    By { tree, actor, now, .. }: By<'_>,
    id: Id,
    accept: bool,
    note: &str,
) -> Result<Declared, Fault> {
    let figure = sql::figure(tx, id).await?.ok_or(Fault::NotFound("reform-no-figure"))?;
    let path = tree.path(figure.agency);
    may_check(actor, path, &figure)?;
    let note = note.trim();
    if !accept && note.is_empty() {
        return Err(Fault::invalid(Problem::new("reform-return-reason").field("note")));
    }
    if note.chars().count() > NOTE_MAX {
        return Err(Fault::invalid(Problem::new("reform-too-long").field("note").arg("max", NOTE_MAX.to_string())));
    }
    let state = if accept { Check::Checked } else { Check::Returned };
    let changed = tx
        .execute(sql::CHECK_FIGURE, params![id, state.as_str(), actor.account, actor.name.as_str(), now, note])
        .await?;
    if changed == 0 {
        return Err(Fault::Conflict(Problem::new("reform-already-checked")));
    }
    crate::owed::met(tx, &figure).await?;
    let kind = if accept { "figure-checked" } else { "figure-returned" };
    let post = post(actor, &[crate::rights::DECLARE_FIGURE, crate::rights::SIGN_PROGRAMMES], path);
    record(tx, (actor, post), now, id, kind, json!({"note": note})).await?;
    Ok(Declared { check: state, ..figure })
}

/// The agency of the post by which somebody may do one of these things at a path: of two posts, the one that allows it.
pub(crate) fn post(actor: &Actor, any_of: &[Permission], path: &str) -> Option<Id> {
    any_of.iter().find_map(|permission| actor.grant_for(*permission, path)).map(|grant| grant.agency)
}

/// An event of a declared figure or of a programme, by the person who acts, in the name of the post that lets them.
pub(crate) async fn record(
    tx: &Tx,
    (actor, agency): (&Actor, Option<Id>),
    now: Instant,
    id: Id,
    kind: &'static str,
    data: serde_json::Value,
) -> Result<(), Fault> {
    audit::append_kept(tx, &KEPT, id, NewEvent { kind, at: now, actor: Some(actor.account), agency, data }).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, database, evidence, now};
    use base::Role;
    use jiff::civil::date;

    fn by<'a>(tree: &'a Tree, actor: &'a Actor) -> By<'a> {
        By { programmes: Programmes::shipped(), tree, actor, calendar: Calendar::shipped(), now: now() }
    }

    fn ratio(numerator: &str, denominator: &str) -> Given {
        Given {
            as_of: Some(date(2026, 9, 30)),
            numerator: numerator.into(),
            denominator: denominator.into(),
            value: String::new(),
            note: "Báo cáo số 12/BC-SNV".into(),
        }
    }

    fn fields(fault: Fault) -> Vec<String> {
        match fault {
            Fault::Invalid(problems) => problems.into_iter().filter_map(|problem| problem.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_number_is_read_with_a_comma_or_a_point_and_at_most_two_decimals() {
        assert_eq!(hundredths("80"), Some(8_000));
        assert_eq!(hundredths(" 80,5 "), Some(8_050));
        assert_eq!(hundredths("0.07"), Some(7));
        for wrong in ["", "-1", "1.234", "x", "1e3", "1,2,3", ".5"] {
            assert_eq!(hundredths(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_figure_counts_once_a_second_person_has_checked_it_and_leaves_its_trace() {
        for (db, tree) in database().await {
            let file = evidence().await;
            let inner = tree.clone();
            let figure = db
                .write(move |tx| {
                    Box::pin(async move {
                        let author = account(5, Role::ReformOfficer, "/1/");
                        let given = ratio("92", "103");
                        declare(tx, by(&inner, &author), "ST-062", Id(1), &given, Some(&file)).await
                    })
                })
                .await
                .unwrap();
            assert_eq!(figure.check, Check::Declared);
            let id = figure.id;
            let inner = tree.clone();
            let own = db
                .write(move |tx| {
                    Box::pin(async move {
                        check(tx, by(&inner, &account(5, Role::ReformOfficer, "/1/")), id, true, "").await
                    })
                })
                .await
                .unwrap_err();
            assert!(matches!(&own, Fault::Forbidden(problem) if problem.code == "reform-own-figure"), "{own:?}");
            let inner = tree.clone();
            db.write(move |tx| {
                Box::pin(async move { check(tx, by(&inner, &account(6, Role::Leader, "/1/")), id, true, "").await })
            })
            .await
            .unwrap();
            let (kept, events) = db
                .read(move |tx| {
                    Box::pin(async move {
                        Ok::<_, Fault>((sql::figures_of(tx, Id(1)).await?, audit::events(tx, id).await?))
                    })
                })
                .await
                .unwrap();
            assert_eq!((kept[0].check, kept[0].value().map(f64::round)), (Check::Checked, Some(89.0)));
            assert_eq!(
                events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
                ["figure-declared", "figure-checked"]
            );
            let again = db
                .write(move |tx| {
                    Box::pin(async move { check(tx, by(&tree, &account(6, Role::Leader, "/1/")), id, true, "").await })
                })
                .await
                .unwrap_err();
            assert!(matches!(again, Fault::Conflict(_)));
        }
    }

    #[tokio::test]
    async fn wrong_figures_are_refused_by_their_field() {
        for (db, tree) in database().await {
            let cases: [(&str, Given, &[&str]); 5] = [
                ("ST-062", ratio("104", "103"), &["numerator", "evidence"]),
                ("ST-062", ratio("0", "0"), &["denominator", "evidence"]),
                (
                    "ST-062",
                    Given { as_of: Some(date(2026, 11, 23)), ..ratio("x", "103") },
                    &["as_of", "numerator", "evidence"],
                ),
                ("ST-072", Given { value: "64".into(), ..ratio("", "") }, &["value", "evidence"]),
                (
                    "ST-076",
                    Given { value: "1".into(), as_of: Some(date(2025, 12, 31)), ..ratio("", "") },
                    &["as_of", "evidence"],
                ),
            ];
            for (target, given, wanted) in cases {
                let tree = tree.clone();
                let fault = db
                    .write(move |tx| {
                        Box::pin(async move {
                            let author = account(5, Role::ReformOfficer, "/1/");
                            declare(tx, by(&tree, &author), target, Id(1), &given, None).await
                        })
                    })
                    .await
                    .unwrap_err();
                assert_eq!(fields(fault), wanted, "{target}");
            }
        }
    }

    #[tokio::test]
    async fn a_target_with_a_record_takes_no_declared_figure_and_nobody_declares_for_a_foreign_unit() {
        for (db, tree) in database().await {
            let file = evidence().await;
            let (inner, staged) = (tree.clone(), file.clone());
            let live = db
                .write(move |tx| {
                    Box::pin(async move {
                        let author = account(5, Role::ReformOfficer, "/1/");
                        declare(tx, by(&inner, &author), "ST-042", Id(1), &ratio("1", "2"), Some(&staged)).await
                    })
                })
                .await
                .unwrap_err();
            assert!(matches!(&live, Fault::Conflict(problem) if problem.code == "reform-has-record"), "{live:?}");
            let foreign = db
                .write(move |tx| {
                    Box::pin(async move {
                        let author = account(5, Role::ReformOfficer, "/1/2001/");
                        declare(tx, by(&tree, &author), "ST-062", Id(1), &ratio("1", "2"), Some(&file)).await
                    })
                })
                .await
                .unwrap_err();
            assert!(matches!(foreign, Fault::Forbidden(_)));
        }
    }
}
