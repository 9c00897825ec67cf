//! What a show came to, in numbers.

use super::Component;
use crate::server::http::describe::{
    sample,
    schema::{About, Parts, count, currency, id, list, money, named, object, share, text, time},
};

pub(super) fn components() -> Vec<Component> {
    let sample = sample::analytics();
    vec![
        Component::new(
            "Analytics",
            object()
                .about("The numbers of a show. People are sessions, never tabs; hosts are not counted.")
                .needs("viewers", named("Viewers"))
                .needs("watchSeconds", named("WatchSeconds"))
                .needs("likes", count().about("People whose heart the show has."))
                .needs("chatMessages", count())
                .needs("chatters", count().about("People who spoke, the host included."))
                .needs("engagementRate", share().about("People who liked, chatted or ordered, among all who watched it live."))
                .needs("timeline", list(named("TimelinePoint")).about("The show in equal parts, from its start to its end."))
                .needs("products", list(named("ProductFigures")).about("Those that earned most come first."))
                .needs("revenue", money().about("What was ordered in the show and not cancelled, in minor units of `currency`."))
                .needs("currency", currency().about("Of most orders."))
                .may("otherRevenue", list(named("Amount")).about("What was ordered in other currencies.")),
            &sample,
        ),
        Component::new(
            "Viewers",
            object()
                .about("Who watched.")
                .needs("now", count().about("At this moment; 0 unless the show is live."))
                .needs("peak", count().about("The most at once."))
                .needs("unique", count().about("Different sessions that watched it live."))
                .needs("total", count().about("All who opened it, its replay included.")),
            sample.viewers,
        ),
        Component::new(
            "WatchSeconds",
            object()
                .about("How long a show was watched live, in whole seconds.")
                .needs("average", count().about("By one viewer."))
                .needs("total", count().about("By all of them together.")),
            sample.watch_seconds,
        ),
        Component::new(
            "TimelinePoint",
            object()
                .about("One part of a show.")
                .needs("t", time().about("When it begins."))
                .needs("viewers", count().about("The most who watched at once in this part."))
                .needs("likes", count().about("Hearts given in this part and not taken back since."))
                .needs("chats", count())
                .needs("orders", count()),
            sample.timeline[0],
        ),
        Component::new(
            "ProductFigures",
            object()
                .about("What one product came to in a show.")
                .needs("productId", id())
                .needs("name", text())
                .needs("pinnedSeconds", count().about("Seconds of the show for which it was on the shelf."))
                .needs("clicks", count().about("People who opened it from the show."))
                .needs("addedToCart", count().about("People who put it into their cart in the show."))
                .needs("orders", count())
                .needs("units", count())
                .needs("revenue", money().about("In minor units of the show's currency.")),
            &sample.products[0],
        ),
        Component::new(
            "Amount",
            object().about("An amount of money.").needs("amount", money().about("In minor units.")).needs("currency", currency()),
            sample.other_revenue[0],
        ),
    ]
}
