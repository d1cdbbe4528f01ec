//! Small charts as SVG text, drawn on the server: they print, need no script and pass the strict content policy
//! (attributes and classes only, no style). Colours come from the style sheet through the classes.

use i18n::L;
use std::fmt::Write as _;

/// A goal on the way: in that month the value should be this.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Months since the first point's month; may lie beyond the last point.
    pub month: i32,
    pub value: f64,
    /// What stands beside it: "50 % (2025)".
    pub label: String,
}

/// A figure month by month, and the path to its goals.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Name of the figure, for those who hear the chart.
    pub name: String,
    /// "%" or another unit, put behind the numbers.
    pub unit: String,
    /// First month, "2025-01".
    pub first_month: String,
    /// One value a month, none where there was nothing to measure.
    pub points: Vec<Option<f64>>,
    pub goals: Vec<Goal>,
    /// Where the path begins: (months since the first point, value).
    pub start: Option<(i32, f64)>,
    /// Highest value the scale must show, 100 for shares; none takes it from the values.
    pub top: Option<f64>,
}

/// One bar of a sorted list.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub label: String,
    pub value: f64,
    /// The value as written: "74,7 %".
    pub text: String,
    /// late, near, ontime, paused, new or empty.
    pub state: String,
    /// Where the bar leads, empty for nowhere.
    pub href: String,
}

/// Text inside SVG.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A number with at most one decimal, in the writing of the language: 74,7 or 74.7.
pub fn number(l: L, value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole_text = whole.parse::<i64>().map(|n| l.number(n)).unwrap_or_else(|_| whole.to_owned());
    // "-0.4" loses its sign as a whole number.
    let sign = if whole == "-0" { "-" } else { "" };
    let mark = if l.code() == "vi" { ',' } else { '.' };
    if fraction.is_empty() { whole_text } else { format!("{sign}{whole_text}{mark}{fraction}") }
}

fn month_at(first: &str, months: i32) -> String {
    let (year, month) = first.split_once('-').unwrap_or(("2026", "1"));
    let count = year.parse::<i32>().unwrap_or(2026) * 12 + month.parse::<i32>().unwrap_or(1) - 1 + months;
    format!("{:02}/{}", count.rem_euclid(12) + 1, count.div_euclid(12))
}

/// A round step that makes three to six lines up to the top.
fn step(top: f64) -> f64 {
    let rough = (top / 4.0).max(0.001);
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|m| m * power).find(|s| *s >= rough).unwrap_or(power * 10.0)
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 96.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 26.0;

