//! Files that are broken, foreign, or made to harm: each is refused by its rule, with the line.

use bpmn::{BYTES_MAX, Construct, DEPTH_MAX, ELEMENTS_MAX, Kind, Note, Refusal, read, text};

const MODEL: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";

/// A file of one process, its content from line 3.
fn file(content: &str) -> String {
    format!(
        "<definitions xmlns=\"{MODEL}\" xmlns:m=\"urn:motcua:bpmn\">\n<process id=\"p\" name=\"P\">\n{content}\n</process>\n</definitions>"
    )
}

#[track_caller]
fn refused(xml: &str) -> Refusal {
    match read(xml) {
        Err(refusal) => refusal,
        Ok((diagram, _)) => panic!("read as {diagram:?}"),
    }
}

#[test]
fn document_types_and_the_bombs_in_them_are_refused() {
    let body = file("");
    for head in [
        "<!DOCTYPE definitions>",
        "<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>",
        "<!DOCTYPE d SYSTEM \"file:///etc/passwd\">",
    ] {
        assert_eq!(refused(&format!("<?xml version=\"1.0\"?>\n{head}{body}")), Refusal::Doctype { line: 2 });
    }
    let within = file("<extensionElements><a xmlns=\"b\"><!DOCTYPE d></a></extensionElements>");
    assert_eq!(refused(&within), Refusal::Doctype { line: 3 });
    assert_eq!(refused(&file("<task id=\"a\">&c;</task>")).code(), "bpmn-broken");
    assert_eq!(refused(&file("<task id=\"a\" name=\"&c;\"/>")).code(), "bpmn-broken");
}

#[test]
fn what_is_over_a_bound_is_refused_with_the_bound() {
    let deep = file(&format!(
        "{}{}",
        "<task id=\"a\"><documentation>".repeat(DEPTH_MAX),
        "</documentation></task>".repeat(DEPTH_MAX)
    ));
    assert_eq!(refused(&deep), Refusal::TooDeep { line: 3, max: DEPTH_MAX });
    // Deep in what belongs to others, too.
    let deep = file(&format!("<extensionElements>{}", "<a xmlns=\"b\">".repeat(DEPTH_MAX)));
    assert_eq!(refused(&deep).code(), "bpmn-too-deep");
    assert_eq!(refused(&file(&"<documentation/>".repeat(ELEMENTS_MAX))), Refusal::TooMany { max: ELEMENTS_MAX });
    let large = file(&format!("<!--{}-->", " ".repeat(BYTES_MAX)));
    assert_eq!(refused(&large), Refusal::TooLarge { max: BYTES_MAX });
    assert_eq!(text(large.as_bytes()), Err(Refusal::TooLarge { max: BYTES_MAX }));
    let wide: String = (0..100_000).map(|n| format!(" a{n}=\"\"")).collect();
    assert_eq!(refused(&file(&format!("<task id=\"a\"{wide}/>"))).code(), "bpmn-broken");
    // As many as there may be, of other programs: passed over.
    let many = file(&format!("<extensionElements>{}</extensionElements>", "<x:a xmlns:x=\"b\"/>".repeat(50_000)));
    let (_, left_out) = read(&many).expect("a process");
    assert_eq!((left_out.len(), left_out[0].note), (1, Note::Foreign));
}

#[test]
fn broken_files_are_refused_at_their_line() {
    let line = |xml: &str| match refused(xml) {
        Refusal::Broken { line, .. } => line,
        other => panic!("{other:?}"),
    };
    assert_eq!(line(&file("<task id=\"a\">\n</tusk>")), 4);
    assert_eq!(line(&file("\n<task id=\"a\" id=\"b\"/>")), 4);
    assert_eq!(line(&file("\n\n<task id=a/>")), 5);
    assert_eq!(line(&file("<task id=\"&#0;\"/>")), 3);
    assert_eq!(line(&file("<task id=\"a\"")), 3);
    assert_eq!(line(&format!("<definitions xmlns=\"{MODEL}\">\n<process id=\"p\">")), 2);
    // In the middle of what belongs to others.
    assert_eq!(line(&format!("<definitions xmlns=\"{MODEL}\">\n<extensionElements><a xmlns=\"b\">text")), 2);
    assert_eq!(line(&format!("{}\n<a/>", file(""))), 6);
    assert_eq!(line(&format!("{}\nmore", file(""))), 6);
    assert_eq!(refused(""), Refusal::Empty);
    assert_eq!(refused(" \n"), Refusal::Empty);
    assert_eq!(refused("\u{feff}"), Refusal::Empty);
    assert!(matches!(refused("hello"), Refusal::Broken { line: 1, .. }));
}

