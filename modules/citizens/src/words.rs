//! A time limit in words.

use base::Limit;
use i18n::L;

/// "3 ngày làm việc", "trong ngày".
pub(crate) fn limit(l: L, limit: Limit) -> String {
    let (key, n) = match limit {
        Limit::WorkingDays(n) => ("citizens-limit-working-days", n),
        Limit::CalendarDays(n) => ("citizens-limit-days", n),
        Limit::Hours(n) => ("citizens-limit-hours", n),
        Limit::Months(n) => ("citizens-limit-months", n),
        Limit::SameDay => return l.t("citizens-limit-same-day"),
    };
    l.tr(key, [("n", n.to_string())])
}
