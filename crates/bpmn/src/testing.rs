//! What has to hold of any bytes, for those who throw some at the reader.

/// Reads, writes, reads again, and draws what was read anew: what was read and is written comes back the same. Bytes that are no diagram
/// are refused, and nothing is asked of them.
///
/// # Panics
/// Where that does not hold.
pub fn holds(bytes: &[u8]) {
    let Ok(text) = crate::text(bytes) else { return };
    let Ok((mut diagram, _)) = crate::read(&text) else { return };
    for draw in [crate::connect, crate::lay_out] {
        match crate::read(&crate::write(&diagram)) {
            Ok(again) => assert_eq!(again, (diagram.clone(), vec![])),
            // What is written says more than it must.
            Err(refusal) => assert!(matches!(refusal.code(), "bpmn-too-many" | "bpmn-too-large"), "{refusal}"),
        }
        draw(&mut diagram);
        assert!(diagram.is_drawn());
    }
}
