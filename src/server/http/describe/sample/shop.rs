//! Products, carts and orders.

use super::{at, order_id, product_id, show_id, user_id};
use crate::domain::{
    cart::{Cart, CartInput, CartItem, LineInput},
    checkout::Hold,
    feed::{FeedOrder, Revenue, ShowOrders},
    money::Currency,
    order::{Address, Contact, NewOrder, Order, OrderItem, OrderNumber, OrderPage, OrderStatus, Payment, PaymentMethod},
    product::{Product, ProductInput, ProductPage},
};

/// A product.
pub fn product() -> Product {
    Product {
        id: product_id(),
        name: "Velvet lipstick, terracotta".into(),
        description: "Matt, and stays until midnight.".into(),
        price: 1900,
        currency: Currency::USD,
        images: vec!["/uploads/products/5f0e8a1c4b7d4f5e9c3a2b1d0e6f7a8b.webp".into()],
        stock: 12,
        sku: "LIP-TERRA".into(),
        held: 1,
        max_per_customer: Some(3),
        active: true,
        created_at: at(-86_400),
        updated_at: at(-3600),
    }
}

/// A page of products.
pub fn product_page() -> ProductPage {
    ProductPage { products: vec![product()], total: 1 }
}

/// What an admin enters for a product.
pub fn product_input() -> ProductInput {
    let product = product();
    ProductInput {
        name: Some(product.name),
        description: Some(product.description),
        price: Some(product.price),
        currency: Some(product.currency),
        images: Some(product.images),
        stock: Some(product.stock),
        sku: Some(product.sku),
        max_per_customer: Some(3),
        active: Some(product.active),
    }
}

/// One line for a cart.
pub fn line_input() -> LineInput {
    LineInput { product_id: product_id(), quantity: 2 }
}

/// One line for a cart, put in from a show.
pub fn cart_addition() -> serde_json::Value {
    serde_json::json!({ "productId": product_id(), "quantity": 2, "streamId": show_id() })
}

/// What a cart shall have.
pub fn cart_input() -> CartInput {
    CartInput { items: vec![line_input()] }
}

/// A cart.
pub fn cart() -> Cart {
    let item = CartItem { product_id: product_id(), quantity: 2, product: product(), left: 11, available: true };
    Cart { items: vec![item], total: 3800, currency: Currency::USD, count: 2 }
}

fn contact() -> Contact {
    Contact { name: "Lena Novak".into(), email: "lena@example.com".into(), phone: "+386 40 555 123".into() }
}

fn address() -> Address {
    Address { line1: "Trubarjeva cesta 7".into(), line2: "2nd floor".into(), city: "Ljubljana".into(), postal_code: "1000".into(), country: "Slovenia".into() }
}

/// What a customer enters to order.
pub fn new_order() -> NewOrder {
    NewOrder {
        items: vec![line_input()],
        stream_id: Some(show_id()),
        contact: Some(contact()),
        address: Some(address()),
        note: Some("Please ring twice.".into()),
        payment_method: Some(PaymentMethod::OnDelivery),
    }
}

/// An order.
pub fn order() -> Order {
    let product = product();
    let item = OrderItem { product_id: product.id, name: product.name, price: product.price, quantity: 2, image: product.images[0].clone() };
    Order {
        id: order_id(),
        number: OrderNumber::from_stored("W-7F3K-92QD".into()),
        user_id: user_id(),
        items: vec![item],
        total: 3800,
        currency: Currency::USD,
        status: OrderStatus::PendingPayment,
        payment_method: PaymentMethod::Card,
        stream_id: Some(show_id()),
        stream_second: Some(752),
        contact: contact(),
        address: address(),
        note: "Please ring twice.".into(),
        payment: Some(Payment { url: Some("https://pay.example.com/c/cs_test_a1B2".into()), paid_at: None }),
        created_at: at(754),
        updated_at: at(754),
    }
}

/// The order, as the host of the show sees it come.
pub fn feed_order() -> FeedOrder {
    FeedOrder::from(&order())
}

/// The orders of a show.
pub fn show_orders() -> ShowOrders {
    ShowOrders { orders: vec![feed_order()], revenue: vec![Revenue { currency: Currency::USD, total: 3800, orders: 1 }] }
}

/// What is held back for a checkout.
pub fn hold() -> Hold {
    Hold { id: "7b6a5c4d3e2f1a0b9c8d7e6f5a4b3c2d".into(), until: at(1354), seconds_left: 600 }
}

/// A page of orders.
pub fn order_page() -> OrderPage {
    OrderPage { orders: vec![order()], total: 1 }
}
