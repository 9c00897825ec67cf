//! Who may use a route, as the document says it: tried on every route, so that a new one is tried too.

use super::{Described, described};
use crate::support::{Client, TestApp, client};

async fn answer(route: &Described, client: &Client) -> (u16, String) {
    let request = route.request(client);
    let request = match route.body() {
        Some((_, example)) => request.json(example),
        None => request,
    };
    let (status, body) = client::read(request).await;
    (status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn every_door_opens_for_whom_it_is_described() {
    let app = TestApp::start().await;
    let (admin, customer, moderator) = (app.admin().await, app.customer().await, app.moderator().await);
    for route in described() {
        // Signing out would end everybody's token.
        if route.path == "/auth/logout" {
            assert_eq!(answer(&route, &app.guest()).await.0, 200);
            continue;
        }
        // Not a matter of accounts.
        if route.who() == "encoder" {
            for client in [&app.guest(), &customer, &moderator, &admin] {
                assert_eq!(answer(&route, client).await, (401, "unauthorized".to_owned()), "{route} without its key");
            }
            continue;
        }
        let as_guest = answer(&route, &app.guest()).await;
        let as_customer = answer(&route, &customer).await;
        let (unauthorized, forbidden) = ((401, "unauthorized".to_owned()), (403, "forbidden".to_owned()));
        match route.who() {
            "admin" => {
                assert_eq!(as_guest, unauthorized, "{route} for a guest");
                assert_eq!(as_customer, forbidden, "{route} for a customer");
                assert_eq!(answer(&route, &moderator).await, forbidden, "{route} for a moderator");
            }
            "moderator" => {
                assert_eq!(as_guest, unauthorized, "{route} for a guest");
                assert_eq!(as_customer, forbidden, "{route} for a customer");
                let as_moderator = answer(&route, &moderator).await;
                assert!(as_moderator != unauthorized && as_moderator != forbidden, "{route} for a moderator: {as_moderator:?}");
            }
            "signed-in" => {
                assert_eq!(as_guest, unauthorized, "{route} for a guest");
                assert_ne!(as_customer, unauthorized, "{route} for a customer");
            }
            "anyone" | "visitor" => {
                assert!(as_guest != unauthorized && as_guest != forbidden, "{route} for a guest: {as_guest:?}");
            }
            other => panic!("{route} is for {other}, which this test does not know"),
        }
        let as_admin = answer(&route, &admin).await;
        assert!(as_admin.0 != 401 || as_admin.1 == "wrong_credentials", "{route} for an admin: {as_admin:?}");
        assert_ne!(as_admin.0, 403, "{route} for an admin");
    }
}
