//! The numbers of a show, and the clicks that only a page can see.

use serde_json::json;

use crate::server::http::describe::{
    operation::{Operation, get, post},
    sample,
    schema::{choice, named},
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get("/livestreams/{id}/analytics", "analytics", "Read the numbers of a show")
            .about("Counted from what happened each time somebody asks, while the show is live and afterwards.")
            .id("id", "show", sample::show_id())
            .admin()
            .gives(200, "The numbers.", named("Analytics"), sample::analytics()),
        get("/livestreams/{id}/analytics.csv", "analyticsTable", "Get them as a table")
            .about("For spreadsheets: UTF-8 with its mark, RFC 4180, and nothing that becomes a formula.")
            .id("id", "show", sample::show_id())
            .admin()
            .query("table", choice(&["products", "timeline"]).default(Some(json!("products"))), "One line per product, or per part of the show.")
            .gives_other(200, "The table.", &["text/csv"]),
        post("/livestreams/{id}/clicks", "clickProduct", "Tell that a product was opened")
            .about("Counted once per person, while the show is live and the product on its shelf; whether it was is not told.")
            .id("id", "show", sample::show_id())
            .takes("ClickInput", json!({ "productId": sample::product_id() }))
            .gives_other(204, "It is heard.", &[])
            .refuses(429),
    ]
}
