//! `/products`.

use serde_json::json;

use crate::server::http::describe::{
    operation::{Operation, delete, get, post, put},
    sample,
    schema::{Part, flag, keyed, named, text},
};

pub(super) fn operations() -> Vec<Operation> {
    let product = || -> Part { keyed("product", named("Product")) };
    let example = json!({ "product": sample::product() });
    vec![
        get("/products", "listProducts", "List products")
            .about("Admins see those that are not for sale too.")
            .paged(50)
            .query("search", text(), "Words of name or description.")
            .gives(200, "Products, newest first.", named("ProductPage"), sample::product_page()),
        get("/products/{id}", "getProduct", "Get a product").id("id", "product", sample::product_id()).gives(200, "The product.", product(), &example),
        post("/products", "createProduct", "Add a product").admin().takes("NewProduct", sample::product_input()).gives(
            201,
            "The product.",
            product(),
            &example,
        ),
        put("/products/{id}", "updateProduct", "Change a product")
            .about("What is given replaces what is stored. Shows that have the product on their shelf tell everyone.")
            .id("id", "product", sample::product_id())
            .admin()
            .takes("ProductInput", sample::product_input())
            .gives(200, "The product.", product(), &example),
        delete("/products/{id}", "deleteProduct", "Take a product out of the shop")
            .about("Shows and orders that remember it keep it.")
            .id("id", "product", sample::product_id())
            .admin()
            .gives(200, "It is gone.", keyed("deleted", flag()), json!({ "deleted": true })),
    ]
}
