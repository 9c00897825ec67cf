//! Products, carts, orders.

use super::Component;
use crate::server::http::describe::{
    sample,
    schema::{About, Parts, choice, count, currency, flag, id, list, money, named, object, or_null, text, time},
};

/// The statuses of an order, in the order in which it goes through them.
pub const ORDER_STATUSES: [&str; 5] = ["pending_payment", "paid", "shipped", "delivered", "cancelled"];

/// How an order can be paid.
pub const PAYMENT_METHODS: [&str; 3] = ["on_delivery", "card", "test"];

pub(super) fn components() -> Vec<Component> {
    vec![
        Component::new(
            "Product",
            object()
                .about("Something the shop sells.")
                .needs("_id", id())
                .needs("name", text())
                .needs("description", text())
                .needs("price", money().about("In minor units of `currency`."))
                .needs("currency", currency().about("ISO 4217, in capitals."))
                .needs("images", list(text()).about("Paths on this server; the first is the picture on cards."))
                .needs("stock", money())
                .needs("held", money().about("Units of the stock that are held for somebody's checkout now."))
                .needs("maxPerCustomer", or_null(count().about("The most that one customer may buy of it, over all of their orders; null is no limit.")))
                .needs("sku", text())
                .needs("active", flag().about("Whether it is for sale. Others exist for admins alone."))
                .needs("createdAt", time())
                .needs("updatedAt", time()),
            sample::product(),
        ),
        Component::new(
            "ProductPage",
            object()
                .about("Some products of a list, newest first.")
                .needs("products", list(named("Product")))
                .needs("total", count().about("Of the whole list.")),
            sample::product_page(),
        ),
        Component::new(
            "CartItem",
            object()
                .about("One product of a cart, as the shop has it now.")
                .needs("productId", id())
                .needs("quantity", count())
                .needs("product", named("Product"))
                .needs("left", money().about("Units that this visitor could have now: what nobody else has or holds."))
                .needs("available", flag().about("Whether the shop could sell this quantity now.")),
            &sample::cart().items[0],
        ),
        Component::new(
            "Cart",
            object()
                .about("A cart with the prices of now. It holds nothing back: stock is taken at checkout.")
                .needs("items", list(named("CartItem")))
                .needs("total", money().about("Of the available items of this currency, in its minor units."))
                .needs("currency", currency())
                .needs("count", count().about("Of all units.")),
            sample::cart(),
        ),
        Component::new(
            "Contact",
            object().about("How the shop reaches the customer.").needs("name", text()).needs("email", text()).needs("phone", text()),
            sample::order().contact,
        ),
        Component::new(
            "Address",
            object()
                .about("Where the parcel goes.")
                .needs("line1", text())
                .needs("line2", text())
                .needs("city", text())
                .needs("postalCode", text())
                .needs("country", text()),
            sample::order().address,
        ),
        Component::new(
            "OrderItem",
            object()
                .about("One product of an order, as it was when it was bought.")
                .needs("productId", id())
                .needs("name", text())
                .needs("price", money().about("Of one unit, in minor units of the order's currency."))
                .needs("quantity", count())
                .needs("image", text().about("A path on this server; empty if there was none.")),
            &sample::order().items[0],
        ),
        Component::new(
            "Order",
            object()
                .about("What a customer bought.")
                .needs("_id", id())
                .needs("number", text().about("To be read out on the phone: no letters and digits that look alike."))
                .needs("userId", id())
                .needs("items", list(named("OrderItem")))
                .needs("total", money().about("In minor units of `currency`."))
                .needs("currency", currency())
                .needs("status", choice(&ORDER_STATUSES))
                .needs("paymentMethod", choice(&PAYMENT_METHODS))
                .needs("streamId", or_null(id()))
                .needs("streamSecond", or_null(count()))
                .needs("contact", named("Contact"))
                .needs("address", named("Address"))
                .needs("note", text())
                .may("payment", named("Payment"))
                .needs("createdAt", time())
                .needs("updatedAt", time()),
            sample::order(),
        ),
        Component::new(
            "Payment",
            object()
                .about("A payment on the page of a provider. Orders that are paid otherwise have none.")
                .needs("url", or_null(text().about("Where the customer pays; null where there is nothing (more) to pay.")))
                .needs("paidAt", or_null(time().about("When the provider said that the money is there."))),
            sample::order().payment,
        ),
        Component::new(
            "OrderPage",
            object().about("Some orders of a list, newest first.").needs("orders", list(named("Order"))).needs("total", count().about("Of the whole list.")),
            sample::order_page(),
        ),
        Component::new(
            "FeedItem",
            object().about("A product of an order, and how many.").needs("name", text()).needs("quantity", count()),
            &sample::feed_order().items[0],
        ),
        Component::new(
            "FeedOrder",
            object()
                .about("An order as the host of its show sees it: little enough to be seen over a shoulder.")
                .needs("_id", id())
                .needs("number", text())
                .needs("buyer", text().about("First name and initial."))
                .needs("items", list(named("FeedItem")))
                .needs("total", money().about("In minor units of `currency`."))
                .needs("currency", currency())
                .needs("status", choice(&ORDER_STATUSES))
                .needs("createdAt", time()),
            sample::feed_order(),
        ),
        Component::new(
            "ShowRevenue",
            object()
                .about("What a show sold in one currency. Orders that were called off do not count.")
                .needs("currency", currency())
                .needs("total", money().about("In minor units."))
                .needs("orders", count()),
            sample::show_orders().revenue[0],
        ),
        Component::new(
            "ShowOrders",
            object()
                .about("The newest orders of a show, and what all of them come to.")
                .needs("orders", list(named("FeedOrder")).about("The last 100, newest first."))
                .needs("revenue", list(named("ShowRevenue")).about("One for each currency.")),
            sample::show_orders(),
        ),
        Component::new(
            "Hold",
            object()
                .about("What is held back for one customer's checkout.")
                .needs("id", text())
                .needs("until", time())
                .needs("secondsLeft", count().about("The same from the answer on: clocks differ.")),
            sample::hold(),
        ),
    ]
}