/// The line of the months against the dashed path to the goals. Any number of points, also none.
pub fn trajectory(l: L, t: &Trajectory) -> String {
    let Some((last_at, last)) = t.points.iter().enumerate().rev().find_map(|(i, p)| p.map(|v| (i, v))) else {
        return nothing(l, &t.name);
    };
    let months =
        t.goals.iter().map(|g| g.month).max().unwrap_or(0).max(i32::try_from(t.points.len()).unwrap_or(0) - 1).max(1);
    let highest = t.points.iter().flatten().chain(t.goals.iter().map(|g| &g.value)).fold(0.0f64, |a, b| a.max(*b));
    // All values nought still needs a scale.
    let needed = Some(t.top.unwrap_or(highest).max(highest)).filter(|v| *v > 0.0).unwrap_or(1.0);
    let step = step(needed);
    let top = (needed / step).ceil() * step;
    let x = |month: f64| LEFT + month / f64::from(months) * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| HEIGHT - BOTTOM - value.max(0.0) / top * (HEIGHT - TOP - BOTTOM);

    let goal = t.goals.last();
    let title = l.tr(
        "web-chart-trajectory-title",
        [
            ("name", t.name.clone()),
            ("value", format!("{} {}", number(l, last), t.unit)),
            ("month", month_at(&t.first_month, i32::try_from(last_at).unwrap_or(0))),
            ("goal", goal.map_or_else(|| "–".to_owned(), |g| g.label.clone())),
            ("due", goal.map_or_else(|| "–".to_owned(), |g| month_at(&t.first_month, g.month))),
        ],
    );
    let mut svg = format!(
        "<svg class=\"chart trajectory\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\"><title>{}</title>",
        escape(&title)
    );
    let mut line = 0.0;
    while line <= top + step / 1000.0 {
        let at = y(line);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text class=\"axis\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0,
            number(l, line)
        );
        line += step;
    }
    // A label for every January, or for the ends when there is none between.
    let every = if months > 30 { 12 } else { 6 };
    for month in (0..=months).filter(|m| m % every == 0) {
        let _ = write!(
            svg,
            "<text class=\"axis\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            x(f64::from(month)),
            HEIGHT - 8.0,
            month_at(&t.first_month, month)
        );
    }
    let mut path = String::new();
    if let Some((month, value)) = t.start {
        let _ = write!(path, "{:.1},{:.1} ", x(f64::from(month)), y(value));
    }
    for goal in &t.goals {
        let _ = write!(path, "{:.1},{:.1} ", x(f64::from(goal.month)), y(goal.value));
    }
    let _ = write!(svg, "<polyline class=\"path\" points=\"{}\"/>", path.trim_end());
    for (i, goal) in t.goals.iter().enumerate() {
        // The last goal's word stands in the margin; an earlier one's below its point, clear of the path.
        let (dx, dy, anchor) = if i + 1 == t.goals.len() { (9.0, 4.0, "start") } else { (0.0, 19.0, "middle") };
        let (gx, gy) = (x(f64::from(goal.month)), y(goal.value));
        let _ = write!(
            svg,
            "<circle class=\"goal\" cx=\"{gx:.1}\" cy=\"{gy:.1}\" r=\"4\"/><text class=\"goal-label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            gx + dx,
            gy + dy,
            escape(&goal.label)
        );
    }
    for run in runs(&t.points) {
        let points: Vec<String> = run.iter().map(|(i, v)| format!("{:.1},{:.1}", x(*i as f64), y(*v))).collect();
        let _ = write!(svg, "<polyline class=\"value\" points=\"{}\"/>", points.join(" "));
    }
    let _ = write!(
        svg,
        "<circle class=\"now\" cx=\"{lx:.1}\" cy=\"{ly:.1}\" r=\"5\"/><text class=\"now-label\" x=\"{lx:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{} {}</text></svg>",
        y(last) - 11.0,
        number(l, last),
        escape(&t.unit),
        lx = x(last_at as f64),
        ly = y(last)
    );
    svg
}

