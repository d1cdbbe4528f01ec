//! Forms as a browser sees them, read from the pages of this program: tags are closed, attributes stand in double quotes.

/// A form of a page.
#[derive(Clone, Debug)]
pub struct PageForm {
    pub action: String,
    pub post: bool,
    pub multipart: bool,
    pub fields: Vec<FormField>,
}

/// A field, with what the page has in it.
#[derive(Clone, Debug)]
pub struct FormField {
    pub name: String,
    /// `textarea`, `select`, or the type of an input.
    pub kind: String,
    pub value: String,
}

/// Every form of a page; one without an action goes to the page itself.
pub fn forms_of(page: &str, at: &str) -> Vec<PageForm> {
    page.split("<form").skip(1).map(|rest| form(rest.split("</form>").next().unwrap_or_default(), at)).collect()
}

/// Every address of this program that a page links to.
pub fn links_of(page: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.map(unescape).filter(|link| link.starts_with('/') && !link.starts_with("//")).collect()
}

fn form(text: &str, at: &str) -> PageForm {
    let (head, body) = text.split_once('>').unwrap_or((text, ""));
    let mut fields: Vec<FormField> = Vec::new();
    let mut button = None;
    let mut rest = body;
    while let Some(begin) = rest.find('<') {
        rest = &rest[begin..];
        let Some(end) = rest.find('>') else { break };
        let (tag, after) = rest.split_at(end + 1);
        rest = after;
        let Some(name) = attribute(tag, "name") else { continue };
        let value = attribute(tag, "value").unwrap_or_default();
        let mut add =
            |kind: &str, value: String| fields.push(FormField { name: name.clone(), kind: kind.into(), value });
        if tag.starts_with("<textarea") {
            add("textarea", unescape(rest.split("</textarea>").next().unwrap_or_default()));
        } else if tag.starts_with("<select") {
            add("select", chosen(rest.split("</select>").next().unwrap_or_default()));
        } else if tag.starts_with("<button") {
            button = button.or(Some(FormField { name, kind: "button".into(), value }));
        } else if tag.starts_with("<input") {
            let kind = attribute(tag, "type").unwrap_or_else(|| "text".into());
            match kind.as_str() {
                "checkbox" if !tag.contains(" checked") => {}
                "radio" if !tag.contains(" checked") => {}
                "submit" | "image" | "reset" | "file" => {}
                kind => add(kind, value),
            }
        }
    }
    fields.extend(button);
    PageForm {
        action: attribute(head, "action").filter(|action| !action.is_empty()).unwrap_or_else(|| at.to_owned()),
        post: attribute(head, "method").is_some_and(|method| method.eq_ignore_ascii_case("post")),
        multipart: attribute(head, "enctype").is_some_and(|kind| kind.contains("multipart")),
        fields,
    }
}

/// The option that is selected, else the first that says something.
fn chosen(options: &str) -> String {
    let all: Vec<(bool, String)> = options
        .split("<option")
        .skip(1)
        .map(|option| {
            let tag = option.split('>').next().unwrap_or_default();
            (tag.contains(" selected"), attribute(tag, "value").unwrap_or_default())
        })
        .collect();
    let selected = all.iter().find(|(selected, _)| *selected);
    selected
        .or_else(|| all.iter().find(|(_, value)| !value.is_empty()))
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| unescape(value))
}

fn unescape(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
