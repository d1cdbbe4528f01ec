//! What several modules share: buckets of public readings, the site's address, lists of hooks.

use super::*;

#[tokio::test]
async fn everything_public_that_is_read_by_a_code_has_its_bucket() {
    let one = Rate { burst: 1, per_minute: 6 };
    let (router, _) = service(Rates { browse: one, ..Rates::default() }, false).await;
    let ask = || get("/stream/text").body(Body::empty()).unwrap();
    assert_eq!(send(&router, ask()).await.0, StatusCode::OK);
    let (status, headers, _) = send(&router, ask()).await;
    assert_eq!((status, headers["retry-after"].to_str().unwrap()), (StatusCode::TOO_MANY_REQUESTS, "10"));
    assert_eq!(send(&router, get("/").body(Body::empty()).unwrap()).await.0, StatusCode::OK, "not a code");
}

async fn origin(ctx: Ctx) -> String {
    ctx.origin
}

#[tokio::test]
async fn what_is_printed_is_the_configured_address_else_a_host_that_is_one() {
    let (app, _) = app(Rates::default(), false).await;
    let mut with_origin = module();
    with_origin.routes = with_origin.routes.get("/origin", Access::Public, origin);
    let router = web::build_router(app.clone(), vec![with_origin]);
    let ask = |host: &'static str| Request::get("/origin").header("host", host).body(Body::empty()).unwrap();
    assert_eq!(send(&router, ask("mot-cua.vn:8080")).await.2, "http://mot-cua.vn:8080");
    assert_eq!(send(&router, ask("evil.vn/x?<b>")).await.2, "http://");
    app.put(web::PublicUrl::parse("https://motcua.example/").unwrap());
    assert_eq!(send(&router, ask("evil.vn")).await.2, "https://motcua.example");
    for wrong in ["motcua.example", "ftp://a.vn", "https://a.vn/path", "https://a b.vn", "https://"] {
        assert_eq!(web::PublicUrl::parse(wrong), None, "{wrong}");
    }
}

struct Told(&'static str);

#[tokio::test]
async fn several_modules_add_theirs_and_none_takes_anothers_place() {
    let (app, _) = app(Rates::default(), false).await;
    let counts = |href, waiting| {
        web::NavCounts(Box::new(move |_| Box::pin(async move { Ok(vec![web::NavCount { href, waiting }]) })))
    };
    app.also(counts("/desk", 31));
    app.also(web::NavCounts(Box::new(|_| Box::pin(async { Err(Fault::Busy) }))));
    app.also(counts("/mine", 57));
    for name in ["a", "b"] {
        app.also(web::BeforeRequest(Box::new(move |(app, _): (App, Instant)| {
            Box::pin(async move {
                app.also(Told(name));
                Ok(())
            })
        })));
    }
    let entry = |href| web::NavItem { key: "edge-a", href, icon: "home", access: Access::SignedIn, order: 1 };
    let mut module = module();
    module.nav = vec![entry("/desk"), entry("/mine")];
    let router = web::build_router(app.clone(), vec![module]);
    let ask = get("/desk").header("cookie", "session=clerk").body(Body::empty()).unwrap();
    let (_, _, body) = send(&router, ask).await;
    assert!(body.contains(">31<") && body.contains(">57<"), "{body}");
    assert_eq!(app.all::<Told>().iter().map(|told| told.0).collect::<Vec<_>>(), ["a", "b"]);
}
