//! What a program sends for an act: the fields of all verbs, read and described by what their rows ask for.

use crate::verbs::{Row, TABLE};
use base::Id;
use records::{Ask, Field, Typed};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;
use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, Object, ObjectBuilder, RefOr};

/// One thing to do to a dossier; which fields matter depends on the verb.
#[derive(Debug, Default)]
pub struct ActBody(Typed);

impl ActBody {
    /// A field's text; empty where nothing was said.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.fields.get(name).map_or("", String::as_str)
    }
}

impl From<ActBody> for Typed {
    fn from(body: ActBody) -> Typed {
        body.0
    }
}

/// The fields of all verbs, each once; files travel beside the body.
static FIELDS: LazyLock<BTreeMap<&'static str, &'static Field>> = LazyLock::new(|| {
    let asked = TABLE.iter().flat_map(|row| row.asks).filter(|field| !matches!(field.ask, Ask::Files(_)));
    asked.map(|field| (field.name, field)).collect()
});

/// Their names, for the refusal of another.
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| FIELDS.keys().copied().collect());

impl<'de> Deserialize<'de> for ActBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = ActBody;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the fields of an act")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ActBody, A::Error> {
                let (mut body, mut seen) = (Typed::default(), BTreeSet::new());
                while let Some(name) = map.next_key::<String>()? {
                    let known = FIELDS.get(name.as_str()).copied();
                    let field = known.ok_or_else(|| A::Error::unknown_field(&name, NAMES.as_slice()))?;
                    if !seen.insert(field.name) {
                        return Err(A::Error::duplicate_field(field.name));
                    }
                    let text = match field.ask {
                        Ask::Check => {
                            if map.next_value::<bool>()? {
                                "1".to_owned()
                            } else {
                                String::new()
                            }
                        }
                        Ask::Number(..) => map.next_value::<Option<i64>>()?.map(|n| n.to_string()).unwrap_or_default(),
                        Ask::Person | Ask::Unit => {
                            map.next_value::<Option<Id>>()?.map(|id| id.to_string()).unwrap_or_default()
                        }
                        Ask::Words => map.next_value::<Vec<String>>()?.join("\n"),
                        Ask::Texts => {
                            let texts = map.next_value::<BTreeMap<String, String>>()?;
                            let named = texts.into_iter().map(|(of, text)| (format!("{name}.{of}"), text));
                            body.fields.extend(named);
                            continue;
                        }
                        _ => map.next_value::<String>()?,
                    };
                    body.fields.insert(name, text);
                }
                Ok(ActBody(body))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// Which verbs ask for a field, and what it means there.
fn about(name: &str) -> String {
    let mut meanings: Vec<(&str, Vec<&str>)> = Vec::new();
    let asks = |row: &'static Row| row.asks.iter().find(|field| field.name == name).map(|field| (row, field));
    for (row, field) in TABLE.iter().filter_map(asks) {
        match meanings.iter_mut().find(|(meaning, _)| *meaning == field.about) {
            Some((_, verbs)) => verbs.push(row.verb.as_str()),
            None => meanings.push((field.about, vec![row.verb.as_str()])),
        }
    }
    let said = |(meaning, verbs): &(&str, Vec<&str>)| match *meaning {
        "" => verbs.join(", "),
        meaning => format!("{}: {meaning}", verbs.join(", ")),
    };
    format!("{}.", meanings.iter().map(said).collect::<Vec<_>>().join("; "))
}

fn text() -> Object {
    ObjectBuilder::new().schema_type(Type::String).build()
}

fn property(field: &Field) -> RefOr<Schema> {
    let or_null = |kind: Type| SchemaType::from_iter([kind, Type::Null]);
    let object = ObjectBuilder::new().description(Some(about(field.name)));
    let object = match field.ask {
        Ask::Check => object.schema_type(Type::Boolean).default(Some(json!(false))),
        Ask::Number(least, most) => object
            .schema_type(or_null(Type::Integer))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(least))
            .maximum(Some(most))
            .default(Some(Value::Null)),
        Ask::Person | Ask::Unit => object
            .schema_type(or_null(Type::String))
            .pattern(Some("^([1-9][0-9]{0,17}|[1-8][0-9]{18})$"))
            .default(Some(Value::Null)),
        Ask::Words => {
            let list = ArrayBuilder::new().items(text()).description(Some(about(field.name)));
            return list.default(Some(json!([]))).into();
        }
        Ask::Texts => object
            .schema_type(Type::Object)
            .additional_properties(Some(RefOr::T(Schema::from(text()))))
            .property_names(Some(text()))
            .default(Some(json!({}))),
        _ => object.schema_type(Type::String).default(Some(json!(""))),
    };
    object.into()
}

impl utoipa::PartialSchema for ActBody {
    fn schema() -> RefOr<Schema> {
        let said = "One thing to do to a dossier; which fields matter depends on the verb.";
        let whole = ObjectBuilder::new().description(Some(said)).schema_type(Type::Object);
        let whole = FIELDS.values().fold(whole, |whole, field| whole.property(field.name, property(field)));
        whole.additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(false))).into()
    }
}

impl utoipa::ToSchema for ActBody {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_by_what_the_verbs_ask_for() {
        let body = json!({
            "reason": "Thiếu giấy", "paper": true, "sure": false, "amount_dong": 50_000, "handler": "7",
            "papers": ["A", "B"], "answers": { "child_name": "Lan" },
        });
        let typed: Typed = serde_json::from_value::<ActBody>(body).unwrap().into();
        let all: Vec<(&str, &str)> = typed.fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let wanted = [
            ("amount_dong", "50000"),
            ("answers.child_name", "Lan"),
            ("handler", "7"),
            ("paper", "1"),
            ("papers", "A\nB"),
            ("reason", "Thiếu giấy"),
            ("sure", ""),
        ];
        assert_eq!(all, wanted);
    }

    #[test]
    fn a_field_that_no_verb_asks_for_and_one_of_another_kind_are_refused_by_name() {
        let refused = |body: Value| serde_json::from_value::<ActBody>(body).unwrap_err().to_string();
        assert!(refused(json!({ "reasn": "x" })).starts_with("unknown field `reasn`, expected one of `about`"));
        for (name, value) in
            [("reason", json!(null)), ("paper", json!("yes")), ("papers", json!("A")), ("score", json!("5"))]
        {
            assert!(refused(json!({ name: value })).starts_with("invalid type"), "{name}");
        }
        let twice = serde_json::from_str::<ActBody>(r#"{"reason":"a","reason":"b"}"#).unwrap_err().to_string();
        assert!(twice.starts_with("duplicate field `reason`"), "{twice}");
    }

    #[test]
    fn a_description_names_the_verbs_and_what_the_field_means_to_them() {
        assert_eq!(about("reason").split(", ").count(), 14);
        let note = "forward, complete-supplement, approve; rate: a few words, kept apart from the answer; \
                    forward-opinion: what is proposed as the answer.";
        assert_eq!(about("note"), note);
    }
}
