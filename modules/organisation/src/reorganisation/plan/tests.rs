use super::*;
use crate::agency::Kind;
use base::Level;
use jiff::civil::date;

const DAY: Date = date(2025, 7, 1);

fn agency(id: i64, code: &str, name: &str, of: (Kind, Level), path: &str) -> Agency {
    let above = path.trim_end_matches('/').rsplit('/').nth(1).and_then(|id| id.parse().ok()).map(Id);
    Agency {
        id: Id(id),
        code: code.into(),
        name: name.into(),
        short_name: name.into(),
        kind: of.0,
        level: of.1,
        parent: above,
        path: path.into(),
        ..Agency::default()
    }
}

fn part(id: i64, code: &str, name: &str, duty: Option<&str>, path: &str) -> Agency {
    let kind = if duty == Some("desk") { Kind::ServiceCentre } else { Kind::Division };
    Agency { duty: duty.map(str::to_owned), ..agency(id, code, name, (kind, Level::Commune), path) }
}

/// A province, three communes with parts of their own, a department with one division, a body of the Party.
fn tree() -> Tree {
    let (province, commune) = (Level::Province, (Kind::CommuneCommittee, Level::Commune));
    Tree::new(vec![
        agency(1, "H13", "Ủy ban nhân dân thành phố Cần Thơ", (Kind::PeoplesCommittee, province), "/1/"),
        agency(10, "H13.31", "Ủy ban nhân dân xã Nhơn Ái", commune, "/1/10/"),
        part(11, "H13.31.01", "Bộ phận một cửa xã Nhơn Ái", Some("desk"), "/1/10/11/"),
        part(12, "H13.31.02", "Văn phòng", Some("office"), "/1/10/12/"),
        agency(20, "H13.32", "Ủy ban nhân dân xã Nhơn Nghĩa", commune, "/1/20/"),
        part(21, "H13.32.01", "Bộ phận một cửa xã Nhơn Nghĩa", Some("desk"), "/1/20/21/"),
        part(22, "H13.32.03", "Phòng Kinh tế xã Nhơn Nghĩa", Some("economy"), "/1/20/22/"),
        part(23, "H13.32.09", "Tổ công tác", None, "/1/20/22/23/"),
        agency(30, "H13.33", "Ủy ban nhân dân xã Trường Long", commune, "/1/30/"),
        part(31, "H13.33.01", "Bộ phận một cửa xã Trường Long", Some("desk"), "/1/30/31/"),
        agency(40, "H13.02", "Sở Nội vụ", (Kind::Department, province), "/1/40/"),
        part(41, "H13.02.01", "Văn phòng Sở", Some("office"), "/1/40/41/"),
        agency(50, "A13", "Đảng ủy", (Kind::Body, province), "/party/50/"),
        Agency {
            valid_to: Some(date(2024, 12, 31)),
            ..agency(60, "H13.40", "Ủy ban nhân dân xã cũ", commune, "/1/60/")
        },
    ])
}

fn makes(code: &str, name: &str) -> Makes {
    Makes { code: code.into(), name: name.into(), short_name: name.into(), kind: None, unit_code: None, id: None }
}

fn line(n: i64, does: Does, ends: &[i64]) -> Line {
    Line { n, does, ends: ends.iter().map(|id| Id(*id)).collect(), into: None, makes: Vec::new(), receiver: 0 }
}

/// What was decided, with the names of what is opened.
fn done(lines: &[Line]) -> (Plan, Vec<(String, String, i64)>) {
    let (plan, wrong) = plan(&tree(), lines, DAY, "1668/NQ");
    assert_eq!(wrong, []);
    let opened = plan.opens.iter().map(|(_, a)| (a.code.clone(), a.name.clone(), a.parent.map_or(0, |id| id.0)));
    let opened = opened.collect();
    (plan, opened)
}

/// The codes of what stands against lines, with their fields.
fn wrong(lines: &[Line]) -> Vec<(&'static str, String)> {
    let (_, wrong) = plan(&tree(), lines, DAY, "1668/NQ");
    wrong.into_iter().map(|problem| (problem.code, problem.field.unwrap_or_default())).collect()
}

