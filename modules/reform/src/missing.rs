//! Targets without data, in one place: what each still needs, and who owes it.

use crate::definitions::indicators;
use crate::standing::Standing;
use crate::state::State;
use crate::steered;
use crate::view::{Read, Scope, Total, goal_text, pick, subject_name};
use askama::Template;
use base::{Id, vn_date_time};
use i18n::L;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use web::table::{Cell, Paging, afresh, query_value, with};
use web::{Answer, Breadcrumb, Ctx};

/// Rows a page of the list shows.
const ROWS: u32 = 40;

/// What a target without data waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// A record counts it, and there is nothing in it for this unit and period.
    Record,
    /// It is a rise over the year before, which has no value.
    PreviousYear,
    /// A figure is declared; a second person has not checked it.
    Check,
    /// Somebody has to declare it, with evidence.
    Declaration,
    /// People have to be asked.
    Survey,
    /// A ministry or an institute publishes it once a year; it is declared from there.
    Index,
}
base::closed_list!(Need, {
    Check => "check",
    Declaration => "declaration",
    Survey => "survey",
    Index => "index",
    Record => "record",
    PreviousYear => "previous-year",
});

/// What a target needs; `None` when it has its data, or does not count.
pub(crate) fn need_of(standing: &Standing<'_>) -> Option<Need> {
    let placed = standing.placed;
    if standing.state != State::NoData || !placed.target.counts() {
        return None;
    }
    Some(match (&placed.subject.indicator, standing.value) {
        (Some(_), Some(_)) => Need::PreviousYear,
        (Some(_), None) => Need::Record,
        (None, _) if standing.waiting > 0 => Need::Check,
        (None, _) => placed.subject.need.unwrap_or(Need::Declaration),
    })
}

/// Who owes a target's figure at an agency: the lead of a task, the agency that the programme charges with the axis where the
/// whole province is looked at, else the agency looked at.
pub(crate) fn owner(scope: &Scope, standing: &Standing<'_>) -> Id {
    let placed = standing.placed;
    let lead = placed.subject.task.as_ref().map(|task| &task.lead);
    let whole = scope.tree.get(scope.node).is_some_and(|agency| base::is_root(&agency.path));
    let charged = placed.programme.owes.get(&placed.subject.axis).filter(|_| whole);
    let code = lead.or(charged);
    code.and_then(|code| scope.tree.by_code(code)).map_or(scope.node, |agency| agency.id)
}