/// The stretches of months that have values, so that a gap stays a gap.
fn runs(points: &[Option<f64>]) -> Vec<Vec<(usize, f64)>> {
    let mut runs: Vec<Vec<(usize, f64)>> = vec![Vec::new()];
    for (i, point) in points.iter().enumerate() {
        match (point, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((i, *value)),
            (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

fn nothing(l: L, name: &str) -> String {
    format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} 80\" role=\"img\"><title>{}: {word}</title><text class=\"axis\" x=\"{}\" y=\"44\" text-anchor=\"middle\">{word}</text></svg>",
        escape(name),
        WIDTH / 2.0,
        word = escape(&l.t("web-chart-no-data"))
    )
}

/// A line the height of a word, without axes; decoration beside a number that is written out.
pub fn sparkline(values: &[f64]) -> String {
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    let span = if high > low { high - low } else { 1.0 };
    let last = values.len().saturating_sub(1).max(1) as f64;
    let points: Vec<(f64, f64)> = values
        .iter()
        .enumerate()
        .map(|(i, v)| (2.0 + i as f64 / last * 92.0, if high > low { 21.0 - (v - low) / span * 18.0 } else { 12.0 }))
        .collect();
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let dot = points
        .last()
        .map(|(x, y)| format!("<circle class=\"now\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>"))
        .unwrap_or_default();
    format!(
        "<svg class=\"sparkline\" viewBox=\"0 0 98 24\" width=\"98\" height=\"24\" aria-hidden=\"true\" focusable=\"false\"><polyline class=\"value\" points=\"{}\"/>{dot}</svg>",
        line.join(" ")
    )
}

/// The middle value; none for an empty list.
fn median(bars: &[Bar]) -> Option<f64> {
    let mut values: Vec<f64> = bars.iter().map(|b| b.value).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

/// The bars in the order given, as an HTML list whose bars are SVG, with the median marked on each. A list, so that
/// names wrap, links work and a screen reader reads name and value.
pub fn bars(l: L, bars: &[Bar]) -> String {
    bars_with_median(l, bars, bars)
}

/// Some bars of a longer list: the median marked is that of all of it.
pub fn bars_with_median(l: L, bars: &[Bar], all: &[Bar]) -> String {
    let Some(median) = median(all) else {
        return format!("<p class=\"text-secondary\">{}</p>", escape(&l.t("web-chart-no-data")));
    };
    let top = all.iter().map(|b| b.value).fold(0.0f64, f64::max).max(0.001);
    let mark = median.max(0.0) / top * 100.0;
    let mut out = format!(
        "<p class=\"bars-median\">{}</p><ul class=\"bars\">",
        escape(&l.tr("web-chart-median", [("value", number(l, median))]))
    );
    for bar in bars {
        let label = escape(&bar.label);
        let name = if bar.href.is_empty() { label } else { format!("<a href=\"{}\">{label}</a>", escape(&bar.href)) };
        let state = if bar.state.is_empty() { "plain" } else { &bar.state };
        let _ = write!(
            out,
            "<li><span class=\"bar-label\">{name}</span><svg class=\"bar bar-{}\" viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\"><rect class=\"bar-track\" width=\"100\" height=\"12\"/><rect class=\"bar-value\" width=\"{:.2}\" height=\"12\"/><rect class=\"bar-median\" x=\"{:.2}\" width=\"0.6\" height=\"12\"/></svg><span class=\"bar-text\">{}</span></li>",
            escape(state),
            bar.value.max(0.0) / top * 100.0,
            mark.min(99.4),
            escape(&bar.text)
        );
    }
    out.push_str("</ul>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Lang;

    fn l() -> L {
        i18n::install(&[crate::locales()]);
        L(Lang::Vi)
    }

    fn example() -> Trajectory {
        Trajectory {
            name: "Hồ sơ <trực tuyến>".into(),
            unit: "%".into(),
            first_month: "2025-01".into(),
            points: vec![Some(40.0), None, Some(52.0), Some(74.7)],
            goals: vec![
                Goal { month: 11, value: 50.0, label: "50 % (2025)".into() },
                Goal { month: 71, value: 80.0, label: "80 % (2030)".into() },
            ],
            start: Some((0, 40.0)),
            top: Some(100.0),
        }
    }

    #[test]
    fn a_trajectory_tells_its_figures_in_its_title() {
        let svg = trajectory(l(), &example());
        assert!(
            svg.contains(
                "<title>Hồ sơ &lt;trực tuyến&gt;: 74,7 % vào 04/2025; mục tiêu 80 % (2030) vào 12/2030</title>"
            ),
            "{svg}"
        );
        assert!(svg.contains("role=\"img\""));
        assert!(!svg.contains("style="), "the content policy forbids style attributes");
    }

    #[test]
    fn a_month_without_a_value_breaks_the_line() {
        let svg = trajectory(l(), &example());
        assert_eq!(svg.matches("<polyline class=\"value\"").count(), 2);
        assert_eq!(svg.matches("class=\"goal\"").count(), 2);
    }

    #[test]
    fn no_values_are_said_in_words() {
        let svg = trajectory(l(), &Trajectory { points: vec![None], ..example() });
        assert!(svg.contains("Chưa có số liệu"));
        assert!(bars(l(), &[]).contains("Chưa có số liệu"));
    }

    #[test]
    fn odd_inputs_draw_finite_numbers() {
        let flat = Trajectory { points: vec![Some(0.0)], goals: vec![], start: None, top: None, ..example() };
        for svg in [trajectory(l(), &flat), sparkline(&[]), sparkline(&[5.0]), sparkline(&[3.0, 3.0])] {
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }

    #[test]
    fn bars_mark_the_median_and_link_their_names() {
        let bar = |label: &str, value: f64| Bar {
            label: label.into(),
            value,
            text: number(l(), value),
            state: String::new(),
            href: "/x?a=1&b=2".into(),
        };
        let html = bars(l(), &[bar("Ninh Kiều", 90.0), bar("Cái Răng", 60.5), bar("Ô Môn", 30.0)]);
        assert!(html.contains("trung vị 60,5"), "{html}");
        assert!(html.contains("<a href=\"/x?a=1&amp;b=2\">Ninh Kiều</a>"));
        assert!(html.contains("class=\"bar-value\" width=\"100.00\""));
    }

    #[test]
    fn numbers_are_written_as_in_vietnam() {
        assert_eq!(number(l(), 1234.56), "1.234,6");
        assert_eq!(number(L(Lang::En), -0.44), "-0.4");
        assert_eq!(number(l(), 50.0), "50");
    }
}