fn map(plan: &Plan) -> Vec<(i64, i64)> {
    plan.units.iter().map(|(old, new)| (old.0, new.0)).collect()
}

#[test]
fn communes_that_merge_are_followed_by_one_with_a_part_of_each_duty_once() {
    let merged = Line {
        makes: vec![makes("H13.91", "Ủy ban nhân dân xã Nhơn Ái mới")],
        ..line(1, Does::Merge, &[10, 20])
    };
    let (plan, opened) = done(&[merged]);
    let told: Vec<(&str, &str, i64)> = opened.iter().map(|(code, name, above)| (&**code, &**name, *above)).collect();
    assert_eq!(
        told,
        [
            ("H13.91", "Ủy ban nhân dân xã Nhơn Ái mới", 1),
            ("H13.91.01", "Bộ phận một cửa xã Nhơn Ái mới", 61),
            ("H13.91.02", "Văn phòng", 61),
            ("H13.91.03", "Phòng Kinh tế xã Nhơn Ái mới", 61),
            ("H13.91.03.01", "Tổ công tác", 64),
        ]
    );
    assert_eq!(map(&plan), [(10, 61), (11, 62), (12, 63), (20, 61), (21, 62), (22, 64), (23, 65)]);
    let first = &plan.opens[0].1;
    assert_eq!((first.path.as_str(), first.valid_from, first.kind), ("/1/61/", Some(DAY), Kind::CommuneCommittee));
    assert_eq!(first.decision.as_deref(), Some("1668/NQ"));
    assert_eq!(plan.opens[4].1.path, "/1/61/64/65/");
    assert_eq!(plan.made[&1], [Id(61)]);
}

#[test]
fn one_that_merges_into_another_finds_its_parts_there_and_what_is_missing_is_opened() {
    let merged = Line { into: Some(Id(10)), ..line(1, Does::Merge, &[20]) };
    let (plan, opened) = done(&[merged]);
    // The desk is that of the commune that stands; its economy division is new there.
    assert_eq!(map(&plan), [(20, 10), (21, 11), (22, 61), (23, 62)]);
    assert_eq!(opened[0], ("H13.31.03".to_owned(), "Phòng Kinh tế xã Nhơn Ái".to_owned(), 10));
}

#[test]
fn a_split_gives_open_work_to_the_receiver_and_parts_to_every_new_agency() {
    let both = vec![makes("H13.91", "Ủy ban nhân dân xã A"), makes("H13.92", "Ủy ban nhân dân xã B")];
    let (plan, opened) = done(&[Line { makes: both, receiver: 1, ..line(1, Does::Split, &[10]) }]);
    assert_eq!(opened.len(), 6, "{opened:?}");
    let end = |id| plan.ends.iter().find(|end| end.id == Id(id)).map(|end| end.successors.clone());
    assert_eq!(end(10), Some(vec![Id(62), Id(61)]), "whoever gets the open work comes first");
    let desks: Vec<i64> = end(11).into_iter().flatten().map(|id| id.0).collect();
    let above = |id: i64| plan.opens.iter().find(|(_, a)| a.id.0 == id).and_then(|(_, a)| a.parent);
    assert_eq!(desks.iter().map(|desk| above(*desk)).collect::<Vec<_>>(), [Some(Id(62)), Some(Id(61))]);
    assert_eq!(plan.units[&Id(11)].0, desks[0]);
}

#[test]
fn what_is_dissolved_goes_to_the_agency_named_and_its_parts_to_parts() {
    let (plan, opened) = done(&[Line { into: Some(Id(30)), ..line(1, Does::Dissolve, &[10]) }]);
    assert_eq!(map(&plan), [(10, 30), (11, 31), (12, 61)], "nobody of a part gets a say over the whole");
    assert_eq!(opened, [("H13.33.02".to_owned(), "Văn phòng".to_owned(), 30)]);
}

