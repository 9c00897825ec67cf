//! What a page says of itself to programs that read pages: [JSON-LD](https://schema.org) in one script block.
//!
//! Made on the server alone, and escaped so that no text of anybody ends the block it stands in.

use serde_json::{Map, Value, json};

use crate::domain::{
    livestream::{Livestream, LivestreamStatus},
    product::Product,
};

/// A show: a coming or running broadcast, or a video of one that was recorded. `origin` is the shop's address, or empty.
pub fn show(origin: &str, show: &Livestream) -> String {
    let page = format!("{origin}/{}/{}", if show.status == LivestreamStatus::Ended { "replays" } else { "live" }, show.id);
    let begins = show.start_time.or(show.scheduled_at).unwrap_or(show.created_at);
    let mut broadcast = Map::new();
    broadcast.insert("@type".into(), json!("BroadcastEvent"));
    broadcast.insert("name".into(), json!(show.title));
    broadcast.insert("url".into(), json!(page));
    broadcast.insert("startDate".into(), json!(begins));
    broadcast.insert("isLiveBroadcast".into(), json!(show.status == LivestreamStatus::Live));
    broadcast.insert("eventStatus".into(), json!("https://schema.org/EventScheduled"));
    broadcast.insert("eventAttendanceMode".into(), json!("https://schema.org/OnlineEventAttendanceMode"));
    broadcast.insert("location".into(), json!({ "@type": "VirtualLocation", "url": page }));
    if let Some(end) = show.end_time {
        broadcast.insert("endDate".into(), json!(end));
    }
    describe(&mut broadcast, &show.description);
    if let Some(picture) = picture(show) {
        broadcast.insert("image".into(), json!([format!("{origin}{picture}")]));
    }
    if show.status == LivestreamStatus::Scheduled || show.status == LivestreamStatus::Ended && show.video_url.is_empty() {
        return block(broadcast);
    }
    let mut video = Map::new();
    video.insert("@type".into(), json!("VideoObject"));
    video.insert("name".into(), json!(show.title));
    video.insert("url".into(), json!(page));
    video.insert("uploadDate".into(), json!(begins));
    describe(&mut video, &show.description);
    if let Some(picture) = picture(show) {
        video.insert("thumbnailUrl".into(), json!([format!("{origin}{picture}")]));
    }
    if show.status == LivestreamStatus::Ended {
        video.insert("contentUrl".into(), json!(format!("{origin}{}", show.video_url)));
        video.insert("duration".into(), json!(format!("PT{}S", show.duration)));
    }
    video.insert(
        "interactionStatistic".into(),
        json!({ "@type": "InteractionCounter", "interactionType": { "@type": "WatchAction" }, "userInteractionCount": show.view_count }),
    );
    video.insert("publication".into(), Value::Object(broadcast));
    block(video)
}

/// A product and the offer to buy it.
pub fn product(origin: &str, product: &Product) -> String {
    let page = format!("{origin}/shop/{}", product.id);
    let is_there = product.active && product.stock > 0;
    let mut fields = Map::new();
    fields.insert("@type".into(), json!("Product"));
    fields.insert("name".into(), json!(product.name));
    fields.insert("url".into(), json!(page));
    describe(&mut fields, &product.description);
    if !product.sku.is_empty() {
        fields.insert("sku".into(), json!(product.sku));
    }
    if !product.images.is_empty() {
        fields.insert("image".into(), product.images.iter().map(|path| format!("{origin}{path}")).collect());
    }
    fields.insert(
        "offers".into(),
        json!({
            "@type": "Offer",
            "url": page,
            "price": decimal(product.price, product.currency.exponent()),
            "priceCurrency": product.currency.code(),
            "availability": if is_there { "https://schema.org/InStock" } else { "https://schema.org/SoldOut" },
        }),
    );
    block(fields)
}

/// The shop itself, and how to search it.
pub fn shop(origin: &str) -> String {
    let mut fields = Map::new();
    fields.insert("@type".into(), json!("WebSite"));
    fields.insert("name".into(), json!("WrenCOS"));
    fields.insert("url".into(), json!(format!("{origin}/")));
    fields.insert(
        "potentialAction".into(),
        json!({ "@type": "SearchAction", "target": format!("{origin}/shop?q={{search_term}}"), "query-input": "required name=search_term" }),
    );
    block(fields)
}

/// The picture that stands for a show: its own, else the first of what it showed.
fn picture(show: &Livestream) -> Option<&str> {
    let shown = || show.pinned_products.iter().find_map(|pin| pin.product.images.first()).map(String::as_str);
    Some(show.thumbnail_url.as_str()).filter(|path| !path.is_empty()).or_else(shown)
}

