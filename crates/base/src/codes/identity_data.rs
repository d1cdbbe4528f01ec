//! The tables behind identity numbers, read once from `data/identity.toml`.

use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

const TEXT: &str = include_str!("../../../../data/identity.toml");

#[derive(Default, Deserialize)]
pub(super) struct IdentityData {
    pub(super) citizen: Citizen,
    pub(super) tax: Tax,
    pub(super) phone: Phone,
}

#[derive(Default, Deserialize)]
pub(super) struct Citizen {
    pub(super) abroad_from: String,
    pub(super) provinces: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Tax {
    pub(super) weights: Vec<u32>,
    pub(super) modulus: u32,
}

#[derive(Default, Deserialize)]
pub(super) struct Phone {
    pub(super) mobile: Vec<String>,
    pub(super) fixed: String,
}

/// The shipped file is part of the program and a test reads it; should it ever be broken, every number is refused.
pub(super) static DATA: LazyLock<IdentityData> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_tables_are_whole() {
        let data: IdentityData = toml::from_str(TEXT).unwrap();
        assert_eq!(data.citizen.provinces.len(), 63);
        assert_eq!(data.citizen.provinces["092"], "Cần Thơ");
        assert_eq!(data.tax.weights, [31, 29, 23, 19, 17, 13, 7, 5, 3]);
        assert_eq!(data.tax.modulus, 11);
        assert!(
            data.phone.mobile.iter().all(|p| p.len() == 3 && p.starts_with('0') && !p.starts_with(&data.phone.fixed))
        );
    }
}
