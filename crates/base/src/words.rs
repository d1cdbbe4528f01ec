//! The small closed lists that every room uses: language, level of government, channel.

use crate::Problem;

/// Gives a closed list its words: `ALL`, `WORDS`, `as_str`, `read`. With a problem's code it reads and writes itself as well: `Display`,
/// `FromStr` (that problem), serde as the word.
///
/// ```
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Side { Before, After }
/// base::closed_list!(Side, { Before => "before", After => "after" });
/// assert_eq!(Side::read("after"), Some(Side::After));
/// assert_eq!(Side::WORDS, ["before", "after"]);
/// ```
#[macro_export]
macro_rules! closed_list {
    ($type:ident, { $($variant:ident => $text:literal),+ $(,)? }) => {
        #[allow(dead_code, reason = "not every list is asked for everything")]
        impl $type {
            /// Every member, in order.
            pub const ALL: [$type; { [$($text),+].len() }] = [$($type::$variant),+];
            /// Their words, in the same order.
            pub const WORDS: [&'static str; { [$($text),+].len() }] = [$($text),+];
            /// The stable word of the member, as kept in the database, in addresses and in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $($type::$variant => $text),+ }
            }
            /// The member of that word.
            pub fn read(word: &str) -> Option<$type> {
                match word { $($text => Some($type::$variant),)+ _ => None }
            }
        }
    };
    ($type:ident, $problem:literal, { $($variant:ident => $text:literal),+ $(,)? }) => {
        $crate::closed_list!($type, { $($variant => $text),+ });
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl std::str::FromStr for $type {
            type Err = $crate::Problem;
            fn from_str(s: &str) -> Result<Self, $crate::Problem> {
                $type::read(s).ok_or_else(|| $crate::Problem::new($problem).arg("value", $crate::text::clip(s, 40)))
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'_, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use closed_list;

/// A language of the screens. Vietnamese comes first everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}
closed_list!(Lang, "base-lang", { Vi => "vi", En => "en" });

impl Lang {
    /// `vi` or `en`, as in the `lang` attribute of a page.
    pub const fn code(self) -> &'static str {
        self.as_str()
    }
}

/// A level of government. Since 01/07/2025 only province and commune exist (Luật Tổ chức chính quyền địa phương 72/2025/QH15);
/// districts stay for what was done before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Cấp tỉnh.
    #[default]
    Province,
    /// Cấp huyện, abolished on 01/07/2025.
    District,
    /// Cấp xã.
    Commune,
}
closed_list!(Level, "base-level", { Province => "province", District => "district", Commune => "commune" });

/// Which system of bodies an agency belongs to: each has trees of its own, and no grant reaches from one tree into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// The state administration of the province: its People's Committee, and what stands below.
    State,
    /// Cơ quan ngành dọc: bodies of ministries in the province, such as police, tax, social insurance, treasury.
    Vertical,
    /// The Party's committee and its bodies.
    Party,
    /// The Fatherland Front and the socio-political organisations (Luật Mặt trận Tổ quốc Việt Nam 75/2015/QH13).
    Front,
}
closed_list!(System, "base-system", {
    State => "state",
    Vertical => "vertical",
    Party => "party",
    Front => "front",
});

impl System {
    /// The systems beside the state's; a path of theirs begins with their word (`/vertical/7001/`).
    pub const BESIDE: [System; 3] = [System::Vertical, System::Party, System::Front];

    /// What the paths of the system's trees begin with.
    pub fn head(self) -> String {
        if self == System::State { "/".to_owned() } else { format!("/{}/", self.as_str()) }
    }

    /// The system a path lies in.
    pub fn of_path(path: &str) -> System {
        System::BESIDE.into_iter().find(|system| path.starts_with(&system.head())).unwrap_or(System::State)
    }
}

/// How a dossier came in. The numbers are those of the national portal's field `KenhThucHien`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Trực tiếp.
    Counter = 1,
    /// Trực tuyến.
    Online = 2,
    /// Bưu chính công ích.
    Post = 3,
}
closed_list!(Channel, "base-channel", { Counter => "counter", Online => "online", Post => "post" });

impl Channel {
    /// The national portal's number: 1 counter, 2 online, 3 post.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// The channel of the national portal's number. Problem: `base-channel`.
    pub fn from_code(code: i64) -> Result<Channel, Problem> {
        Channel::ALL
            .into_iter()
            .find(|c| c.code() == code)
            .ok_or_else(|| Problem::new("base-channel").arg("value", code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_itself() {
        for l in Level::ALL {
            assert_eq!(l.as_str().parse::<Level>().unwrap(), l);
        }
        for c in Channel::ALL {
            assert_eq!(c.as_str().parse::<Channel>().unwrap(), c);
            assert_eq!(Channel::from_code(c.code()).unwrap(), c);
            assert_eq!(serde_json::from_str::<Channel>(&serde_json::to_string(&c).unwrap()).unwrap(), c);
        }
        assert_eq!(Lang::default().code(), "vi");
        assert_eq!("fr".parse::<Lang>().unwrap_err().code, "base-lang");
        assert_eq!(Channel::from_code(9).unwrap_err().code, "base-channel");
    }
}