struct Row {
    id: String,
    href: String,
    name: String,
    clause: String,
    goal: String,
    need: String,
    /// What must exist before there is a record.
    until: String,
    owner: String,
    declare: String,
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Page {
    l: L,
    trail: Vec<Breadcrumb>,
    lead: String,
    part_of: String,
    scope: String,
    needs: Vec<(Total, String)>,
    /// Who owes how many: name, number, address, and whether only theirs are shown.
    owing: Vec<(String, String, String, bool)>,
    narrowed: bool,
    all_href: String,
    rows: Vec<Row>,
    paging: Paging,
    uri: String,
}

/// GET /steering/missing
pub(crate) async fn show(ctx: Ctx) -> Answer {
    let all = steered::programmes(&ctx).await?;
    let scope = Scope::read(&ctx).await?;
    let read = Read::of(&ctx, &scope).await?;
    let l = ctx.l;
    let standings = read.standings(&all, &scope, ctx.now.date());
    let lacking: Vec<(&Standing<'_>, Need, Id)> =
        standings.iter().filter_map(|one| Some((one, need_of(one)?, owner(&scope, one)))).collect();
    let (asked_need, asked_owner) = (query_value(&ctx.uri, "need"), query_value(&ctx.uri, "owner"));
    let shown: Vec<&(&Standing<'_>, Need, Id)> = lacking
        .iter()
        .filter(|(_, need, _)| asked_need.is_empty() || need.as_str() == asked_need)
        .filter(|(_, _, owner)| asked_owner.is_empty() || owner.to_string() == asked_owner)
        .collect();
    let format = query_value(&ctx.uri, "format");
    if !format.is_empty() {
        let rows = shown.iter().map(|(one, need, owner)| row(&ctx, &scope, one, *need, *owner)).collect();
        return Ok(export(l, &format, rows)?);
    }
    let per_page = Paging::from_uri(&with(&ctx.uri, &[("per_page", &ROWS.to_string())]));
    let (part, paging) = per_page.leafed(shown, |(one, _, owner)| format!("{}.{owner}", one.placed.target.id));
    let rows = part.into_iter().map(|(one, need, owner)| row(&ctx, &scope, one, *need, *owner)).collect();
    let page = Page {
        l,
        trail: scope.trail(&ctx, [(l.t("reform-missing"), "")]),
        lead: l.tr(
            "reform-missing-lead",
            [
                ("n", l.number(i64::try_from(lacking.len()).unwrap_or(i64::MAX))),
                ("all", l.number(standings.iter().filter(|one| one.placed.target.counts()).count() as i64)),
                ("unit", scope.tree.name(scope.node)),
                ("period", scope.period.name(l)),
                ("at", vn_date_time(ctx.now)),
            ],
        ),
        part_of: crate::division::notice(&ctx, &scope),
        scope: scope.form(&ctx, "/steering/missing"),
        needs: needs(&ctx, &lacking),
        owing: owing(&ctx, &scope, &lacking, &asked_owner),
        narrowed: !asked_need.is_empty() || !asked_owner.is_empty(),
        all_href: afresh(&ctx.uri, &[("need", ""), ("owner", "")]),
        rows,
        paging,
        uri: ctx.uri.clone(),
    };
    Ok(ctx.page(&l.t("reform-missing"), &page))
}

/// How many need what, with what that means.
fn needs(ctx: &Ctx, lacking: &[(&Standing<'_>, Need, Id)]) -> Vec<(Total, String)> {
    let l = ctx.l;
    let count = |need: Need| lacking.iter().filter(|(_, one, _)| *one == need).count();
    Need::ALL
        .into_iter()
        .filter(|need| count(*need) > 0)
        .map(|need| {
            let total = Total {
                word: l.t(format!("reform-need-{}", need.as_str())),
                colour: "new",
                n: count(need),
                href: afresh(&ctx.uri, &[("need", need.as_str())]),
            };
            (total, l.t(format!("reform-need-{}-hint", need.as_str())))
        })
        .collect()
}

/// Who owes how many, most first.
fn owing(
    ctx: &Ctx,
    scope: &Scope,
    lacking: &[(&Standing<'_>, Need, Id)],
    asked: &str,
) -> Vec<(String, String, String, bool)> {
    let mut counts: BTreeMap<Id, i64> = BTreeMap::new();
    for (_, _, owner) in lacking {
        *counts.entry(*owner).or_default() += 1;
    }
    let mut counts: Vec<(Id, i64)> = counts.into_iter().collect();
    counts.sort_by_key(|(owner, n)| (std::cmp::Reverse(*n), *owner));
    counts
        .into_iter()
        .map(|(owner, n)| {
            let id = owner.to_string();
            (scope.tree.name(owner), ctx.l.number(n), afresh(&ctx.uri, &[("owner", &id)]), id == asked)
        })
        .collect()
}

fn row(ctx: &Ctx, scope: &Scope, standing: &Standing<'_>, need: Need, owner: Id) -> Row {
    let (l, placed) = (ctx.l, standing.placed);
    let may_declare = placed.subject.indicator.is_none()
        && ctx
            .actor
            .as_ref()
            .is_some_and(|actor| actor.may_at(crate::rights::DECLARE_FIGURE, scope.tree.path(scope.node)));
    let target = format!("/steering/targets/{}", placed.target.id);
    Row {
        id: placed.target.id.clone(),
        href: scope.link(ctx, &target),
        name: subject_name(l, placed),
        clause: format!("{} {}", placed.programme.document, placed.clause()),
        goal: l.tr("reform-goal-due", [("goal", goal_text(l, placed)), ("year", placed.target.due.to_string())]),
        need: l.t(format!("reform-need-{}", need.as_str())),
        until: unrecorded(ctx, scope, standing),
        owner: scope.tree.name(owner),
        declare: if may_declare { scope.link(ctx, &format!("{target}/declare")) } else { String::new() },
    }
}

/// What an indicator without a record waits for.
fn unrecorded(ctx: &Ctx, scope: &Scope, standing: &Standing<'_>) -> String {
    let indicator = standing.placed.subject.indicator.as_deref();
    let known = indicators(&ctx.app);
    let defined = indicator.and_then(|id| known.get(id, scope.period.to.min(standing.as_of)));
    let needs = defined.and_then(|indicator| indicator.needs.as_ref());
    needs.map(|(vi, en)| pick(ctx.l, vi, en).to_owned()).unwrap_or_default()
}

fn export(l: L, format: &str, rows: Vec<Row>) -> Result<axum::response::Response, base::Fault> {
    let headers = ["target", "clause", "subject", "goal", "need", "until", "owner"]
        .map(|name| l.t(format!("reform-column-{name}")));
    let rows = rows
        .into_iter()
        .map(|row| [row.id, row.clause, row.name, row.goal, row.need, row.until, row.owner].map(Cell::from).to_vec())
        .collect();
    web::table::export(l, format, &l.t("reform-missing-export-name"), &headers, rows)
}

#[cfg(test)]
mod tests {
    use crate::journeys::{browser, declare, ten_dossiers};
    use crate::testing::{database, fact, write};
    use axum::http::StatusCode;
    use base::Level;
    use dossiers::flag;
    use jiff::civil::date;

    /// The row of a target, from its link to the end of the row.
    fn row_of<'a>(page: &'a str, target: &str) -> &'a str {
        let begins = page.find(&format!(">{target}</code>")).unwrap_or_else(|| panic!("no {target} in {page}"));
        &page[begins..begins + page[begins..].find("</tr>").unwrap()]
    }

    #[tokio::test]
    async fn every_target_without_data_says_what_it_needs_and_who_owes_it() {
        for (db, _) in database().await {
            ten_dossiers(&db).await;
            let officer = browser(db, "reform");
            let all = officer.json("/api/v1/targets").await;
            let lacking: Vec<&str> = all["targets"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one["state"] == "no-data")
                .map(|one| one["id"].as_str().unwrap())
                .collect();
            let (status, csv) = officer.get("/steering/missing?format=csv").await;
            assert_eq!(status, StatusCode::OK);
            let counting =
                lacking.iter().filter(|id| crate::Programmes::shipped().target(id).unwrap().target.counts()).count();
            assert_eq!(csv.lines().count(), 1 + counting);

            let (_, page) = officer.get("/steering/missing").await;
            let justice = row_of(&page, "ST-001");
            assert!(justice.contains("Kê khai") && justice.contains("Sở Tư pháp"), "{justice}");
            assert!(justice.contains("/steering/targets/ST-001/declare"), "{justice}");
            // Counted from records, of which there are none; nobody declares that.
            let (_, records) = officer.get("/steering/missing?need=record").await;
            let satisfaction = row_of(&records, "ST-066");
            assert!(satisfaction.contains("Bản ghi") && !satisfaction.contains("/declare"), "{satisfaction}");
            assert!(!records.contains(">ST-001</code>"));
            let (_, indices) = officer.get("/steering/missing?need=index").await;
            assert!(row_of(&indices, "NT-001").contains("Sở Nội vụ"));

            // Declared is not yet checked: it says so.
            let fields =
                [("as_of", "2026-09-30"), ("numerator", "100"), ("denominator", "103"), ("note", "Báo cáo 12/BC-SNV")];
            let (status, ..) = declare(&officer, "ST-062", &fields, true).await;
            assert_eq!(status, StatusCode::SEE_OTHER);
            assert!(
                row_of(&officer.get("/steering/missing?need=check").await.1, "ST-062").contains("Chờ người thứ hai")
            );
            // A commune owes its own.
            let commune = officer.becomes("commune-leader");
            let (_, page) = commune.get("/steering/missing").await;
            assert!(!row_of(&page, "ST-001").contains("Sở Tư pháp"));
        }
    }

    #[tokio::test]
    async fn a_programme_of_many_targets_is_one_table_in_pages() {
        for (db, _) in database().await {
            ten_dossiers(&db).await;
            let leader = browser(db, "leader");
            let (_, first) = leader.get("/steering/programmes/soc-trang-2021").await;
            assert_eq!(first.matches("<table").count(), 1);
            let rows = |page: &str| page.matches("class=\"code\">ST-").count();
            assert_eq!(rows(&first), 40);
            let second = leader.get("/steering/programmes/soc-trang-2021?page=2").await.1
                + &leader.get("/steering/programmes/soc-trang-2021?page=3").await.1;
            let all = crate::programme::targets_of(crate::Programmes::shipped().programme("soc-trang-2021").unwrap());
            assert_eq!(rows(&first) + rows(&second), all.filter(|placed| !placed.target.derived).count());
            assert!(first.contains("rowgroup") && first.contains("Cải cách thể chế"));
        }
    }

    #[tokio::test]
    async fn a_figure_that_stands_twice_on_the_dashboard_names_the_two_programmes() {
        for (db, _) in database().await {
            let settled = |n: i64| {
                let flags = flag::BETWEEN | if n < 3 { flag::BETWEEN_ELECTRONIC } else { 0 };
                fact("settled", date(2026, 10, 5), 2001, Level::Commune, 1, flags, 800 + n)
            };
            write(&db, (0..4).map(settled).collect()).await;
            let (_, page) = browser(db, "leader").get("/steering").await;
            // 75 % is on its way to the 80 % of one document and has missed that of the other.
            let tile = page.split("class=\"figure\"").find(|tile| tile.contains("ST-005")).unwrap();
            assert!(tile.contains("75 %") && tile.contains("NQ 10-NQ/TU"), "{tile}");
            let behind = page.split("id=\"off-track\"").nth(1).unwrap().split("</section>").next().unwrap();
            for line in behind.split("<li>").skip(1) {
                assert!(line.contains("NQ 10-NQ/TU)") || line.contains("QĐ 681/QĐ-UBND)"), "{line}");
            }
            assert!(behind.contains("75 %"), "{behind}");
        }
    }

    #[tokio::test]
    async fn the_last_month_of_the_line_and_the_figure_of_the_year_are_explained_where_they_differ() {
        for (db, _) in database().await {
            ten_dossiers(&db).await;
            write(&db, vec![fact("received", date(2026, 11, 20), 2001, Level::Commune, 2, 0, 900)]).await;
            let leader = browser(db, "leader");
            let (_, page) = leader.get("/steering/targets/ST-042").await;
            let note = "điểm cuối là tháng 11/2026, 100 %. Con số 63,6 % ở trên là của Năm 2026.";
            assert!(page.contains(note), "{page}");
            let (_, month) = leader.get("/steering/targets/ST-042?period=2026-11").await;
            assert!(!month.contains("Mỗi điểm là một tháng"), "{month}");
        }
    }
}
