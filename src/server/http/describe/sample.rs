//! One of everything, as real values: the examples of the documents. Every field is written out, so that a new one does
//! not compile until it has an example here; tests then ask for its description.

use crate::{
    domain::{
        cart::{Cart, CartInput, CartItem, LineInput},
        chat::ChatMessage,
        feed::FeedOrder,
        id::{LivestreamId, MessageId, OrderId, ProductId, UserId},
        like::LikeState,
        livestream::{Livestream, LivestreamPage, LivestreamStatus, LivestreamUpdate, NewLivestream, Quality},
        moderation::ChatRules,
        money::Currency,
        order::{Address, Contact, NewOrder, Order, OrderItem, OrderNumber, OrderPage, OrderStatus, Payment, PaymentMethod},
        pin::PinnedProduct,
        product::{Product, ProductInput, ProductPage},
        time::Timestamp,
        user::{Credentials, Registration, Role, User},
    },
    protocol::signal::{IceCandidate, IceServer, SessionDescription},
    server::service::agora::{AgoraRole, AgoraToken},
};

/// 2026-03-01, 18:30:00 UTC: the show of the examples begins.
const EVENING: Timestamp = Timestamp::from_millis(1_772_389_800_000);

/// A point in time, this many seconds into the show.
pub fn at(second: i64) -> Timestamp {
    EVENING.plus_millis(second * 1000)
}

/// The id of the show.
pub fn show_id() -> LivestreamId {
    LivestreamId::from_bytes(bytes(0x10))
}

/// The id of the product.
pub fn product_id() -> ProductId {
    ProductId::from_bytes(bytes(0x20))
}

/// The id of the customer.
pub fn user_id() -> UserId {
    UserId::from_bytes(bytes(0x30))
}

/// The id of the order.
pub fn order_id() -> OrderId {
    OrderId::from_bytes(bytes(0x40))
}

fn host_id() -> UserId {
    UserId::from_bytes(bytes(0x31))
}

const fn bytes(kind: u8) -> [u8; 12] {
    [0x69, 0xa4, 0x87, 0x68, kind, 0x5b, 0x1c, 0xe9, 0x02, 0x7d, 0x44, 0x01]
}

/// A customer's account.
pub fn user() -> User {
    User { id: user_id(), email: "lena@example.com".into(), name: "Lena".into(), role: Role::Customer, created_at: at(-86_400) }
}

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

/// A chat message.
pub fn chat_message() -> ChatMessage {
    ChatMessage {
        id: MessageId::from_bytes(bytes(0x50)),
        seq: 42,
        username: "Lena".into(),
        message: "Is it vegan?".into(),
        timestamp: at(754),
        is_admin: false,
        is_moderator: true,
        client_id: Some("m-17".into()),
    }
}

/// A product on the shelf.
pub fn pinned_product() -> PinnedProduct {
    PinnedProduct { product_id: product_id(), product: product(), pinned_at: at(60), display_order: 0, is_active: true }
}

/// What a show asks of those who chat.
pub fn chat_rules() -> ChatRules {
    ChatRules { slow_mode_seconds: 10, links_allowed: false, registered_only: true, announcement: Some("Free delivery until midnight".into()) }
}

/// A live show, as Lena sees it.
pub fn livestream() -> Livestream {
    Livestream {
        id: show_id(),
        title: "Spring colours".into(),
        description: "Six new shades, tried on live.".into(),
        created_by: host_id(),
        status: LivestreamStatus::Live,
        is_active: true,
        scheduled_at: Some(at(0)),
        start_time: Some(at(2)),
        end_time: None,
        duration: 754,
        stream_url: String::new(),
        video_url: String::new(),
        thumbnail_url: "/uploads/thumbnails/0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f.webp".into(),
        quality: Quality::Hd720,
        is_recorded: false,
        view_count: 120,
        total_viewers: 120,
        max_viewers: 48,
        peak_viewers: 48,
        viewer_count: 31,
        likes: 17,
        liked_by: vec![user_id().to_string()],
        liked: true,
        engagement_rate: 0.25,
        chat_messages: vec![chat_message()],
        pinned_products: vec![pinned_product()],
        pinned_product_ids: vec![product_id()],
        chat_rules: chat_rules(),
        created_at: at(-86_400),
        updated_at: at(754),
    }
}