#[test]
fn it_is_the_address_of_the_namespace_that_counts_and_no_prefix() {
    assert_eq!(refused("<definitions/>"), Refusal::Other { line: 1, element: "definitions".into() });
    assert_eq!(refused("<html><body/></html>"), Refusal::Other { line: 1, element: "html".into() });
    // The draft of 2009 is another language.
    let draft = "\n<definitions xmlns=\"http://schema.omg.org/spec/BPMN/2.0\"/>";
    assert_eq!(refused(draft), Refusal::Other { line: 2, element: "definitions".into() });
    assert_eq!(refused(&format!("<process xmlns=\"{MODEL}\" id=\"p\"/>")).code(), "bpmn-other");
    assert_eq!(refused(&format!("<definitions xmlns=\"{MODEL}\"/>")), Refusal::NoProcess);
    let prefixed = "<x:definitions xmlns:x=\"MODEL\" xmlns:bpmn=\"urn:other\"><x:process id=\"p\"><bpmn:subProcess id=\"s\"/>\
        <x:task id=\"a\" name=\"A&#13;&#10; b\"/></x:process></x:definitions>";
    let (d, left_out) = read(&prefixed.replace("MODEL", MODEL)).expect("a process");
    assert_eq!((d.nodes.len(), d.nodes[0].name.as_str()), (1, "A b"));
    assert_eq!(left_out.iter().map(|left| left.note).collect::<Vec<_>>(), [Note::Foreign]);
}

#[test]
fn ids_that_are_missing_or_there_twice_and_flows_to_nowhere_are_told() {
    assert_eq!(refused(&file("<task id=\"a\"/>\n<task id=\"a\"/>")), Refusal::Twice { line: 4, id: "a".into() });
    assert_eq!(refused(&file("<task id=\"p\"/>")), Refusal::Twice { line: 3, id: "p".into() });
    assert_eq!(refused(&file("<task name=\"a\"/>")), Refusal::NoId { line: 3, element: "task".into() });
    let twice = "<task id=\"a\"/><sequenceFlow id=\"a\" sourceRef=\"a\" targetRef=\"a\"/>";
    assert_eq!(refused(&file(twice)), Refusal::Twice { line: 3, id: "a".into() });
    for (from, to) in [("a", "b"), ("b", "a"), ("a", ""), ("a", "p")] {
        let flow =
            format!("<task id=\"a\"/>\n<sequenceFlow id=\"f\" name=\"n\" sourceRef=\"{from}\" targetRef=\"{to}\"/>");
        let end = if from == "a" { to } else { from };
        let nowhere = Refusal::Nowhere { line: 4, id: "f".into(), name: "n".into(), end: end.into() };
        assert_eq!(refused(&file(&flow)), nowhere);
    }
    // A flow may have no id: it is given one that nobody has.
    let unnamed = "<task id=\"flow\"/><sequenceFlow sourceRef=\"flow\" targetRef=\"p:flow\"/>";
    assert_eq!(read(&file(unnamed)).expect("a process").0.flows[0].id, "flow-2");
}

#[test]
fn constructs_are_told_all_at_once_by_id_name_and_line() {
    let content = "<startEvent id=\"s\"><conditionalEventDefinition id=\"c\"/></startEvent>\n\
        <task id=\"t\" name=\"Việc\"><standardLoopCharacteristics/></task>\n\
        <sequenceFlow id=\"f\" sourceRef=\"t\" targetRef=\"t\"/>\n<sequenceFlow id=\"g\" sourceRef=\"t\" targetRef=\"s\"/>\n\
        <subProcess id=\"u\" triggeredByEvent=\"true\"><inclusiveGateway id=\"i\"/><inclusiveGateway id=\"j\"/></subProcess>\n\
        <callActivity id=\"k\" calledElement=\"p\"/><endEvent id=\"e\"><errorEventDefinition/></endEvent>\n\
        <task id=\"undo\" isForCompensation=\"true\"/>";
    let Refusal::Constructs(found) = refused(&file(content)) else { panic!("no constructs") };
    let told: Vec<_> = found.iter().map(|f| (f.construct, f.id.as_str(), f.name.as_str(), f.line, f.times)).collect();
    let wanted = [
        (Construct::Event, "s", "", 3, 2),
        (Construct::ImplicitSplit, "t", "Việc", 4, 1),
        (Construct::StandardLoop, "t", "Việc", 4, 1),
        (Construct::EventSubProcess, "u", "", 7, 1),
        (Construct::InclusiveGateway, "i", "", 7, 2),
        (Construct::CallActivity, "k", "", 8, 1),
        (Construct::Compensation, "undo", "", 9, 1),
    ];
    assert_eq!(told, wanted);
}

