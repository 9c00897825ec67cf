//! `/orders`.

use serde_json::json;

use crate::server::http::describe::{
    components::shop::ORDER_STATUSES,
    operation::{Operation, Who, get, post, put},
    sample,
    schema::{Part, choice, keyed, named, text},
};

pub(super) fn operations() -> Vec<Operation> {
    let order = || -> Part { keyed("order", named("Order")) };
    let example = json!({ "order": sample::order() });
    vec![
        post("/orders", "placeOrder", "Order")
            .about("Stock is taken for all lines or for none. The same `Idempotency-Key` of the same customer gives the same order.")
            .who(Who::SignedIn)
            .header(
                "Idempotency-Key",
                text().pattern(Some("^[!-~]+$")).min_length(Some(1)).max_length(Some(128)),
                "Marks a request that may have to be sent again: letters, digits and signs, no spaces.",
            )
            .takes("NewOrder", sample::new_order())
            .gives(201, "The order.", order(), &example)
            .gives(200, "The order that this key gave before.", order(), &example)
            .refuses_with(409, "There is not enough of a product (`out_of_stock`); `fields` says what is left.")
            .refuses_with(422, "A field cannot be accepted; a product is not for sale (`not_for_sale`); prices in several currencies (`mixed_currencies`)."),
        get("/orders", "listOrders", "List orders")
            .about("Customers see their own, admins all.")
            .who(Who::SignedIn)
            .paged(50)
            .query("status", choice(&ORDER_STATUSES), "Only orders that stand here.")
            .gives(200, "Orders, newest first.", named("OrderPage"), sample::order_page()),
        get("/orders/{id}", "getOrder", "Get an order")
            .about("An order of somebody else does not exist for a customer.")
            .who(Who::SignedIn)
            .id("id", "order", sample::order_id())
            .gives(200, "The order.", order(), &example),
        put("/orders/{id}/status", "setOrderStatus", "Move an order on")
            .about("Customers may call off what has not been shipped; everything else is for admins.")
            .who(Who::SignedIn)
            .id("id", "order", sample::order_id())
            .takes("OrderStatusInput", json!({ "status": "cancelled" }))
            .gives(200, "The order.", order(), &example)
            .refuses_with(409, "An order that stands where this one does cannot become that (`order_status`)."),
    ]
}
