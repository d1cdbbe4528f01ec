//! What goes wrong by the office's own doing.

use serde::{Deserialize, Serialize};

/// What goes wrong by the office's own doing (NĐ 61/2018/NĐ-CP Điều 21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mishap {
    /// Sai sót trong kết quả giải quyết.
    Error,
    /// Hồ sơ, giấy tờ bị mất, thất lạc, hư hỏng.
    Lost,
}

base::closed_list!(Mishap, { Error => "error", Lost => "lost" });
