//! Puts words back into a form of a page of ours. The pages come from our own templates: tags are closed, attributes stand in
//! double quotes, and nothing inside them is left unescaped.

/// The page with the form that goes to `action` filled in, its fold opened; none when the page has no such form. Hidden
/// fields, passwords and files stay as the page has them.
pub(crate) fn refill(page: &str, action: &str, fields: &[(String, String)]) -> Option<String> {
    let mut at = 0;
    let mut best: Option<(usize, usize, usize)> = None;
    while let Some(begin) = page.get(at..)?.find("<form").map(|n| at + n) {
        let end = page[begin..].find("</form>").map_or(page.len(), |n| begin + n);
        let open_end = page[begin..end].find('>').map_or(end, |n| begin + n + 1);
        let tag = &page[begin..open_end];
        let goes_there = attribute(tag, "action").is_some_and(|to| unescape(to) == action);
        if goes_there && attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post")) {
            // Of several forms with one address the one with most of the words' names.
            let names = fields.iter().filter(|(name, _)| names_it(&page[open_end..end], name)).count();
            if best.is_none_or(|(_, _, most)| names > most) && names > 0 {
                best = Some((begin, end, names));
            }
        }
        at = end.max(begin + 5);
    }
    let (begin, end, _) = best?;
    Some(format!("{}{}{}", unfold(&page[..begin]), fill(&page[begin..end], fields), &page[end..]))
}

fn names_it(form: &str, name: &str) -> bool {
    form.contains(&format!("name=\"{}\"", escape(name)))
}

/// Opens the folds that stand open around the end of `before`.
fn unfold(before: &str) -> String {
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(next) = before[at..].find('<').map(|n| at + n) {
        if before[next..].starts_with("<details") {
            open.push(next + "<details".len());
        } else if before[next..].starts_with("</details") {
            open.pop();
        }
        at = next + 1;
    }
    let mut out = String::with_capacity(before.len() + 16);
    let mut from = 0;
    for place in open {
        out.push_str(&before[from..place]);
        let tag_end = before[place..].find('>').map_or(before.len(), |n| place + n);
        if !has(&before[place - 8..tag_end + 1], "open") {
            out.push_str(" open");
        }
        from = place;
    }
    out.push_str(&before[from..]);
    out
}

fn fill(form: &str, fields: &[(String, String)]) -> String {
    let mut out = String::with_capacity(form.len() + 1024);
    let mut rest = form;
    let mut select: Option<Vec<&str>> = None;
    while let Some(begin) = rest.find('<') {
        out.push_str(&rest[..begin]);
        rest = &rest[begin..];
        let Some(close) = rest.find('>') else { break };
        let (tag, after) = rest.split_at(close + 1);
        rest = after;
        let named = attribute(tag, "name").map(unescape);
        let values: Vec<&str> =
            fields.iter().filter(|(name, _)| Some(name) == named.as_ref()).map(|(_, value)| value.as_str()).collect();
        if tag.starts_with("<input") {
            out.push_str(&input(tag, named.as_deref(), &values, fields));
        } else if tag.starts_with("<textarea") {
            out.push_str(tag);
            if let (Some(value), Some(end)) = (values.first(), rest.find("</textarea>")) {
                out.push_str(&escape(value));
                rest = &rest[end..];
            }
        } else if tag.starts_with("<select") {
            select = Some(values).filter(|values| !values.is_empty());
            out.push_str(tag);
        } else if tag.starts_with("</select") {
            select = None;
            out.push_str(tag);
        } else if let (true, Some(values)) = (tag.starts_with("<option"), &select) {
            let own = attribute(tag, "value").map(unescape).unwrap_or_default();
            out.push_str(&flag(tag, "selected", values.contains(&own.as_str())));
        } else {
            out.push_str(tag);
        }
    }
    out.push_str(rest);
    out
}

fn input(tag: &str, name: Option<&str>, values: &[&str], fields: &[(String, String)]) -> String {
    let Some(name) = name else { return tag.to_owned() };
    match attribute(tag, "type").unwrap_or("text") {
        "hidden" | "password" | "file" | "submit" | "button" | "image" | "reset" => tag.to_owned(),
        "radio" if values.is_empty() => tag.to_owned(),
        "radio" | "checkbox" => {
            let own = attribute(tag, "value").map_or_else(|| "on".to_owned(), unescape);
            flag(tag, "checked", fields.iter().any(|(n, v)| n == name && *v == own))
        }
        _ => match values.first() {
            Some(value) => with_value(tag, value),
            None => tag.to_owned(),
        },
    }
}

