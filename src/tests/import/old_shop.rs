//! A database as Mongoose left it behind, with years of drift in it.

use std::sync::OnceLock;

use mongodb::{
    Client, Collection, Database,
    bson::{Bson, DateTime, Document, doc, oid::ObjectId},
};

use crate::support::mongo;

/// The password of everybody in the old shop.
pub const PASSWORD: &str = "old but mine";

/// An id that ends with this byte.
pub fn oid(last: u8) -> ObjectId {
    ObjectId::from_bytes([0x65, 0xf0, 0xc1, 0xd2, 0, 0, 0, 0, 0, 0, 0, last])
}

/// The bcrypt hash of the password, as cheap as they come.
pub fn hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| bcrypt::hash(PASSWORD, 4).unwrap())
}

fn at(second: i64) -> DateTime {
    DateTime::from_millis(1_714_557_600_000 + second * 1000)
}

/// The old database; gone when this is dropped.
pub struct OldShop {
    pub uri: String,
    database: Database,
}

impl OldShop {
    /// An empty one.
    pub async fn create() -> Self {
        let uri = mongo::with_database(&mongo::uri().await, &format!("old_{:032x}", rand::random::<u128>()));
        let database = Client::with_uri_str(&uri).await.unwrap().default_database().unwrap();
        Self { uri, database }
    }

    /// The database itself.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Its shows.
    pub fn shows(&self) -> Collection<Document> {
        self.database.collection("livestreams")
    }

    /// Adds accounts.
    pub async fn users(&self, users: Vec<Document>) {
        self.database.collection::<Document>("users").insert_many(users).await.unwrap();
    }

    /// Fills it with a little of everything, odd and even.
    pub async fn fill(&self) {
        self.users(vec![
            doc! { "_id": oid(21), "email": "Ada@Example.com ", "passwordHash": hash(), "name": "Ada", "role": "customer", "createdAt": at(0), "__v": 0 },
            doc! { "_id": oid(22), "email": "boss@example.com", "password": hash().replacen("$2b$", "$2a$", 1), "username": "Boss", "role": "admin" },
            doc! { "_id": oid(23), "email": "odd@example.com", "password": "plain text", "firstName": "Odd", "role": "superuser" },
            doc! { "_id": oid(24), "name": "Nobody", "password": hash() },
            doc! { "_id": oid(25), "email": "bea@example.com", "hash": hash(), "role": Bson::Null, "isAdmin": false },
        ])
        .await;
        let products = self.database.collection::<Document>("products");
        products
            .insert_many([
                doc! { "_id": oid(11), "name": "Soap", "price": 12.99, "stock": 3, "isActive": true, "images": ["http://old.example/uploads/soap.jpg", "https://cdn.example/x.jpg"] },
                doc! { "_id": oid(12), "title": "Brush", "price": "7", "countInStock": "2", "currency": "eur", "unknown": { "deep": [1] } },
                doc! { "_id": oid(13), "name": "Priceless" },
                doc! { "_id": oid(14), "price": 3 },
            ])
            .await
            .unwrap();
        let pin = |id: u8, order: i32| doc! { "productId": oid(id), "pinnedAt": at(60), "displayOrder": order, "isActive": true };
        let say = |name: &str, text: &str, second: i64| doc! { "_id": ObjectId::new(), "username": name, "message": text, "timestamp": at(second), "isAdmin": name == "Host" };
        let chat: Vec<Bson> = vec![
            say("Ada", "first", 1).into(),
            say("Host", "welcome", 2).into(),
            doc! { "message": { "message": "an object", "username": "Bea" }, "timestamp": at(3) }.into(),
            doc! { "username": "Mute", "message": "" }.into(),
            Bson::Int32(7),
            doc! { "text": "<b>nameless</b>" }.into(),
        ];
        let shows = [
            doc! {
                "_id": oid(1), "title": "Spring", "createdBy": oid(22), "startTime": at(0), "endTime": at(600), "duration": 600, "isActive": false,
                "videoUrl": "http://old.example:3000/uploads/livestreams/one.webm", "quality": "1080p", "viewCount": 12, "maxViewers": 5, "likes": 9,
                "likedBy": [oid(21), oid(21).to_hex(), "session-abc", Bson::Null], "chatMessages": chat, "pinnedProducts": [pin(11, 2), pin(12, 1), pin(99, 3)],
                "isRecorded": true, "createdAt": at(-10), "updatedAt": at(601),
            },
            doc! {
                "_id": oid(2), "title": "Never ended", "startTime": at(1000), "isActive": true, "updatedAt": at(1300), "totalViewers": 3, "peakViewers": 2,
                "pinnedProducts": [oid(11)], "likedBy": ["someone"], "chatMessages": [say("Ada", "still here?", 1100), say("Bea", "yes", 1200)],
            },
            doc! { "_id": oid(3), "chatMessages": { "not": "a list" }, "pinnedProducts": "none", "likedBy": 7 },
        ];
        self.shows().insert_many(shows).await.unwrap();
        let orders = self.database.collection::<Document>("orders");
        orders
            .insert_many([
                doc! {
                    "_id": oid(31), "userId": oid(21), "streamId": oid(1), "status": "pending", "total": 25.97, "createdAt": at(100),
                    "items": [{ "productId": oid(11), "name": "Soap", "price": 12.99, "quantity": 1 }, { "product": { "_id": oid(12), "name": "Brush" }, "price": 6.49, "qty": 2 }],
                },
                doc! {
                    "_id": oid(32), "user": oid(25).to_hex(), "orderItems": [{ "product": oid(11), "name": "Soap", "price": 12.99, "quantity": 1 }], "status": "teleported",
                    "shippingAddress": { "fullName": "Bea", "street": "Wren Lane 7", "city": "Hull", "zip": 1234, "country": "UK" },
                },
                doc! { "_id": oid(33), "userId": oid(21), "items": [] },
            ])
            .await
            .unwrap();
    }

    /// Adds an ended show in which this much was said.
    pub async fn talk(&self, id: ObjectId, messages: i64) {
        let line = |place: i64| {
            let text = format!("message {place:08} {}", "lorem ipsum dolor sit amet ".repeat(2));
            Bson::Document(
                doc! { "_id": ObjectId::new(), "username": format!("viewer-{:05}", place % 997), "message": text, "timestamp": at(place / 10), "isAdmin": false },
            )
        };
        let chat: Vec<Bson> = (0..messages).map(line).collect();
        let show = doc! { "_id": id, "title": "A long talk", "startTime": at(0), "endTime": at(messages / 10), "isActive": false, "chatMessages": chat };
        self.shows().insert_one(show).await.unwrap();
    }
}

impl Drop for OldShop {
    fn drop(&mut self) {
        // The test's runtime is ending: a thread with its own waits for the database to be gone.
        let uri = self.uri.clone();
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { Client::with_uri_str(&uri).await.unwrap().default_database().unwrap().drop().await })
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("the old shop was not dropped: {error}");
        }
    }
}
