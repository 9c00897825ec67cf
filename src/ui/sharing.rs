//! What a page looks like where its address is shared: a card for people ([Open Graph](https://ogp.me), Twitter), data for
//! programs (JSON-LD). It is for those who read pages without running them: the server writes it, the browser keeps it.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{Link, Meta};

use crate::domain::{
    livestream::{Livestream, LivestreamStatus},
    product::Product,
};

/// What the server knows for the heads of pages; it provides this as context. In the browser there is none.
#[derive(Clone)]
pub struct PageHead {
    /// The shop's address, or nothing where it is not known: then links stay relative.
    pub origin: String,
    pub show_data: fn(&str, &Livestream) -> String,
    pub product_data: fn(&str, &Product) -> String,
    pub shop_data: fn(&str) -> String,
}

/// How the title of a page becomes that of the document. The server's text goes into the document as it is, so there it is
/// written as text for HTML; the browser's is set as text.
pub fn title_formatter() -> impl Fn(String) -> String + Send + Sync + 'static {
    let is_server = use_context::<PageHead>().is_some();
    move |title| {
        let title = if title.is_empty() { "WrenCOS".to_owned() } else { format!("{title} · WrenCOS") };
        if is_server { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
    }
}

/// The picture of pages that have none of their own.
const OUR_PICTURE: &str = "/icons/share.png";
/// Longer descriptions are cut wherever cards are shown.
const MAX_TEXT: usize = 200;

struct Card {
    kind: &'static str,
    title: String,
    text: String,
    path: String,
    picture: Option<String>,
}

/// The card of a show.
#[component]
pub fn ShareShow(show: Livestream) -> impl IntoView {
    let shown = || show.pinned_products.iter().find_map(|pin| pin.product.images.first().cloned());
    let folder = if show.status == LivestreamStatus::Ended { "replays" } else { "live" };
    let card = Card {
        kind: "video.other",
        title: show.title.clone(),
        text: show.description.clone(),
        path: format!("/{folder}/{}", show.id),
        picture: Some(show.thumbnail_url.clone()).filter(|path| !path.is_empty()).or_else(shown),
    };
    share(card, data(|head| (head.show_data)(&head.origin, &show)))
}

/// The card of a product.
#[component]
pub fn ShareProduct(product: Product) -> impl IntoView {
    let card = Card {
        kind: "product",
        title: product.name.clone(),
        text: product.description.clone(),
        path: format!("/shop/{}", product.id),
        picture: product.images.first().cloned(),
    };
    share(card, data(|head| (head.product_data)(&head.origin, &product)))
}

/// The card of the shop.
#[component]
pub fn ShareShop(text: &'static str) -> impl IntoView {
    let card = Card { kind: "website", title: "Live shopping".into(), text: text.into(), path: "/".into(), picture: None };
    share(card, data(|head| (head.shop_data)(&head.origin)))
}

// The browser writes nothing here: hydration leaves what the server wrote.
fn data(make: impl FnOnce(&PageHead) -> String) -> String {
    use_context::<PageHead>().as_ref().map(make).unwrap_or_default()
}

fn share(card: Card, data: String) -> impl IntoView {
    let origin = use_context::<PageHead>().map(|head| head.origin).unwrap_or_default();
    let text = shortened(if card.text.is_empty() { &card.title } else { &card.text });
    let address = format!("{origin}{}", card.path);
    let twitter_card = if card.picture.is_some() { "summary_large_image" } else { "summary" };
    let picture = format!("{origin}{}", card.picture.as_deref().unwrap_or(OUR_PICTURE));
    let tags = [
        ("og:site_name", "WrenCOS".to_owned()),
        ("og:type", card.kind.to_owned()),
        ("og:title", card.title.clone()),
        ("og:description", text.clone()),
        ("og:url", address.clone()),
        ("og:image", picture.clone()),
    ];
    let names = [("twitter:card", twitter_card.to_owned()), ("twitter:title", card.title), ("twitter:description", text), ("twitter:image", picture)];
    view! {
        <Link rel="canonical" href=address />
        {tags.map(|(property, content)| view! { <Meta property content /> }).collect_view()}
        {names.map(|(name, content)| view! { <Meta name content /> }).collect_view()}
        <script type="application/ld+json" nonce=use_nonce() inner_html=data></script>
    }
}

// Cut between words where there are any.
fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = text.char_indices().nth(MAX_TEXT) else { return text };
    let cut = &text[..end];
    let words = cut.rfind(' ').map_or(cut, |space| &cut[..space]);
    format!("{words}\u{2026}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_words() {
        assert_eq!(shortened(" One\n two "), "One two");
        let long = shortened(&"word ".repeat(100));
        assert!(long.ends_with("word\u{2026}") && long.chars().count() <= MAX_TEXT + 1, "{long}");
        assert_eq!(shortened(&"\u{1f426}".repeat(300)).chars().count(), MAX_TEXT + 1);
    }
}