/// The text between the quotes of an attribute.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = format!(" {name}=\"");
    let (_, rest) = tag.split_once(&start)?;
    rest.split_once('"').map(|(value, _)| value)
}

/// Whether an attribute without a value is there: a word outside quotes.
fn has(tag: &str, name: &str) -> bool {
    let outside: String = tag.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    outside.split(|c: char| c.is_whitespace() || c == '>' || c == '/').any(|word| word == name)
}

fn flag(tag: &str, name: &str, on: bool) -> String {
    match (has(tag, name), on) {
        (true, false) => tag.replacen(&format!(" {name}"), "", 1),
        (false, true) => format!("{} {name}>", tag.trim_end_matches('>').trim_end_matches('/').trim_end()),
        _ => tag.to_owned(),
    }
}

fn with_value(tag: &str, value: &str) -> String {
    let value = escape(value);
    match attribute(tag, "value") {
        Some(old) => tag.replacen(&format!(" value=\"{old}\""), &format!(" value=\"{value}\""), 1),
        None => format!("{} value=\"{value}\">", tag.trim_end_matches('>').trim_end_matches('/').trim_end()),
    }
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// What Askama escapes, read back.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&amp;", "&")
        .replace("&#38;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_kind_of_field_gets_its_words_back_and_nothing_can_break_out() {
        let page = "<form method=\"post\" action=\"/other\"><input name=\"a\" value=\"\"></form>\
            <form method=\"post\" action=\"/x?a=1&#38;b=2\"><input type=\"hidden\" name=\"_csrf\" value=\"new\">\
            <input type=\"hidden\" name=\"version\" value=\"3\"><input type=\"text\" name=\"a\" value=\"old\" required>\
            <input name=\"b\"><textarea name=\"t\">old</textarea>\
            <select name=\"s\"><option value=\"1\" selected>1</option><option value=\"2\">2</option></select>\
            <input type=\"radio\" name=\"r\" value=\"x\" checked><input type=\"radio\" name=\"r\" value=\"y\">\
            <input type=\"checkbox\" name=\"c\" value=\"1\" checked><input type=\"password\" name=\"p\" value=\"\"></form>";
        let typed = [
            ("a", "Đường \"<b>\""),
            ("b", "x"),
            ("t", "</textarea><script>"),
            ("s", "2"),
            ("r", "y"),
            ("version", "2"),
            ("p", "secret"),
        ];
        let filled = refill(page, "/x?a=1&b=2", &fields(&typed)).expect("the form is there");
        for piece in [
            "action=\"/other\"><input name=\"a\" value=\"\">",
            "name=\"_csrf\" value=\"new\"",
            "name=\"version\" value=\"3\"",
            "name=\"a\" value=\"Đường &quot;&lt;b&gt;&quot;\" required",
            "<input name=\"b\" value=\"x\">",
            "<textarea name=\"t\">&lt;/textarea&gt;&lt;script&gt;</textarea>",
            "<option value=\"1\">1</option><option value=\"2\" selected>",
            "value=\"x\"><input type=\"radio\" name=\"r\" value=\"y\" checked>",
            "name=\"c\" value=\"1\"><input type=\"password\" name=\"p\" value=\"\">",
        ] {
            assert!(filled.contains(piece), "{piece} in {filled}");
        }
        assert_eq!(refill(page, "/nowhere", &fields(&typed)), None);
    }

    #[test]
    fn a_form_in_a_fold_is_found_open() {
        let page = "<details><summary>1</summary></details><details class=\"menu\"><p>2</p>\
            <form method=\"post\" action=\"/x\"><input name=\"a\"></form></details>";
        let filled = refill(page, "/x", &fields(&[("a", "1")])).expect("the form is there");
        assert!(filled.starts_with("<details><summary>1</summary></details><details open class=\"menu\">"), "{filled}");
    }

    #[test]
    fn of_two_forms_with_one_address_the_one_with_the_words_is_filled() {
        let page = "<form method=\"post\" action=\"/x\"><input name=\"z\"></form>\
            <form method=\"post\" action=\"/x\"><input name=\"a\"></form>";
        let filled = refill(page, "/x", &fields(&[("a", "1")])).expect("the form is there");
        assert!(filled.contains("<input name=\"z\"></form>") && filled.contains("<input name=\"a\" value=\"1\">"));
    }
}
