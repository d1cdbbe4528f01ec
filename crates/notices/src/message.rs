//! What a notice says outside the portal: the code, what happened in words, what comes next, and the way to the portal. No name, no
//! number of a person, nothing anybody wrote.

use crate::topic::{Reader, Topic};
use base::Lang;
use i18n::L;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Letters of one short message in the alphabet of GSM 03.38.
pub const SMS_MAX: usize = 160;

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub lines: Vec<String>,
    /// Where it is opened; empty where the site's address is not known.
    pub link: String,
    pub foot: String,
    /// The same in one line, with its marks.
    pub short: String,
}

/// What a letter tells of.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    pub topic: &'a Topic,
    pub code: &'a str,
    pub kind: &'a str,
    pub reader: Reader,
}

impl Letter {
    /// News of a subject.
    pub fn news(lang: Lang, about: About<'_>, origin: &str) -> Letter {
        let l = L(lang);
        let subject_of = l.tr(about.topic.about, [("code", about.code)]);
        let what = l.t(format!("{}{}", about.topic.event, about.kind));
        let next = l.t(format!("{}{}", about.topic.next, about.kind));
        let link = match origin {
            "" => String::new(),
            origin => format!("{origin}{}", (about.topic.href)(about.reader, about.code)),
        };
        let short = format!("{subject_of}: {what}.");
        Letter {
            subject: format!("{subject_of}: {what}"),
            lines: [l.t("notices-mail-hello"), short.clone(), next]
                .into_iter()
                .filter(|line| !line.is_empty())
                .collect(),
            link,
            foot: foot(l, origin, about.reader != Reader::Anybody),
            short,
        }
    }

    /// The code for an address that somebody says is theirs.
    pub fn code(lang: Lang, code: &str, origin: &str) -> Letter {
        let l = L(lang);
        let short = l.tr("notices-code-short", [("code", code)]);
        Letter {
            subject: l.t("notices-code-subject"),
            lines: vec![
                l.t("notices-mail-hello"),
                l.tr("notices-code-line", [("code", code)]),
                l.t("notices-code-not-you"),
            ],
            link: if origin.is_empty() { String::new() } else { format!("{origin}/notices/channels") },
            foot: foot(l, origin, false),
            short,
        }
    }

    /// Plain words, for readers without HTML.
    pub fn text(&self) -> String {
        let parts = self.lines.iter().map(String::as_str).chain([self.link.as_str(), "--", self.foot.as_str()]);
        let mut text: String = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        text.push('\n');
        text
    }

    /// The same with a link that can be pressed; nothing is loaded from anywhere.
    pub fn html(&self, lang: Lang) -> String {
        let mut html = format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n",
            lang.code(),
            escaped(&self.subject)
        );
        for line in &self.lines {
            html.push_str(&format!("<p>{}</p>\n", escaped(line)));
        }
        if !self.link.is_empty() {
            let link = escaped(&self.link);
            html.push_str(&format!("<p><a href=\"{link}\">{link}</a></p>\n"));
        }
        html.push_str(&format!("<hr>\n<p><small>{}</small></p>\n</body></html>\n", escaped(&self.foot)));
        html
    }

    /// One short message: letters every telephone shows, at most [`SMS_MAX`]; the link goes with it where it fits whole.
    pub fn sms(&self) -> String {
        let words = gsm(&self.short);
        let link = gsm(&self.link);
        if !link.is_empty() && words.len() + 1 + link.len() <= SMS_MAX {
            return format!("{words} {link}");
        }
        words.chars().take(SMS_MAX).collect()
    }
}

pub(crate) fn foot(l: L, origin: &str, can_choose: bool) -> String {
    match (origin, can_choose) {
        ("", _) | (_, false) => l.t("notices-mail-foot"),
        (origin, true) => l.tr("notices-mail-foot-choose", [("link", format!("{origin}/notices/channels"))]),
    }
}

/// Letters of the basic GSM alphabet that are ASCII too: marks dropped, đ a d, anything else a blank.
pub(crate) fn gsm(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c)).map(|c| match c {
        'đ' => 'd',
        'Đ' => 'D',
        '–' | '—' => '-',
        c if c.is_ascii_graphic() && !"`^{}[]~\\|".contains(c) => c,
        _ => ' ',
    });
    plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(short: &str, link: &str) -> Letter {
        let lines = vec!["Kính gửi <ông> & bà".to_owned()];
        Letter {
            subject: "Hồ sơ".into(), lines, link: link.into(), foot: "Tự động".into(), short: short.into()
        }
    }

    #[test]
    fn a_short_message_has_at_most_160_letters_that_every_telephone_shows() {
        let one = letter(
            "Hồ sơ H13.31-261125-0001: Đã có kết quả – mời đến nhận.",
            "https://motcua.example/my/H13.31-261125-0001",
        );
        let sms = one.sms();
        assert_eq!(
            sms,
            "Ho so H13.31-261125-0001: Da co ket qua - moi den nhan. https://motcua.example/my/H13.31-261125-0001"
        );
        let long = letter(&"Đã tiếp nhận hồ sơ. ".repeat(9), "https://motcua.example/my/H13.31-261125-0001").sms();
        assert!(long.len() <= SMS_MAX && !long.contains("https"), "{long}");
        assert!(long.is_ascii());
        assert_eq!(gsm("a{b}^€\u{1f600}c"), "a b c");
    }

    #[test]
    fn words_are_escaped_and_the_link_stands_in_both_forms() {
        let one = letter("x", "https://motcua.example/my/A?b=1&c=2");
        assert!(one.text().contains("https://motcua.example/my/A?b=1&c=2\n"));
        let html = one.html(Lang::Vi);
        assert!(html.contains("Kính gửi &lt;ông&gt; &amp; bà") && html.contains("b=1&amp;c=2"), "{html}");
    }
}