/// A page of shows.
pub fn livestream_page() -> LivestreamPage {
    LivestreamPage { livestreams: vec![livestream()], total: 1 }
}

/// What a host enters for a show that is to come.
pub fn new_livestream() -> NewLivestream {
    let show = livestream();
    NewLivestream { title: show.title, description: show.description, quality: show.quality, scheduled_at: Some(at(86_400)) }
}

/// What a host changes of a show.
pub fn livestream_update() -> LivestreamUpdate {
    let show = livestream();
    LivestreamUpdate {
        title: Some(show.title),
        description: Some(show.description),
        quality: Some(Quality::Hd1080),
        scheduled_at: Some(at(90_000)),
        video_url: Some("/uploads/livestreams/7b6a5c4d3e2f1a0b9c8d7e6f5a4b3c2d.webm".into()),
        thumbnail_url: Some(show.thumbnail_url),
        is_recorded: Some(true),
    }
}

/// A heart that was given.
pub fn like_state() -> LikeState {
    LikeState { likes: 17, liked: true }
}

fn line() -> LineInput {
    LineInput { product_id: product_id(), quantity: 2 }
}

/// One line for a cart.
pub fn line_input() -> LineInput {
    line()
}

/// What a cart shall have.
pub fn cart_input() -> CartInput {
    CartInput { items: vec![line()] }
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
        items: vec![line()],
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
        payment_method: PaymentMethod::OnDelivery,
        stream_id: Some(show_id()),
        stream_second: Some(752),
        contact: contact(),
        address: address(),
        note: "Please ring twice.".into(),
        payment: Some(Payment { url: Some("https://pay.example.com/c/cs_test_a1B2".into()), paid_at: Some(at(790)) }),
        created_at: at(754),
        updated_at: at(754),
    }
}

/// The order, as the host of the show sees it come.
pub fn feed_order() -> FeedOrder {
    FeedOrder::from(&order())
}

/// A page of orders.
pub fn order_page() -> OrderPage {
    OrderPage { orders: vec![order()], total: 1 }
}

/// What somebody enters to open an account.
pub fn registration() -> Registration {
    Registration { email: "lena@example.com".into(), password: "correct horse battery".into(), name: "Lena".into() }
}

/// What somebody enters to sign in.
pub fn credentials() -> Credentials {
    Credentials { email: "lena@example.com".into(), password: "correct horse battery".into() }
}

/// A TURN server with credentials of one visitor.
pub fn ice_server() -> IceServer {
    IceServer {
        urls: vec!["turn:turn.example.com:3478".into()],
        username: Some("1772433000:4f0c9a2e".into()),
        credential: Some("q0Zr7g1mS4l2m9vH3x5y7w8k6dE=".into()),
    }
}

/// An Agora token.
pub fn agora_token() -> AgoraToken {
    AgoraToken {
        token: "0060123456789abcdef0123456789abcdefIAA…".into(),
        app_id: "0123456789abcdef0123456789abcdef".into(),
        channel_name: "spring".into(),
        uid: 0,
        role: AgoraRole::Audience,
        expires_at: at(86_400),
    }
}

/// What the host's browser offers.
pub fn description(kind: &str) -> SessionDescription {
    SessionDescription { kind: kind.into(), sdp: "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n…".into() }
}

/// A way to a peer.
pub fn candidate() -> IceCandidate {
    IceCandidate {
        candidate: "candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host".into(),
        sdp_mid: Some("0".into()),
        sdp_m_line_index: Some(0),
        username_fragment: Some("EsAw".into()),
    }
}
