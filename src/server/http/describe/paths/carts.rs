//! `/cart`.

use serde_json::json;

use crate::server::http::describe::{
    operation::{Operation, Who, delete, get, post, put},
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
        put("/cart", "replaceCart", "Replace the cart").takes("CartInput", sample::cart_input()).gives(200, "The cart.", cart(), &example).refuses(429),
        delete("/cart", "clearCart", "Empty the cart").gives(200, "The cart.", cart(), &example).refuses(429),
        post("/cart/items", "addToCart", "Put a product into the cart")
            .about("On top of what is there, up to the limit of one product.")
            .takes("CartAddition", sample::cart_addition())
            .gives(200, "The cart.", cart(), &example)
            .refuses(404)
            .refuses_with(409, "The product is sold out (`out_of_stock`), or the cart is full (`cart_full`).")
            .refuses(429),
        post("/cart/hold", "holdCart", "Hold the cart's products back")
            .about("For the checkout: all of them or none. Asked again for the same products, the hold goes on and does not become longer.")
            .who(Who::SignedIn)
            .gives(200, "What is held, and until when.", keyed("hold", named("Hold")), json!({ "hold": sample::hold() }))
            .refuses_with(
                409,
                "There is not enough of a product (`out_of_stock`), or more than one customer may buy (`customer_limit`); `fields` says of which.",
            )
            .refuses_with(422, "The cart is empty, or a product is no longer for sale (`not_for_sale`).")
            .refuses(429),
        delete("/cart/hold", "releaseCart", "Let go of what is held").about("A hold that is not there is no error.").who(Who::SignedIn).gives_other(
            204,
            "It is let go.",
            &[],
        ),
    ]
}
