use super::*;

fn step(id: &str, unit: StepUnit, allowed: &[&str]) -> Step {
    Step {
        id: id.into(),
        name: format!("Bước {id}"),
        role: Role::Officer,
        unit,
        norm: Limit::Hours(4),
        allowed: allowed.iter().map(|word| (*word).to_owned()).collect(),
        asks: Vec::new(),
    }
}

fn way(from: &str, to: &str, when: &str) -> Way {
    Way { from: from.into(), to: to.into(), when: when.into(), name: String::new() }
}

/// check → inspect beside two others → sign, or straight to sign.
pub(super) fn version() -> Version {
    let side = |name: &str, code: &str| Side::of(name, StepUnit::Agency(code.into()), Limit::Hours(4));
    let division = StepUnit::Division("land".into());
    Version {
        code: "1.000001".into(),
        name: "Cấp phép".into(),
        process: vec![
            step("check", StepUnit::Desk, &["forward"]),
            Step {
                asks: vec![side("Phòng cháy", "H13.901"), side("Môi trường", "H13.05")],
                ..step("inspect", division, &["forward", "return"])
            },
            step("sign", StepUnit::Leader, &["approve", "return"]),
        ],
        ways: vec![way("check", "inspect", "fee > 0"), way("check", "sign", ""), way("inspect", "sign", "")],
        ..Version::default()
    }
}

pub(super) fn drawn(version: &Version) -> Diagram {
    diagram(version, StepUnit::word)
}

#[test]
fn a_process_is_drawn_whole_and_read_back_as_it_was() {
    let version = version();
    let d = drawn(&version);
    assert!(d.is_drawn());
    let back = read(&d);
    assert_eq!((&back.process, &back.ways), (&version.process, &version.ways));
    assert_eq!(back.problems, []);
    // By way of the file that other tools read.
    let (file, left_out) = bpmn::read(&bpmn::write(&d)).unwrap();
    assert_eq!(left_out, []);
    assert_eq!(read(&file).process, version.process);
}

#[test]
fn several_conditions_come_back_in_their_order() {
    let mut version = version();
    version.ways = vec![
        way("check", "sign", "fee > 5"),
        way("check", "inspect", "fee > 1"),
        way("check", "end", ""),
        way("inspect", "sign", ""),
    ];
    version.process.push(step("end", StepUnit::Leader, &["approve"]));
    let conditions = |ways: &[Way]| ways.iter().map(|way| way.when.clone()).collect::<Vec<_>>();
    assert_eq!(conditions(&read(&drawn(&version)).ways), conditions(&version.ways));
}

/// Layers of gateways joined to each other completely: as many ways as nobody could walk.
#[test]
fn a_thicket_of_gateways_is_refused_at_once() {
    let mut d = Diagram { id: "p".into(), ..Diagram::default() };
    let node = |id: String, kind: Kind| Node { id, name: String::new(), kind, says: BTreeMap::new() };
    d.nodes.push(node(START.into(), Kind::Start));
    let layer = |n: usize| (0..10).map(|at| format!("g{n}-{at}")).collect::<Vec<_>>();
    let mut before = vec![START.to_owned()];
    for n in 0..9 {
        for id in layer(n) {
            let kind = if n % 2 == 0 { Kind::Merge } else { Kind::Join };
            d.nodes.push(node(id.clone(), kind));
            for from in &before {
                let id_of = format!("f{}", d.flows.len());
                d.flows.push(Flow { id: id_of, from: from.clone(), to: id.clone(), ..Flow::default() });
            }
        }
        before = layer(n);
    }
    assert!(!read(&d).problems.is_empty());
}

#[test]
fn a_line_is_drawn_and_read_back_as_a_line() {
    for steps in 1..=3 {
        let version = Version { ways: Vec::new(), process: version().process[..steps].to_vec(), ..version() };
        let back = read(&drawn(&version));
        assert_eq!((back.process, back.ways), (version.process, Vec::new()));
    }
    assert_eq!(read(&drawn(&Version::default())).problems.len(), 1);
}

#[test]
fn every_shipped_process_comes_back_as_it_was() {
    for version in crate::shipped::versions().unwrap() {
        let back = read(&drawn(&version));
        assert_eq!((back.process, back.ways), (version.process.clone(), version.ways.clone()), "{}", version.code);
    }
}

/// As other tools draw: nothing said of steps, a merge, a name for an id.
#[test]
fn what_others_drew_is_guessed_at_and_what_cannot_be_is_named() {
    let file = |content: &str| {
        let model = "http://www.omg.org/spec/BPMN/20100524/MODEL";
        let xml = format!("<definitions xmlns=\"{model}\"><process id=\"p\">{content}</process></definitions>");
        read(&bpmn::read(&xml).unwrap().0)
    };
    let flow =
        |n: usize, from: &str, to: &str| format!("<sequenceFlow id=\"f{n}\" sourceRef=\"{from}\" targetRef=\"{to}\"/>");
    let plain = "<startEvent id=\"s\"/><task id=\"Activity_1\" name=\"Kiểm tra hồ sơ\"/><task id=\"Activity_2\" name=\"Ký\"/><endEvent id=\"e\"/>";
    let flows = [flow(1, "s", "Activity_1"), flow(2, "Activity_1", "Activity_2"), flow(3, "Activity_2", "e")].concat();
    let guessed = file(&format!("{plain}{flows}"));
    assert_eq!(guessed.problems, []);
    let ids: Vec<&str> = guessed.process.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["kiem-tra-ho-so", "ky"]);
    assert_eq!(guessed.process[1].allowed, ["approve", "refuse", "return"]);
    assert_eq!(guessed.ways, []);
    // Two choices behind each other: nobody decides the second.
    let nested = "<startEvent id=\"s\"/><task id=\"a\" name=\"A\"/><exclusiveGateway id=\"g\"/><exclusiveGateway id=\"h\"/><task id=\"b\" name=\"B\"/><endEvent id=\"e\"/>";
    let condition = "<conditionExpression>fee &gt; 0</conditionExpression>";
    let flows = [
        flow(1, "s", "a"),
        flow(2, "a", "g"),
        format!("<sequenceFlow id=\"f3\" sourceRef=\"g\" targetRef=\"h\">{condition}</sequenceFlow>"),
        flow(4, "g", "b"),
        flow(5, "h", "b"),
        format!("<sequenceFlow id=\"f7\" sourceRef=\"h\" targetRef=\"e\">{condition}</sequenceFlow>"),
        flow(6, "b", "e"),
    ];
    let codes: Vec<&str> = file(&format!("{nested}{}", flows.concat())).problems.iter().map(|p| p.code).collect();
    // A condition without a language is none of ours (BPMN means XPath).
    assert_eq!(codes, ["catalogue-drawn-language", "catalogue-drawn-choice"]);
    assert_eq!(file("<task id=\"a\"/>").problems[0].code, "catalogue-drawn-start");
}