fn describe(fields: &mut Map<String, Value>, text: &str) {
    if !text.is_empty() {
        fields.insert("description".into(), json!(text));
    }
}

fn decimal(minor: i64, exponent: u32) -> String {
    let unit = 10_u64.pow(exponent);
    let (sign, minor) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
    match exponent {
        0 => format!("{sign}{minor}"),
        places => format!("{sign}{}.{:0places$}", minor / unit, minor % unit, places = places as usize),
    }
}

// Inside a script element only `<` can end the text, and in old readers the two separators can end a line.
fn block(mut fields: Map<String, Value>) -> String {
    fields.insert("@context".into(), json!("https://schema.org"));
    let text = Value::Object(fields).to_string();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        id::{LivestreamId, ProductId, UserId},
        livestream::Quality,
        moderation::ChatRules,
        money::Currency,
        time::Timestamp,
    };

    const ORIGIN: &str = "https://shop.example";

    fn a_show(status: LivestreamStatus) -> Livestream {
        let at = Timestamp::from_millis(1_800_000_000_000);
        Livestream {
            id: LivestreamId::from_bytes([1; 12]),
            title: "</script><script>alert(1)</script> & co".into(),
            description: "<!-- \u{2028}".into(),
            created_by: UserId::from_bytes([2; 12]),
            status,
            is_active: status == LivestreamStatus::Live,
            scheduled_at: Some(at),
            start_time: None,
            end_time: None,
            duration: 90,
            stream_url: String::new(),
            video_url: String::new(),
            thumbnail_url: "/uploads/thumbnails/a.webp".into(),
            quality: Quality::Hd720,
            is_recorded: false,
            published: true,
            view_count: 7,
            total_viewers: 7,
            max_viewers: 0,
            peak_viewers: 0,
            viewer_count: 0,
            likes: 0,
            liked_by: Vec::new(),
            liked: false,
            engagement_rate: 0.0,
            chat_messages: Vec::new(),
            pinned_products: Vec::new(),
            pinned_product_ids: Vec::new(),
            chat_rules: ChatRules::default(),
            created_at: at,
            updated_at: at,
        }
    }

    fn read(text: &str) -> Value {
        assert!(!text.contains(['<', '>', '\u{2028}']), "{text}");
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn no_title_ends_the_block_and_none_is_changed() {
        let value = read(&show(ORIGIN, &a_show(LivestreamStatus::Scheduled)));
        assert_eq!(value["@type"], "BroadcastEvent");
        assert_eq!(value["name"], "</script><script>alert(1)</script> & co");
        assert_eq!(value["description"], "<!-- \u{2028}");
        assert_eq!(value["image"][0], "https://shop.example/uploads/thumbnails/a.webp");
        assert_eq!(value["startDate"], "2027-01-15T08:00:00.000Z");
    }

    #[test]
    fn a_live_show_is_a_live_video_and_a_recording_has_its_file() {
        let value = read(&show(ORIGIN, &a_show(LivestreamStatus::Live)));
        assert_eq!((&value["@type"], &value["publication"]["isLiveBroadcast"]), (&json!("VideoObject"), &json!(true)));
        let recorded = Livestream { video_url: "/uploads/livestreams/a.webm".into(), ..a_show(LivestreamStatus::Ended) };
        let value = read(&show(ORIGIN, &recorded));
        assert_eq!((&value["duration"], &value["contentUrl"]), (&json!("PT90S"), &json!("https://shop.example/uploads/livestreams/a.webm")));
        assert_eq!(read(&show(ORIGIN, &a_show(LivestreamStatus::Ended)))["@type"], "BroadcastEvent", "nothing to play");
    }

    #[test]
    fn a_product_is_offered_at_its_price() {
        let at = Timestamp::default();
        let mut soap = Product {
            id: ProductId::from_bytes([3; 12]),
            name: "Soap".into(),
            description: String::new(),
            price: 1205,
            currency: Currency::USD,
            images: vec!["/uploads/products/soap.webp".into()],
            stock: 1,
            sku: "S-1".into(),
            held: 0,
            max_per_customer: None,
            active: true,
            created_at: at,
            updated_at: at,
        };
        let offer = |product: &Product| read(&super::product(ORIGIN, product))["offers"].clone();
        assert_eq!((&offer(&soap)["price"], &offer(&soap)["availability"]), (&json!("12.05"), &json!("https://schema.org/InStock")));
        (soap.stock, soap.currency) = (0, Currency::parse("JPY").unwrap());
        assert_eq!((&offer(&soap)["price"], &offer(&soap)["availability"]), (&json!("1205"), &json!("https://schema.org/SoldOut")));
        assert_eq!(read(&shop(ORIGIN))["url"], "https://shop.example/");
    }
}
