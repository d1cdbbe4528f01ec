//! The life events of the portal's home page, as data.

use base::Lang;
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = include_str!("../../../data/procedures/life-events.toml");

/// One life event: a few words and the procedures people need then.
#[derive(Clone, Debug, Deserialize)]
pub struct LifeEvent {
    /// `birth`, used in addresses.
    pub id: String,
    /// Name of a Tabler icon.
    pub icon: String,
    name: BTreeMap<Lang, String>,
    /// What to search for.
    pub query: String,
    /// Codes, the most wanted first.
    pub procedures: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    event: Vec<LifeEvent>,
}

impl LifeEvent {
    /// Name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        self.name.get(&lang).map_or("", String::as_str)
    }
}

/// The life events, in the order to show them; empty only if the shipped file were broken, which a
/// test prevents.
pub fn events() -> Vec<LifeEvent> {
    toml::from_str::<File>(FILE).map(|file| file.event).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_life_event_leads_to_shipped_procedures() {
        let codes: Vec<String> = crate::shipped::versions().unwrap().into_iter().map(|v| v.code).collect();
        let events = events();
        assert_eq!(events.len(), 6);
        for event in &events {
            assert!(event.procedures.len() >= 3, "{}", event.id);
            for code in &event.procedures {
                assert!(codes.contains(code), "{} {code}", event.id);
            }
            assert!(!event.name(Lang::Vi).is_empty() && !event.name(Lang::En).is_empty());
            assert_ne!(event.name(Lang::Vi), event.name(Lang::En));
        }
    }
}