#[test]
fn an_identifier_goes_on_where_the_agency_that_had_it_ends_and_not_otherwise() {
    let own = Line { makes: vec![makes("H13.31", "Ủy ban nhân dân xã Mới")], ..line(1, Does::Merge, &[10, 20]) };
    assert_eq!(wrong(std::slice::from_ref(&own)), []);
    let taken = Line { makes: vec![makes("H13.33", "Ủy ban nhân dân xã Mới")], ..own.clone() };
    assert_eq!(wrong(&[taken]), [("reorganisation-code-taken", "line-1".to_owned())]);
    let again = Line { n: 2, ends: vec![Id(30)], ..own.clone() };
    assert_eq!(wrong(&[own, again]), [("reorganisation-code-taken", "line-2".to_owned())]);
}

#[test]
fn what_stands_against_a_line_is_told_at_the_line() {
    let new = || vec![makes("H13.91", "Ủy ban nhân dân xã Mới")];
    let merged = |ends: &[i64]| Line { makes: new(), ..line(1, Does::Merge, ends) };
    for (ends, code) in [
        (&[60][..], "reorganisation-not-standing"),
        (&[1], "reorganisation-root"),
        (&[10, 40], "reorganisation-levels"),
        (&[12, 22], "reorganisation-parents"),
        (&[50], "reorganisation-root"),
    ] {
        let told = wrong(&[merged(ends)]);
        assert!(told.contains(&(code, "line-1".to_owned())), "{ends:?}: {told:?}");
    }
    let into = |into, ends: &[i64]| Line { into: Some(Id(into)), ..line(1, Does::Merge, ends) };
    assert_eq!(wrong(&[into(60, &[10])]), [("reorganisation-into-ends", "line-1".to_owned())]);
    assert_eq!(wrong(&[into(10, &[10])]), [("reorganisation-into-ends", "line-1".to_owned())]);
    assert_eq!(wrong(&[into(40, &[10])]), [("reorganisation-parents", "line-1".to_owned())]);
    let dissolved = Line { into: Some(Id(40)), ..line(1, Does::Dissolve, &[10]) };
    assert_eq!(wrong(&[dissolved]), [("reorganisation-levels", "line-1".to_owned())]);
    // Twice, at both lines.
    let twice = wrong(&[merged(&[10]), Line { n: 2, makes: vec![makes("H13.92", "B")], ..merged(&[10]) }]);
    assert_eq!(twice.iter().filter(|(code, _)| *code == "reorganisation-twice").count(), 2, "{twice:?}");
    // One that begins on the day itself has no day before to end on.
    let mut agencies = tree().all().to_vec();
    agencies[1].valid_from = Some(DAY);
    let (_, early) = plan(&Tree::new(agencies), &[merged(&[10])], DAY, "1");
    assert_eq!(early.first().map(|problem| problem.code), Some("reorganisation-day-before-start"));
    // An agency of its own below one that ends.
    let mut agencies = tree().all().to_vec();
    agencies[8].path = "/1/10/30/".into();
    agencies[8].parent = Some(Id(10));
    let (_, below) = plan(&Tree::new(agencies), &[merged(&[10])], DAY, "1");
    assert!(below.iter().any(|problem| problem.code == "reorganisation-child-kind"), "{below:?}");
}

/// Who works in a part gets no say over the whole, in a body none over another kind of body, and the province none over other systems.
#[test]
fn nothing_is_dissolved_into_what_stands_above_it_or_is_another_kind_and_other_systems_are_left_alone() {
    let into = |ends: i64, into: i64| wrong(&[Line { into: Some(Id(into)), ..line(1, Does::Dissolve, &[ends]) }]);
    let levels = vec![("reorganisation-levels", "line-1".to_owned())];
    assert_eq!(into(40, 1), levels, "a department into the province");
    assert_eq!(into(22, 20), levels, "a division into its commune");
    assert_eq!(into(12, 21), levels, "an office into a desk");
    let mut party = tree().all().to_vec();
    party.push(agency(51, "A13.01", "Văn phòng Đảng ủy", (Kind::Division, Level::Province), "/party/50/51/"));
    party.push(agency(52, "A13.02", "Ban Tổ chức", (Kind::Division, Level::Province), "/party/50/52/"));
    let line = Line { into: Some(Id(52)), ..line(1, Does::Dissolve, &[51]) };
    let (_, refused) = plan(&Tree::new(party), &[line], DAY, "1668/NQ");
    assert_eq!(refused.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["reorganisation-not-ours"]);
}
