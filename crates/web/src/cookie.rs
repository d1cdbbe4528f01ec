//! Reading and writing cookies. All are HttpOnly, SameSite=Lax and for the whole site; behind HTTPS they are Secure
//! and carry the `__Host-` prefix, which keeps a neighbouring host from planting them.

use axum::http::{HeaderMap, HeaderValue, header};

/// Plain name of the session cookie, set by the identity crate.
pub const SESSION: &str = "session";
/// Plain name of the cookie that names a browser an account has signed in with before, set by the identity crate.
pub const DEVICE: &str = "device";
/// Where a device in a hall begins: every page it shows goes back there when nobody touches it. Set by the room whose hall it is.
pub const KIOSK: &str = "kiosk";
pub(crate) const CSRF: &str = "form";
pub(crate) const LANG: &str = "lang";
pub(crate) const FLASH: &str = "flash";
/// Names a form that waits for its person to sign in again.
pub(crate) const KEPT: &str = "kept";

/// A cookie's name as it is sent.
pub(crate) fn full_name(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}

/// The value of a cookie of ours.
pub fn read(headers: &HeaderMap, name: &str, secure: bool) -> Option<String> {
    let wanted = full_name(name, secure);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == wanted)
        .map(|(_, v)| v.to_owned())
}

/// A `Set-Cookie` value. `max_age_s`: none for the length of the browser's session. Values may hold letters, digits
/// and `-_.~+=/` only; others are left out.
pub fn set(name: &str, value: &str, max_age_s: Option<i64>, secure: bool) -> HeaderValue {
    let value: String = value.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.~+=/".contains(*c)).collect();
    let mut text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax", full_name(name, secure));
    if let Some(seconds) = max_age_s {
        text.push_str(&format!("; Max-Age={seconds}"));
    }
    if secure {
        text.push_str("; Secure");
    }
    // Only printable ASCII got here.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A `Set-Cookie` value that removes the cookie.
pub fn clear(name: &str, secure: bool) -> HeaderValue {
    set(name, "", Some(0), secure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_https_a_cookie_is_bound_to_the_host() {
        let v = set(SESSION, "abc", Some(60), true);
        assert_eq!(v, "__Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
    }

    #[test]
    fn a_value_cannot_add_attributes() {
        let v = set("x", "a; Domain=evil", None, false);
        assert_eq!(v, "x=aDomain=evil; Path=/; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn the_right_cookie_is_read_among_several() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; session=tok; sessionx=2"));
        assert_eq!(read(&headers, SESSION, false).as_deref(), Some("tok"));
        assert_eq!(read(&headers, SESSION, true), None);
    }
}
