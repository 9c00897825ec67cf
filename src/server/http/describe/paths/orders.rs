//! `/orders`.

use serde_json::json;

use crate::server::http::describe::{
    components::shop::ORDER_STATUSES,
    operation::{Operation, Who, get, post, put},
    sample,
    schema::{About, Part, choice, flag, keyed, named, object, text},
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
            .refuses_with(
                409,
                "There is not enough of a product (`out_of_stock`), or more than one customer may buy (`customer_limit`); `fields` says of which.",
            )
            .refuses(429)
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
        post("/orders/{id}/pay", "payOrder", "Begin the payment of an order again")
            .about("For an order by card whose payment could not begin when it was placed. `payment.url` is where the customer pays.")
            .who(Who::SignedIn)
            .id("id", "order", sample::order_id())
            .gives(200, "The order.", order(), &example)
            .refuses_with(409, "There is nothing to pay by card (`order_status`).")
            .refuses_with(422, "The shop does not offer this way to pay any more, or no card can pay this amount.")
            .refuses(429),
        get("/livestreams/{id}/orders", "listShowOrders", "List the orders of a show")
            .about("As its host sees them come in. Over the socket they come as `show_order`.")
            .id("id", "show", sample::show_id())
            .admin()
            .gives(200, "The orders.", named("ShowOrders"), sample::show_orders()),
        post("/payments/stripe/webhook", "stripeWebhook", "Hear the payment provider")
            .about("For Stripe alone, whose signature is its proof. Told twice or late, an event changes nothing more.")
            .who(Who::Anyone)
            .header("Stripe-Signature", text(), "`t=<seconds>,v1=<hex>`, over time and body.")
            .takes_other("application/json", object().about("An event of Stripe."))
            .gives(200, "It is taken in.", keyed("received", flag()), json!({ "received": true }))
            .refuses_with(400, "It is not signed, or too old (`bad_signature`); or it cannot be read.")
            .refuses_with(404, "This shop takes no cards."),
    ]
}
