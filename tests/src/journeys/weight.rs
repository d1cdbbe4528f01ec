//! What the first pages weigh on their way to a phone.

use base::Role;

use crate::harness::{Client, TestApp, on_every_engine};

/// A page as it is sent, compressed, in bytes.
async fn sent(client: &mut Client, path: &str) -> (usize, String) {
    let packed = client.get_packed(path).await;
    packed.is(200);
    assert_eq!(packed.headers["content-encoding"], "gzip", "{path}");
    (packed.bytes.len(), client.get(path).await.body)
}

/// Everything a page names that a browser fetches with it: style, script, and the letters of the font.
async fn beside(app: &TestApp, page: &str) -> usize {
    let mut all = 0;
    for address in page.split('"').filter(|one| one.starts_with("/assets/")).collect::<std::collections::BTreeSet<_>>()
    {
        all += app.anonymous().get_packed(address).await.is(200).bytes.len();
    }
    all
}

#[test]
fn the_first_pages_of_a_phone_weigh_little_and_nothing_comes_from_elsewhere() {
    on_every_engine(|app| async move {
        let mut citizen = app.signed_in(Role::Citizen).await;
        let mut page = String::new();
        for path in ["/", "/procedures", "/feedback/new", "/my", "/feedback"] {
            let (bytes, text) = sent(&mut citizen, path).await;
            assert!(bytes < 16 * 1024, "{path} weighs {bytes} bytes");
            for foreign in ["src=\"http", "href=\"http://", "//cdn", "@import"] {
                assert!(!text.contains(foreign), "{path}: {foreign}");
            }
            page = text;
        }
        // With an empty cache; afterwards they are kept for a year.
        let bytes = beside(&app, &page).await;
        assert!(bytes > 10 * 1024 && bytes < 300 * 1024, "what comes with a page weighs {bytes} bytes");
    });
}
