//! Declaring a figure where no record stands behind a target: what was typed is read, judged and kept with its evidence.

use crate::declared::{Declared, Event, NOTE_MAX};
use crate::house::House;
use crate::programme::{Compare, Measure, Placed};
use crate::rights::DECLARE_FIGURE;
use base::calendar::Calendar;
use base::{Date, Fault, Id, Instant, Problem};
use files::Seal;
use records::{Ask, Asker, By, Field, Given, Held, Typed};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use store::Tx;

/// Largest count one may declare.
pub const COUNT_MAX: i64 = 1_000_000_000;
/// Eight hours are a working day.
const DAY_MS: i64 = 8 * 3_600_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    check: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    since: Date,
    working_days: i64,
    /// For people.
    #[serde(rename = "source")]
    _source: String,
}

/// Working days by the day from which they hold; a test reads the file, so it is well-formed.
static DAYS: LazyLock<BTreeMap<Date, i64>> = LazyLock::new(|| {
    let file = toml::from_str::<File>(include_str!("../../../data/steering/checks.toml"));
    file.map(|file| file.check.into_iter().map(|rule| (rule.since, rule.working_days)).collect()).unwrap_or_default()
});

/// Until when a second person is to look at what was declared or proposed at a moment.
pub(crate) fn check_by(calendar: &Calendar, since: Instant) -> Instant {
    let days = DAYS.range(..=since.date()).next_back().map_or(1, |(_, days)| *days);
    calendar.add_working_ms(since, days * DAY_MS)
}

const AS_OF: Field = Field { ask: Ask::Day, ..Field::line("as_of", 10) };
const EVIDENCE: Field = Field { required: true, ..Field::files("evidence", 1) };
const NOTE: Field = Field::lines("note", NOTE_MAX).optional();
const RATIO: &[Field] = &[AS_OF, Field::line("numerator", 12), Field::line("denominator", 12), EVIDENCE, NOTE];
const NUMBER: &[Field] = &[AS_OF, Field::line("value", 12), EVIDENCE, NOTE];
const DEADLINE: &[Field] = &[AS_OF, EVIDENCE, NOTE];

