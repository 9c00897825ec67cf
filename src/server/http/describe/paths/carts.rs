//! `/cart`.

use serde_json::json;

use crate::server::http::describe::{
    operation::{Operation, delete, get, post, put},
    sample,
    schema::{Part, keyed, named},
};

pub(super) fn operations() -> Vec<Operation> {
    let cart = || -> Part { keyed("cart", named("Cart")) };
    let example = json!({ "cart": sample::cart() });
    vec![
        get("/cart", "getCart", "Read the cart").about("At the bare path, who asks for `text/html` gets the page of this name.").gives(
            200,
            "The cart.",
            cart(),
            &example,
        ),
        put("/cart", "replaceCart", "Replace the cart").takes("CartInput", sample::cart_input()).gives(200, "The cart.", cart(), &example),
        delete("/cart", "clearCart", "Empty the cart").gives(200, "The cart.", cart(), &example),
        post("/cart/items", "addToCart", "Put a product into the cart")
            .about("On top of what is there, up to the limit of one product.")
            .takes("LineInput", sample::line_input())
            .gives(200, "The cart.", cart(), &example)
            .refuses(404)
            .refuses_with(409, "The product is sold out (`out_of_stock`), or the cart is full (`cart_full`)."),
    ]
}
