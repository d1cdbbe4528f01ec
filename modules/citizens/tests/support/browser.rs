//! A person with a browser: asks for pages, fills in forms, uploads files.

use super::{NAME, SECRET};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// Birth registration: decided by communes, filed online, with a form and papers.
pub const BIRTH: &str = "1.001193";

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    #[track_caller]
    pub fn to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.headers["location"].to_str().expect("text")
    }
    #[track_caller]
    pub fn shows(&self, text: &str) {
        assert!(self.body.contains(text), "{text} is not on the page:\n{}", self.body);
    }
}

pub struct Browser<'a> {
    pub router: &'a Router,
    pub who: &'static str,
}

impl Browser<'_> {
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.expect("an answer").into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }
    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header("cookie", format!("session={}", self.who));
        self.send(request.body(Body::empty()).expect("there")).await
    }
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut pairs = vec![format!("_csrf={SECRET}")];
        pairs.extend(fields.iter().map(|(n, v)| format!("{}={}", web::table::encode(n), web::table::encode(v))));
        let request = Request::post(path)
            .header("cookie", format!("session={}", self.who))
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(pairs.join("&"))).expect("there")).await
    }
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &str)]) -> Answer {
        let mut body = String::new();
        for (name, value) in [("_csrf", SECRET)].iter().chain(fields) {
            body += &format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        for (name, file, text) in files {
            body += &format!(
                "--B\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n{text}\r\n"
            );
        }
        body += "--B--\r\n";
        let request = Request::post(path)
            .header("cookie", format!("session={}", self.who))
            .header("content-type", "multipart/form-data; boundary=B");
        self.send(request.body(Body::from(body)).expect("there")).await
    }
}

/// What stands between two texts, every time.
pub fn all_between<'a>(body: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    body.split(from).skip(1).filter_map(|rest| rest.split(to).next()).collect()
}

/// A right answer for every question a screen asks.
pub fn answers(body: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for tag in all_between(body, "<input class=\"form-control", ">") {
        let attribute = |name: &str| all_between(tag, &format!(" {name}=\""), "\"").first().map(|v| (*v).to_owned());
        let Some(name) = attribute("name").filter(|n| n.starts_with("answer_")) else { continue };
        if tag.starts_with(" day\"") {
            found.push(("_date".to_owned(), name.clone()));
            // The year that stands in the number of the person who files.
            found.push((name, "20/11/1990".to_owned()));
            continue;
        }
        let value = match (attribute("type").as_deref(), attribute("inputmode").as_deref()) {
            (Some("tel"), _) => "0912345678",
            (_, Some("numeric")) => "094190000017",
            (_, Some("decimal")) => "2",
            _ => "Xóm Đình, phường Ninh Kiều",
        };
        found.push((name, value.to_owned()));
    }
    for name in all_between(body, "<textarea class=\"form-control\" id=\"", "\"") {
        found.push((name.to_owned(), "Không".to_owned()));
    }
    for list in all_between(body, "<select class=\"form-select\" id=\"answer_", "</select>") {
        let name = format!("answer_{}", list.split('"').next().expect("there"));
        let value = all_between(list, "<option value=\"", "\"")[1].to_owned();
        found.push((name, value));
    }
    found
}

pub fn code_of(address: &str) -> String {
    address.strip_prefix("/my/").expect("there").to_owned()
}

/// Files a birth registration from the first screen to the last; returns the dossier's code.
pub async fn file_birth(citizen: &Browser<'_>, commune: base::Id) -> String {
    let page = citizen.get(&format!("/file/{BIRTH}?step=1")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.shows(NAME); // what the account knows stands there already
    page.shows("0912345678");
    let commune = commune.to_string();
    page.shows(&format!("<option value=\"{commune}\""));
    let owner = [
        ("competent", commune.as_str()),
        ("owner_name", NAME),
        ("owner_number", "094190000017"),
        ("owner_phone", "0912345678"),
        ("step", "1"),
        ("go", "next"),
    ];
    let mut next = citizen.post(&format!("/file/{BIRTH}"), &owner).await.to().to_owned();
    for step in 2..20 {
        assert_eq!(next, format!("/file/{BIRTH}?step={step}"));
        let page = citizen.get(&next).await;
        assert_eq!(page.status, StatusCode::OK);
        if page.body.contains("enctype=\"multipart/form-data\"") {
            let wanted = all_between(&page.body, "type=\"file\" id=\"", "\"");
            let files: Vec<_> = wanted.iter().map(|name| (*name, "giấy.pdf", "%PDF-1.7 giấy")).collect();
            next = citizen.upload(&format!("/file/{BIRTH}/papers"), &[("go", "next")], &files).await.to().to_owned();
        } else if page.body.contains("value=\"submit\"") {
            assert!(!page.body.contains("error-summary"), "{}", page.body);
            let step = step.to_string();
            let done = citizen.post(&format!("/file/{BIRTH}"), &[("step", &step), ("go", "submit")]).await;
            return code_of(done.to());
        } else {
            let typed = answers(&page.body);
            let step = step.to_string();
            let mut fields: Vec<(&str, &str)> = typed.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            fields.extend([("step", step.as_str()), ("go", "next")]);
            let went = citizen.post(&format!("/file/{BIRTH}"), &fields).await;
            next = went.to().to_owned();
        }
    }
    panic!("the filing has no end");
}