/// What is asked of whoever declares a figure of a target: two sides, one number, or only the day it was done.
pub fn asks(placed: Placed<'_>) -> &'static [Field] {
    match (placed.target.compare, placed.target.unit) {
        (Compare::ByDate, _) => DEADLINE,
        (_, Measure::Percent | Measure::PointsAYear) => RATIO,
        _ => NUMBER,
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

/// Checks what was given for a target; the figure comes back without author and agency.
fn check_given(placed: Placed<'_>, given: &Given, now: Instant) -> Result<Declared, Fault> {
    let (mut problems, as_of) = (Vec::new(), given.day("as_of").unwrap_or_default());
    if as_of > now.date() {
        problems.push(Problem::new("reform-day-future").field("as_of"));
    } else if placed.target.of_one_year() && as_of.year() != placed.target.due && placed.target.from.is_none() {
        // A figure of one year is held against that year only.
        problems.push(Problem::new("reform-day-of-year").field("as_of").arg("year", placed.target.due.to_string()));
    }
    let (mut numerator, mut denominator, mut value) = (None, None, None);
    let asked = |name| asks(placed).iter().any(|field| field.name == name);
    if asked("numerator") {
        numerator = count(&mut problems, "numerator", given.text("numerator"));
        denominator = count(&mut problems, "denominator", given.text("denominator"));
        if denominator == Some(0) {
            problems.push(Problem::new("reform-denominator-zero").field("denominator"));
        } else if numerator > denominator && denominator.is_some() {
            problems.push(Problem::new("reform-numerator-over").field("numerator"));
        }
    }
    if asked("value") {
        value = hundredths(given.text("value"));
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
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    Ok(Declared {
        target: placed.target.id.clone(),
        as_of,
        numerator,
        denominator,
        value_hundredths: value,
        note: given.text("note").to_owned(),
        declared_at: now,
        ..Declared::default()
    })
}

/// Declares a figure of a target for an agency with its evidence. A target with a record behind it takes none.
///
/// # Errors
/// `Forbidden` with `reform-not-yours`; `NotFound` where the target does not hold at the agency; `Conflict` with `reform-has-record`;
/// `Invalid` at `as_of`, `numerator`, `denominator`, `value`, `note` or `evidence`.
pub async fn declare(
    tx: &Tx,
    house: &House,
    asker: &Asker<'_>,
    (target, agency): (&str, Id),
    typed: &Typed,
) -> Result<Held<Declared>, Fault> {
    let (actor, now) = (asker.actor.ok_or(Fault::SignInNeeded)?, asker.now);
    let post = actor.grant_for(DECLARE_FIGURE, house.tree().path(agency));
    let post = post.ok_or_else(|| Fault::Forbidden(Problem::new("reform-not-yours")))?;
    let placed = house.programmes.target(target)?;
    if !placed.holds_at(house.tree(), agency) {
        return Err(Fault::NotFound("reform-no-target"));
    }
    if placed.subject.indicator.is_some() {
        return Err(Fault::Conflict(Problem::new("reform-has-record")));
    }
    let given = records::read_fields(asks(placed), typed)?;
    let (read, id) = (check_given(placed, &given, now)?, Id::next(now));
    let mut evidence = None;
    for staged in &typed.files {
        evidence = Some(files::keep(tx, staged, id, Some(actor.account), now).await?);
    }
    let papers: Vec<Seal> = files::files_of(tx, id).await?.iter().map(Seal::of).collect();
    let check_by = Some(check_by(&house.desk.calendar, now));
    let figure = Declared { agency, evidence, declared_by: actor.account, check_by, ..read };
    let by = By { actor: Some(actor.account), agency: Some(post.agency), now };
    let event = Event::Declare { figure: Box::new(figure), papers };
    records::begin::<Declared>(tx, by, (id, &id.to_string()), &event, &[]).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declared::{Check, figures_of};
    use crate::testing::{account, database, definitions, evidence, now};
    use base::{Actor, Role};
    use jiff::civil::date;
    use organisation::Tree;
    use std::sync::Arc;

    async fn declared(
        tx: &Tx,
        tree: &Arc<Tree>,
        by: &Actor,
        target: &str,
        typed: &Typed,
    ) -> Result<Held<Declared>, Fault> {
        let house = House::new(tree.clone(), definitions());
        declare(tx, &house, &Asker::actor(by, now()), (target, Id(1)), typed).await
    }

    async fn accept(tx: &Tx, tree: &Arc<Tree>, by: &Actor, code: &str) -> Result<Held<Declared>, Fault> {
        let house = House::new(tree.clone(), definitions());
        records::act(tx, &house, &Asker::actor(by, now()), (code, "accept"), &Default::default()).await
    }

    #[test]
    fn the_second_person_has_three_working_days_over_weekend_and_tet() {
        let calendar = Calendar::shipped();
        let by = |y, m, d| {
            let at = Instant::from_local(date(y, m, d).at(9, 0, 0, 0));
            check_by(calendar, at).local().to_string()
        };
        assert_eq!(by(2026, 11, 25), "2026-11-30T09:00:00");
        // Tết 2026: off from 14/2 to 22/2.
        assert_eq!(by(2026, 2, 12), "2026-02-24T09:00:00");
    }

    async fn typed(fields: &[(&str, &str)]) -> Typed {
        let all = [("as_of", "2026-09-30"), ("note", "Báo cáo số 12/BC-SNV")];
        let all = all.iter().chain(fields).map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Typed { fields: all.collect(), files: vec![evidence().await] }
    }

    async fn ratio(numerator: &str, denominator: &str) -> Typed {
        typed(&[("numerator", numerator), ("denominator", denominator)]).await
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
            let given = ratio("92", "103").await;
            db.write(move |tx| {
                Box::pin(async move {
                    let (author, leader) = (account(5, Role::ReformOfficer, "/1/"), account(6, Role::Leader, "/1/"));
                    let figure = declared(tx, &tree, &author, "ST-062", &given).await?;
                    assert_eq!(figure.state.check, Check::Declared);
                    // Whoever declared it does not look at it, whatever else they are.
                    let both = Actor { account: author.account, ..leader.clone() };
                    for own in [&author, &both] {
                        let own = accept(tx, &tree, own, &figure.code).await.unwrap_err();
                        assert!(
                            matches!(&own, Fault::Forbidden(problem) if problem.code == "reform-second-person"),
                            "{own:?}"
                        );
                    }
                    accept(tx, &tree, &leader, &figure.code).await?;
                    let (kept, events) = (figures_of(tx, Id(1)).await?, audit::events(tx, figure.id).await?);
                    let (check, value) = (kept[0].state.check, kept[0].state.value().map(f64::round));
                    assert_eq!((check, value), (Check::Checked, Some(89.0)));
                    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
                    assert_eq!(kinds, ["declare", "accept"]);
                    let again = accept(tx, &tree, &leader, &figure.code).await.unwrap_err();
                    assert!(matches!(again, Fault::Conflict(_)));
                    Ok::<_, Fault>(())
                })
            })
            .await
            .unwrap();
        }
    }

    #[tokio::test]
    async fn wrong_figures_are_refused_by_their_field() {
        for (db, tree) in database().await {
            let without = Typed { files: Vec::new(), ..ratio("92", "103").await };
            let tomorrow = [("as_of", "2026-11-23"), ("numerator", "x"), ("denominator", "103")];
            let cases: [(&str, Typed, &[&str]); 7] = [
                ("ST-062", without, &["evidence"]),
                ("ST-062", typed(&[("as_of", "")]).await, &["as_of", "numerator", "denominator"]),
                ("ST-062", ratio("104", "103").await, &["numerator"]),
                ("ST-062", ratio("0", "0").await, &["denominator"]),
                ("ST-062", typed(&tomorrow).await, &["as_of", "numerator"]),
                ("ST-072", typed(&[("value", "64")]).await, &["value"]),
                ("ST-076", typed(&[("value", "1"), ("as_of", "2025-12-31")]).await, &["as_of"]),
            ];
            db.write(move |tx| {
                Box::pin(async move {
                    let author = account(5, Role::ReformOfficer, "/1/");
                    for (target, given, wanted) in cases {
                        let fault = declared(tx, &tree, &author, target, &given).await.unwrap_err();
                        assert_eq!(fields(fault), wanted, "{target}");
                    }
                    Ok::<_, Fault>(())
                })
            })
            .await
            .unwrap();
        }
    }

    #[tokio::test]
    async fn a_target_with_a_record_takes_no_declared_figure_and_nobody_declares_for_a_foreign_unit() {
        for (db, tree) in database().await {
            let given = ratio("1", "2").await;
            db.write(move |tx| {
                Box::pin(async move {
                    let here = account(5, Role::ReformOfficer, "/1/");
                    let live = declared(tx, &tree, &here, "ST-042", &given).await.unwrap_err();
                    assert!(
                        matches!(&live, Fault::Conflict(problem) if problem.code == "reform-has-record"),
                        "{live:?}"
                    );
                    let below = account(5, Role::ReformOfficer, "/1/2001/");
                    let foreign = declared(tx, &tree, &below, "ST-062", &given).await.unwrap_err();
                    assert!(matches!(foreign, Fault::Forbidden(_)));
                    Ok::<_, Fault>(())
                })
            })
            .await
            .unwrap();
        }
    }
}
