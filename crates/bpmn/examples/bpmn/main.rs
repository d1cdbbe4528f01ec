//! Writes diagrams for other programs to read: `bpmn FOLDER [MODELS]`.
//!
//! Into FOLDER go the samples, each again with some nodes moved (`NAME.moved.bpmn`), and, of every `*.bpmn` in MODELS that can be taken
//! over, the same written again: once as it was drawn (`NAME.again.bpmn`) and once laid out anew (`NAME.anew.bpmn`). Prints what became
//! of each model.

mod samples;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: bpmn FOLDER [MODELS]");
        std::process::exit(2);
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for (name, mut diagram) in samples::all() {
        bpmn::lay_out(&mut diagram);
        std::fs::write(folder.join(format!("{name}.bpmn")), bpmn::write(&diagram))?;
        // As if somebody had dragged some of its nodes.
        for (at, node) in diagram.nodes.iter().enumerate().filter(|(at, _)| at % 3 == 0) {
            if let Some(place) = diagram.shapes.get_mut(&node.id) {
                place.y += if at % 2 == 0 { 45 } else { -30 };
            }
        }
        bpmn::connect(&mut diagram);
        std::fs::write(folder.join(format!("{name}.moved.bpmn")), bpmn::write(&diagram))?;
    }
    let Some(models) = arguments.next() else { return Ok(()) };
    let mut files: Vec<_> = std::fs::read_dir(models)?.filter_map(|file| Some(file.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "bpmn"));
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::read(&file)?;
        match bpmn::text(&bytes).and_then(|text| bpmn::read(&text)) {
            Err(refusal) => println!("{name}: refused, {refusal}"),
            Ok((mut diagram, left_out)) => {
                println!(
                    "{name}: {} nodes, {} flows, {} notes",
                    diagram.nodes.len(),
                    diagram.flows.len(),
                    left_out.len()
                );
                for left in left_out {
                    println!(
                        "    {} {} × {} {}, line {}",
                        left.note.code(),
                        left.times,
                        left.element,
                        left.name,
                        left.line
                    );
                }
                if diagram.is_drawn() {
                    std::fs::write(folder.join(format!("{name}.again.bpmn")), bpmn::write(&diagram))?;
                }
                bpmn::lay_out(&mut diagram);
                std::fs::write(folder.join(format!("{name}.anew.bpmn")), bpmn::write(&diagram))?;
            }
        }
    }
    Ok(())
}
