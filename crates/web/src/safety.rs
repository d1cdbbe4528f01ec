//! Response headers and the defence against forged requests.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rand::RngCore as _;
use sha2::{Digest, Sha256};

/// Only what we serve ourselves: no inline script or style, no frame, no foreign address.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// A paper somebody handed in, looked at in a tab or in a frame of our own page: it runs nothing, loads nothing and has no
/// origin. The style is the browser's own, around a picture.
pub const PAPER_SECURITY_POLICY: &str =
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

/// Adds the headers every answer carries, where the handler has not set its own.
pub fn add_headers(headers: &mut HeaderMap, secure: bool) {
    let mut add = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    add(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // For browsers that do not know `frame-ancestors`.
    add(header::X_FRAME_OPTIONS, "DENY");
    add(header::REFERRER_POLICY, "same-origin");
    add(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    add(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    add(
        header::HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    );
    if secure {
        add(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// The one `Host` of a request, when there is one and it is a name or address with or without a port.
pub fn host(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::HOST).iter();
    let only = all.next().filter(|_| all.next().is_none())?;
    only.to_str().ok().filter(|text| is_host(text))
}

/// A name, an IPv4 or a bracketed IPv6 address, and perhaps a port (RFC 9110, 7.2). Nothing that could be read as a path, an
/// account or markup.
pub fn is_host(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inner, "")) => return inner.parse::<std::net::Ipv6Addr>().is_ok(),
        Some((inner, rest)) => match rest.strip_prefix(':') {
            Some(port) if inner.parse::<std::net::Ipv6Addr>().is_ok() => ("ipv6", Some(port)),
            _ => return false,
        },
        None => text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port))),
    };
    let named = (1..=253).contains(&name.len())
        && name.split('.').filter(|label| !label.is_empty()).count() == name.trim_end_matches('.').split('.').count()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    named && port.is_none_or(|port| !port.starts_with('+') && port.parse::<u16>().is_ok())
}

/// Whether a changing request may come from another site: the browser's own word first (`Sec-Fetch-Site`), then
/// `Origin` against `Host`. A client that sends neither is no browser and carries no cookies of a victim.
pub(crate) fn is_cross_site(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return !matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_none_or(|(_, rest)| rest != host),
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// 128 random bits, printable.
pub fn random_token() -> String {
    let mut bytes = [0u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    BASE64.encode(bytes)
}

/// SHA-256 cut to the 16 bytes a form token hides.
fn digest(secret: &str) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&Sha256::digest(secret.as_bytes())[..16]);
    out
}

/// A form token for a secret. Each differs (a random mask beside the masked digest), so that compressing a page that
/// also echoes what a visitor typed gives nothing away.
pub fn form_token(secret: &str) -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes[..16]);
    let digest = digest(secret);
    for i in 0..16 {
        bytes[16 + i] = bytes[i] ^ digest[i];
    }
    BASE64.encode(bytes)
}

/// Whether a token was made for this secret (the bare secret is accepted too, for programs holding it).
pub fn form_token_matches(secret: &str, token: &str) -> bool {
    if secret.is_empty() {
        return false;
    }
    if let Ok(bytes) = BASE64.decode(token)
        && bytes.len() == 32
    {
        let unmasked: Vec<u8> = (0..16).map(|i| bytes[i] ^ bytes[16 + i]).collect();
        if same(&unmasked, &digest(secret)) {
            return true;
        }
    }
    same(token.as_bytes(), secret.as_bytes())
}

/// Comparison whose time does not depend on where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (header::HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn tokens_differ_and_all_match_their_secret_only() {
        let (a, b) = (form_token("secret"), form_token("secret"));
        assert_ne!(a, b);
        assert!(form_token_matches("secret", &a) && form_token_matches("secret", &b));
        assert!(!form_token_matches("other", &a));
        assert!(!form_token_matches("", ""));
        assert!(!form_token_matches("secret", ""));
    }

    #[test]
    fn a_request_of_another_site_is_recognised() {
        assert!(is_cross_site(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(is_cross_site(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!is_cross_site(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(is_cross_site(&headers(&[("origin", "https://evil.example"), ("host", "motcua.example")])));
        assert!(is_cross_site(&headers(&[("origin", "null"), ("host", "motcua.example")])));
        assert!(!is_cross_site(&headers(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")])));
        assert!(!is_cross_site(&headers(&[("host", "motcua.example")])));
    }

    #[test]
    fn a_host_is_a_name_or_an_address_and_there_is_one() {
        for good in
            ["motcua.example", "localhost:8080", "127.0.0.1", "[::1]", "[::1]:8080", "mot-cua.cantho.gov.vn.", "A1"]
        {
            assert!(is_host(good), "{good}");
        }
        for bad in [
            "", ":80", "a b", "a/b", "a@b", "<b>", "a:b", "a:99999", "a:+80", "[::1", "[x]", "a..b", ".", "é.vn",
            "a:80:80",
        ] {
            assert!(!is_host(bad), "{bad}");
        }
        assert_eq!(host(&headers(&[("host", "a.vn")])), Some("a.vn"));
        assert_eq!(host(&headers(&[])), None);
        let mut two = headers(&[("host", "a.vn")]);
        two.append("host", HeaderValue::from_static("b.vn"));
        assert_eq!(host(&two), None);
    }

    #[test]
    fn the_policy_allows_nothing_inline() {
        assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
        assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none'"));
    }
}
