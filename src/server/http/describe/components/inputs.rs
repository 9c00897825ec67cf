//! What clients send: the bodies of requests.

use serde_json::json;
use utoipa::openapi::ObjectBuilder;

use super::Component;
use crate::{
    domain::{chat, order, product},
    server::http::describe::{
        components::shop::{ORDER_STATUSES, PAYMENT_METHODS},
        sample,
        schema::{About, Parts, choice, currency, entered, flag, id, list, named, object, or_null, text, time, whole},
    },
};

/// Paths of uploads: `is_issued_path`.
const ISSUED: &str = r"^/uploads/[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$";

pub(super) fn components() -> Vec<Component> {
    let quality = || choice(&["720p", "1080p"]);
    vec![
        Component::new(
            "Registration",
            object()
                .about("What somebody enters to open an account.")
                .needs("email", text().pattern(Some(EMAIL)).max_length(Some(254)))
                .needs("password", text().pattern(Some(r"^[^\u0000]*$")).min_length(Some(8)).max_length(Some(128)))
                .needs("name", entered(1, 60)),
            sample::registration(),
        ),
        Component::new(
            "Credentials",
            object().about("What somebody enters to sign in.").needs("email", text()).needs("password", text().max_length(Some(128))),
            sample::credentials(),
        ),
        Component::new(
            "AgoraRequest",
            object()
                .about("For what a token shall be. Without a role it is for the most that the caller may do.")
                .needs("channelName", text().pattern(Some(CHANNEL)).min_length(Some(1)).max_length(Some(63)))
                .may("role", or_null(choice(&["publisher", "audience", "host", "broadcaster", "subscriber"])))
                .may("uid", or_null(whole(0, i64::from(u32::MAX)))),
            json!({ "channelName": "spring", "role": "audience", "uid": 0 }),
        ),
        Component::new(
            "NewProduct",
            product_parts(object().about("What an admin enters for a new product."))
                .needs("name", entered(1, 120))
                .needs("price", whole(0, product::MAX_PRICE_MINOR)),
            sample::product_input(),
        ),
        Component::new(
            "ProductInput",
            product_parts(object().about("What an admin changes of a product: what is given replaces what is stored."))
                .may("name", or_null(entered(1, 120)))
                .may("price", or_null(whole(0, product::MAX_PRICE_MINOR))),
            sample::product_input(),
        ),
        Component::new(
            "NewLivestream",
            object()
                .about("What a host enters for a show. With `scheduledAt` it waits; without, it is live at once.")
                .needs("title", entered(1, 120))
                .may("description", entered(0, 2000))
                .may("quality", quality())
                .may("scheduledAt", or_null(time())),
            sample::new_livestream(),
        ),
        Component::new(
            "LivestreamUpdate",
            object()
                .about("What a host changes of a show; what is absent stays.")
                .may("title", or_null(entered(1, 120)))
                .may("description", or_null(entered(0, 2000)))
                .may("quality", or_null(quality()))
                .may("scheduledAt", or_null(time()))
                .may("videoUrl", or_null(issued()))
                .may("thumbnailUrl", or_null(issued()))
                .may("isRecorded", or_null(flag()))
                .closed(),
            sample::livestream_update(),
        ),
        Component::new("LikeInput", object().about("Without `liked` the heart is toggled.").may("liked", or_null(flag())), json!({ "liked": true })),
        Component::new(
            "ChatInput",
            object()
                .about("Something to say.")
                .needs("message", entered(1, chat::MAX_MESSAGE))
                .may("username", or_null(text()))
                .may("clientId", or_null(text())),
            json!({ "message": "Is it vegan?", "username": "Lena", "clientId": "m-17" }),
        ),
        Component::new(
            "PinInput",
            object()
                .about("One product, or several.")
                .may("productId", or_null(id()))
                .may("productIds", or_null(list(id())))
                .needs_some(&["productId", "productIds"]),
            json!({ "productId": sample::product_id(), "productIds": [sample::product_id()] }),
        ),
        Component::new(
            "ShelfOrder",
            object().about("Every product of the shelf, in the order that it shall have.").needs("productIds", list(id())),
            json!({ "productIds": [sample::product_id()] }),
        ),
        Component::new(
            "LineInput",
            object().about("A product and how many of it.").needs("productId", id()).needs("quantity", whole(0, i64::from(order::MAX_QUANTITY))).closed(),
            sample::line_input(),
        ),
        Component::new(
            "CartInput",
            object().about("The whole content that a cart shall have.").needs("items", list(named("LineInput")).max_items(Some(order::MAX_LINES))).closed(),
            sample::cart_input(),
        ),
        Component::new(
            "ContactInput",
            object()
                .about("How the shop reaches the customer.")
                .needs("name", entered(1, 120))
                .needs("email", text().pattern(Some(EMAIL)).max_length(Some(254)))
                .may("phone", entered(0, 40))
                .closed(),
            sample::new_order().contact,
        ),
        Component::new(
            "AddressInput",
            object()
                .about("Where the parcel goes.")
                .needs("line1", entered(1, 160))
                .may("line2", entered(0, 160))
                .needs("city", entered(1, 120))
                .may("postalCode", entered(0, 20))
                .needs("country", entered(1, 80))
                .closed(),
            sample::new_order().address,
        ),
        Component::new(
            "OrderLine",
            order_line("A product and how many of it, at least one. The same product in several lines counts together."),
            sample::line_input(),
        ),
        Component::new(
            "CartAddition",
            order_line("A product for the cart, and how many of it.").may("streamId", or_null(id().about("The show in which it was put in."))),
            sample::cart_addition(),
        ),
        Component::new("ClickInput", object().about("A product that was opened.").needs("productId", id()), json!({ "productId": sample::product_id() })),
        Component::new("RecordingInput", object().about("Whether a show is to be recorded.").needs("enabled", flag()), json!({ "enabled": true })),
        Component::new(
            "NewOrder",
            object()
                .about("What a customer orders. Prices are the shop's alone, so there is no place for them here.")
                .needs("items", list(named("OrderLine")).min_items(Some(1)).max_items(Some(order::MAX_LINES)))
                .may("streamId", or_null(id()))
                .may("contact", or_null(named("ContactInput")))
                .may("address", or_null(named("AddressInput")))
                .may("note", or_null(entered(0, 500)))
                .may("paymentMethod", or_null(choice(&PAYMENT_METHODS)))
                .closed(),
            sample::new_order(),
        ),
        Component::new(
            "OrderStatusInput",
            object().about("The status that an order shall have.").needs("status", choice(&ORDER_STATUSES)).closed(),
            json!({ "status": "paid" }),
        ),
    ]
}

fn issued() -> ObjectBuilder {
    text().pattern(Some(ISSUED)).max_length(Some(200)).about("A path that an upload gave.")
}

fn product_parts(product: ObjectBuilder) -> ObjectBuilder {
    product
        .may("description", or_null(entered(0, 4000)))
        .may("currency", or_null(currency()))
        .may("images", or_null(list(issued()).max_items(Some(product::MAX_IMAGES))))
        .may("stock", or_null(whole(0, product::MAX_STOCK)))
        .may("maxPerCustomer", or_null(whole(0, product::MAX_STOCK).about("The most that one customer may buy of it; 0 is no limit.")))
        .may("sku", or_null(entered(0, 60)))
        .may("active", or_null(flag()))
        .closed()
}

fn order_line(about: &str) -> ObjectBuilder {
    object().about(about).needs("productId", id()).needs("quantity", whole(1, i64::from(order::MAX_QUANTITY))).closed()
}

/// Addresses that the shop takes: `is_email`.
const EMAIL: &str = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$";
/// Names that Agora takes.
const CHANNEL: &str = r"^[A-Za-z0-9 !#$%&()+:;<=.>?@\[\]^_{}|~,-]+$";
