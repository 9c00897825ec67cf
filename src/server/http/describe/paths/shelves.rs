//! The shelf of a show.

use serde_json::json;

use crate::server::http::describe::{
    operation::{Operation, Who, delete, get, post, put},
    sample,
    schema::{Part, Parts, keyed, list, named, object, text},
};

pub(super) fn operations() -> Vec<Operation> {
    let shelf = || -> Part { keyed("pinnedProducts", list(named("PinnedProduct"))) };
    let example = json!({ "pinnedProducts": [sample::pinned_product()] });
    let pinning = |operation: Operation| {
        operation
            .about("They come to the end; those on the shelf stay where they are.")
            .id("id", "show", sample::show_id())
            .admin()
            .takes("PinInput", json!({ "productId": sample::product_id() }))
            .gives(200, "The whole shelf.", shelf(), &example)
            .refuses_with(409, "The show has ended (`show_ended`), a product is not for sale (`product_inactive`), or the shelf is full (`shelf_full`).")
    };
    let ended = "The show has ended (`show_ended`).";
    vec![
        get("/livestreams/{id}/pinned-products", "listPinnedProducts", "Read the shelf")
            .about("Empty once the show has ended.")
            .who(Who::Anyone)
            .id("id", "show", sample::show_id())
            .gives(200, "The whole shelf, in order.", shelf(), &example),
        pinning(post("/livestreams/{id}/pin-product", "pinProduct", "Pin a product")),
        pinning(post("/livestreams/{id}/products", "addProducts", "Pin one product or several")),
        post("/livestreams/{id}/unpin-product", "unpinProduct", "Take a product off the shelf")
            .id("id", "show", sample::show_id())
            .admin()
            .takes("PinInput", json!({ "productId": sample::product_id() }))
            .gives(200, "The whole shelf.", shelf(), &example)
            .refuses_with(409, ended),
        delete("/livestreams/{id}/pin-product/{product}", "unpinProductByPath", "Take a product off the shelf")
            .id("id", "show", sample::show_id())
            .id("product", "product", sample::product_id())
            .admin()
            .gives(200, "The whole shelf.", shelf(), &example)
            .refuses_with(409, ended),
        put("/livestreams/{id}/pinned-products/order", "orderPinnedProducts", "Put the shelf in order")
            .id("id", "show", sample::show_id())
            .admin()
            .takes("ShelfOrder", json!({ "productIds": [sample::product_id()] }))
            .gives(200, "The whole shelf.", shelf(), &example)
            .gives(
                409,
                "These are not exactly the products on the shelf (`order_conflict`): the shelf comes with the refusal. Or the show has ended (`show_ended`).",
                object().needs("message", text()).needs("code", text()).may("pinnedProducts", list(named("PinnedProduct"))),
                json!({ "message": "The shelf has changed meanwhile.", "code": "order_conflict", "pinnedProducts": [sample::pinned_product()] }),
            ),
    ]
}
