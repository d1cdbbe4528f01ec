//! Every act in every state by everybody, held against `acts.txt`: a change of who may do what when is a change of that file. Set
//! `UPDATE=1` to write it anew.

use crate::support::{Person, Province, START, provinces, refusal};
use feedback::State;
use feedback::verbs::VERBS;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/life/acts.txt");

/// Somebody does something, with what they type.
type Step<'a> = (&'a Person, &'a str, &'a [(&'a str, &'a str)]);

/// A petition in a state, and its sender.
async fn in_state(province: &Province, state: State) -> (String, Person) {
    let receipt = province.sent().await;
    let (code, sender) = (receipt.held.code, Person::Sender(receipt.key));
    let unit = province.division.id.to_string();
    let sorting = [("class", "place"), ("topic", "roads"), ("unit", unit.as_str())];
    let draft = [("answer_text", "Sẽ nạo vét cống.")];
    let why = [("reason", "Lý do")];
    let public = [("public_title", "Ngập"), ("answer_question", "Đường ngập."), ("answer_public", "Sẽ nạo vét.")];
    let (clerk, officer, leader) = (province.clerk(), province.officer(), province.leader());
    let handled = [(&clerk, "sort", &sorting[..])];
    let drafted = [(&officer, "draft", &draft[..])];
    let answered = [(&leader, "approve", &[][..])];
    let steps: Vec<Step<'_>> = match state {
        State::New => Vec::new(),
        State::Handling => handled.to_vec(),
        State::Asked => [&handled[..], &[(&officer, "ask", &[("text", "Ở đâu?")][..])]].concat(),
        State::Joined => {
            let lead = province.handled().await.held.code;
            for (person, word, fields) in &handled {
                province.act(person, &code, word, fields, START).await.unwrap();
            }
            province.act(&officer, &code, "join", &[("lead", &lead)], START).await.unwrap();
            return (code, sender);
        }
        State::Drafted => [&handled[..], &drafted].concat(),
        State::Answered => [&handled[..], &drafted, &answered].concat(),
        State::Published => [&handled[..], &drafted, &answered, &[(&leader, "publish", &public[..])]].concat(),
        State::Kept => [&handled[..], &drafted, &answered, &[(&leader, "keep", &why[..])]].concat(),
        State::Refused => vec![(&clerk, "refuse", &why[..])],
        State::HandedOver => vec![(&clerk, "hand-over", &[("track", "complaint"), ("reason", "Lý do")][..])],
        State::Withdrawn => vec![(&sender, "withdraw", &[][..])],
    };
    for (person, word, fields) in steps {
        province.act(person, &code, word, fields, START).await.unwrap();
    }
    (code, sender)
}

/// What an act comes to when everything is filled in wrongly: whether it was let through to what was typed.
async fn outcome(province: &Province, person: &Person, code: &str, word: &str) -> &'static str {
    // A field nobody asks for keeps acts without fields from being done.
    let fields = [("unit", "x"), ("score", "9"), ("track", "x"), ("reason", ""), ("text", ""), ("person", "x")];
    match province.act(person, code, word, &fields, START).await {
        Ok(_) => "done",
        Err(fault) => match refusal(fault) {
            "records-not-found" => "none",
            "records-not-yours" => "no",
            "records-not-now" => ".",
            "records-no-act" => "?",
            _ => "may",
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_in_every_state_is_open_to_exactly_those_the_table_names() {
    for province in provinces().await {
        let mut text = String::from(
            "# Who may do what in which state. Held by matrix.rs; UPDATE=1 writes it anew.\n\
             # may/done: may · no: may not · none: is told there is no such petition. Acts not named are not possible in that state.\n",
        );
        for state in State::ALL {
            for verb in VERBS.iter().filter(|verb| !verb.from.is_empty()) {
                let mut line = format!("{:12} {:10}", state.as_str(), verb.word);
                let (mut possible, mut named) = (false, 0);
                // A petition of one's own for each question: some acts need no fields and are done.
                let people =
                    ["sender", "clerk", "officer", "head", "leader", "chairman", "inspector", "stranger", "nobody"];
                for who in people {
                    let (code, sender) = match possible || named == 0 {
                        true => in_state(&province, state).await,
                        false => break,
                    };
                    named += 1;
                    let person = match who {
                        "sender" => sender,
                        "clerk" => province.clerk(),
                        "officer" => province.officer(),
                        "head" => province.head(),
                        "leader" => province.leader(),
                        "chairman" => province.chairman(),
                        "inspector" => province.inspector(),
                        "stranger" => province.stranger(),
                        _ => Person::Nobody,
                    };
                    let came = outcome(&province, &person, &code, verb.word).await;
                    possible = came != ".";
                    line.push_str(&format!(" {who}:{came}"));
                }
                assert_eq!(possible, verb.from.contains(&state), "{line}");
                if possible {
                    text.push_str(&line);
                    text.push('\n');
                }
            }
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(TABLE, &text).unwrap();
        }
        let expected = std::fs::read_to_string(TABLE).unwrap_or_default();
        assert_eq!(text, expected, "{TABLE} and the program disagree");
        province.proven().await;
    }
}

#[test]
fn every_act_field_choice_and_state_has_words_in_both_languages() {
    i18n::install(&[feedback::module().locales, records::LOCALES, base_words()]);
    let mut missing = Vec::new();
    let mut wanted: Vec<String> = State::ALL.iter().map(|state| format!("feedback-state-{}", state.as_str())).collect();
    wanted.extend(feedback::petition::CHANNELS.iter().map(|word| format!("feedback-channel-{word}")));
    for track in feedback::petition::TRACKS {
        wanted.push(format!("feedback-track-{track}-word"));
    }
    for verb in VERBS {
        wanted.extend([format!("feedback-act-{}", verb.word), format!("feedback-act-{}-hint", verb.word)]);
        for field in verb.asks {
            wanted.extend([format!("feedback-field-{}", field.name), format!("feedback-field-{}-hint", field.name)]);
            if let records::Ask::OneOf(words) = field.ask {
                wanted.extend(words.iter().map(|word| format!("feedback-{}-{word}", field.name)));
            }
            if field.ask == records::Ask::Lines {
                assert!(web::knows_text_area(field.name), "the edge makes one line of {}", field.name);
            }
        }
    }
    wanted.extend(feedback::KIND.dues.iter().map(|due| due.word.to_owned()));
    for key in wanted {
        for lang in [base::Lang::Vi, base::Lang::En] {
            if !i18n::has(lang, &key) {
                missing.push(format!("{key} {}", lang.code()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

fn base_words() -> i18n::Source {
    web::base_locales()
}