#[test]
fn codes_are_those_of_words_and_each_has_its_own() {
    let codes = Construct::ALL.iter().map(|one| one.code()).chain(Note::ALL.iter().map(|one| one.code()));
    let codes: Vec<&str> = codes.collect();
    let unique: std::collections::BTreeSet<_> = codes.iter().collect();
    assert_eq!(unique.len(), codes.len());
    assert!(
        codes.iter().all(|code| code.starts_with("bpmn-") && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
    );
}

#[test]
fn a_gateway_that_waits_and_splits_is_two_and_what_is_simpler_here_is_noted() {
    let content = "<laneSet id=\"ls\"><lane id=\"outer\" name=\"Sở\"><childLaneSet id=\"in\">\
        <lane id=\"l1\" name=\"Phòng\"><flowNodeRef> g </flowNodeRef><flowNodeRef>t</flowNodeRef><flowNodeRef>data</flowNodeRef></lane>\
        <lane id=\"l2\"><flowNodeRef>t</flowNodeRef></lane></childLaneSet></lane></laneSet>\n\
        <startEvent id=\"s1\"><messageEventDefinition/></startEvent><startEvent id=\"s2\"/>\n\
        <parallelGateway id=\"g\"/><serviceTask id=\"t\" name=\"Máy\"><documentation>a</documentation></serviceTask><task id=\"u\"/>\n\
        <endEvent id=\"e\"><terminateEventDefinition/></endEvent>\n\
        <sequenceFlow id=\"f1\" sourceRef=\"s1\" targetRef=\"g\"/><sequenceFlow id=\"f2\" sourceRef=\"s2\" targetRef=\"g\"/>\
        <sequenceFlow id=\"f3\" sourceRef=\"g\" targetRef=\"t\"/><sequenceFlow id=\"f4\" sourceRef=\"g\" targetRef=\"u\"/>\
        <sequenceFlow id=\"f5\" sourceRef=\"t\" targetRef=\"e\"><extensionElements><m:back times=\"many\"/></extensionElements>\
        <conditionExpression><![CDATA[ a < b ]]>&amp;&#38; c</conditionExpression></sequenceFlow>";
    let (d, left_out) = read(&file(content)).expect("a process");
    let kinds: Vec<_> = d.nodes.iter().map(|node| (node.id.as_str(), &node.kind)).collect();
    assert_eq!(kinds[2..4], [("g-join", &Kind::Join), ("g", &Kind::Fork)]);
    assert_eq!(d.flows.iter().filter(|flow| flow.to == "g-join").count(), 2);
    assert_eq!(d.lanes[0].nodes, ["g", "t", "g-join"]);
    let when = (d.flows[4].when.as_str(), d.flows[4].language.as_str(), d.flows[4].times);
    assert_eq!(when, ("a < b && c", "http://www.w3.org/1999/XPath", 0));
    let mut notes: Vec<_> = left_out.iter().map(|left| (left.note, left.line)).collect();
    notes.sort();
    let wanted = [
        (Note::Element, 5),
        (Note::ByPerson, 5),
        (Note::PlainStart, 4),
        (Note::PlainEnd, 6),
        (Note::Split, 5),
        (Note::OuterLane, 3),
        (Note::LaneTwice, 3),
        (Note::Times, 7),
    ];
    assert_eq!(notes, wanted);
}

#[test]
fn utf_16_is_read_and_other_bytes_are_not() {
    let xml = file("<task id=\"a\" name=\"Thẩm định\"/>");
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(xml.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(text(&wide).expect("a text"), xml);
    wide.push(0);
    assert_eq!(text(&wide), Err(Refusal::Encoding));
    assert_eq!(text(b"\xFF\xFE\x00\xD8"), Err(Refusal::Encoding));
    assert_eq!(text(b"<a>\xE1</a>"), Err(Refusal::Encoding));
    assert_eq!(text(b"\xEF\xBB\xBF<a/>").expect("a text"), "<a/>");
}

#[test]
fn places_that_are_none_are_left_out() {
    let di = "<bpmndi:BPMNDiagram xmlns:bpmndi=\"http://www.omg.org/spec/BPMN/20100524/DI\" xmlns:dc=\"http://www.omg.org/spec/DD/20100524/DC\">\
        <bpmndi:BPMNPlane bpmnElement=\"p\"><bpmndi:BPMNShape bpmnElement=\"a\"><dc:Bounds x=\"X\" y=\"1.6\" width=\"100\" height=\"80\"/></bpmndi:BPMNShape>\
        </bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>";
    for (x, place) in [("1.4", Some(1)), ("-3", Some(-3)), ("NaN", None), ("1e300", None), ("", None)] {
        let xml = file("<task id=\"a\"/>").replace("</definitions>", &di.replace("\"X\"", &format!("\"{x}\"")));
        let (d, left_out) = read(&xml).expect("a process");
        assert_eq!(d.shapes.get("a").map(|place| place.x), place, "{x}");
        assert_eq!(left_out.len(), usize::from(place.is_none()), "{x}");
        assert_eq!(d.is_drawn(), place.is_some());
    }
}
