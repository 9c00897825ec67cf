//! The counting against tables, and against a recount that is slow and obvious.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    id::{OrderId, UserId},
    order::{Address, Contact, OrderItem, OrderNumber, PaymentMethod},
};

const SOAP: ProductId = ProductId::from_bytes([1; 12]);
const BRUSH: ProductId = ProductId::from_bytes([2; 12]);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn chat(at: Timestamp, author: &str) -> Mark {
    Mark { at, what: What::Chat { author: author.into(), by_host: author == "u:host" } }
}

fn stay(session: &str, from: Timestamp, until: Timestamp) -> Watched {
    Watched { session: SessionId(session.into()), from, until }
}

fn order(second: u32, user: u8, currency: Currency, lines: &[(ProductId, i64, u32)]) -> Order {
    let item = |(product_id, price, quantity): &(ProductId, i64, u32)| OrderItem {
        product_id: *product_id,
        name: "As it was ordered".into(),
        price: *price,
        quantity: *quantity,
        image: String::new(),
    };
    Order {
        id: OrderId::from_bytes([user; 12]),
        number: OrderNumber::from_bits(1),
        user_id: UserId::from_bytes([user; 12]),
        items: lines.iter().map(item).collect(),
        total: lines.iter().map(|(_, price, quantity)| price * i64::from(*quantity)).sum(),
        currency,
        status: OrderStatus::PendingPayment,
        payment_method: PaymentMethod::OnDelivery,
        stream_id: None,
        stream_second: Some(second),
        contact: Contact::default(),
        address: Address::default(),
        note: String::new(),
        payment: None,
        created_at: Timestamp::default(),
        updated_at: Timestamp::default(),
    }
}

fn finished(tally: Tally) -> Counted {
    tally.finish(&Known::default(), &HashMap::from([(SOAP, "Soap".to_owned())]))
}

#[test]
fn a_small_show_is_counted() {
    let start = at("2026-03-01T18:00:00Z");
    let s = |seconds: i64| start.plus_millis(seconds * 1000);
    let mut tally = Tally::new(start, s(600));
    for mark in [
        Mark { at: s(0), what: What::Other },
        Mark { at: s(60), what: What::Pin(SOAP) },
        chat(s(61), "u:host"),
        chat(s(70), "s:ada"),
        chat(s(70), "s:ada"),
        Mark { at: s(120), what: What::Unpin(SOAP) },
        Mark { at: s(200), what: What::Pin(BRUSH) },
        Mark { at: s(300), what: What::Pin(SOAP) },
        Mark { at: s(600), what: What::Stop },
        Mark { at: s(900), what: What::Pin(SOAP) },
    ] {
        tally.mark(mark);
    }
    tally.stays(vec![stay("ada", s(0), s(600)), stay("bea", s(65), s(95)), stay("bea", s(95), s(96)), stay("cleo", s(20), s(30))]);
    tally.heart("s:bea".into(), s(80));
    tally.order(&order(310, 9, Currency::USD, &[(SOAP, 500, 2), (BRUSH, 1500, 1)]));
    tally.order(&order(320, 9, Currency::USD, &[(SOAP, 500, 1)]));
    tally.order(&Order { status: OrderStatus::Cancelled, ..order(330, 8, Currency::USD, &[(SOAP, 500, 20)]) });
    tally.interest(Interested { product_id: SOAP, clicks: 3, carts: 2 });
    tally.shelved(SOAP, s(300));
    let Counted { length_seconds, part_seconds, pins, analytics } =
        tally.finish(&Known { now: 0, peak: 2, views: 7 }, &HashMap::from([(SOAP, "Soap".to_owned())]));
    assert_eq!((length_seconds, part_seconds), (600, 10), "the pin after the end is no part of the show");
    assert_eq!(analytics.viewers, Viewers { now: 0, peak: 2, unique: 3, total: 7 });
    assert_eq!(analytics.watch_seconds, WatchSeconds { average: 213, total: 641 });
    assert_eq!((analytics.likes, analytics.chat_messages, analytics.chatters), (1, 3, 2));
    // Ada spoke, Bea liked, somebody ordered: three of three.
    assert!((analytics.engagement_rate - 1.0).abs() < f64::EPSILON);
    assert_eq!((analytics.revenue, analytics.currency), (3000, Currency::USD));
    let viewers: Vec<u64> = analytics.timeline.iter().take(12).map(|point| point.viewers).collect();
    assert_eq!(viewers, [1, 1, 2, 1, 1, 1, 2, 2, 2, 2, 1, 1]);
    assert_eq!(analytics.timeline.iter().position(|point| point.chats > 0), Some(6));
    assert_eq!(analytics.timeline[31].orders, 1);
    let soap = &analytics.products[0];
    let figures = (soap.name.as_str(), soap.pinned_seconds, soap.clicks, soap.added_to_cart, soap.orders, soap.units, soap.revenue);
    assert_eq!(figures, ("Soap", 360, 3, 2, 2, 3, 1500));
    let brush = &analytics.products[1];
    assert_eq!((brush.name.as_str(), brush.pinned_seconds, brush.revenue), ("As it was ordered", 400, 1500));
    let spans: Vec<_> = pins.iter().map(|pin| (pin.product_id, pin.from_second, pin.to_second)).collect();
    assert_eq!(spans, [(SOAP, 60, 120), (BRUSH, 200, 600), (SOAP, 300, 600)]);
}

#[test]
fn lengths_are_right_whatever_the_calendar_does() {
    // 29 February, the hours in which clocks change in Europe and America, the leap second of 2016, and the end of 2038's seconds.
    for (start, end, seconds) in [
        ("2028-02-28T23:30:00Z", "2028-03-01T00:30:00Z", 25 * 3600),
        ("2026-03-29T00:30:00+01:00", "2026-03-29T03:30:00+02:00", 2 * 3600),
        ("2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00", 3600),
        ("2016-12-31T23:59:00Z", "2017-01-01T00:01:00Z", 120),
        ("2038-01-19T03:14:00Z", "2038-01-19T03:15:00Z", 60),
    ] {
        let mut tally = Tally::new(at(start), at(end));
        tally.mark(Mark { at: at(start), what: What::Pin(SOAP) });
        tally.stays(vec![stay("ada", at(start), at(end))]);
        let counted = finished(tally);
        assert_eq!(counted.length_seconds, seconds, "{start}");
        assert_eq!(counted.analytics.watch_seconds.total, seconds, "{start}");
        assert_eq!(counted.analytics.products[0].pinned_seconds, seconds, "{start}");
    }
}

#[test]
fn who_stays_to_the_very_end_is_counted_in_the_last_part() {
    let (start, seconds) = (at("2026-03-01T18:00:00Z"), 26_400);
    let end = start.plus_millis(seconds * 1000);
    let mut tally = Tally::new(start, end);
    tally.stays(vec![stay("ada", start, end)]);
    let counted = finished(tally);
    assert_eq!(seconds as u64 % counted.part_seconds, 0, "the show ends with a part");
    assert!(counted.analytics.timeline.iter().all(|point| point.viewers == 1), "{:?}", counted.analytics.timeline);
}

#[test]
fn a_clock_that_jumps_moves_nothing_before_what_came_before_it() {
    let start = at("2026-03-01T18:00:00Z");
    let s = |seconds: i64| start.plus_millis(seconds * 1000);
    // An hour back in the middle: the end is before the start.
    let mut tally = Tally::new(start, s(-3000));
    for mark in [Mark { at: s(100), what: What::Pin(SOAP) }, chat(s(200), "s:a"), chat(s(-3300), "s:b"), Mark { at: s(-3000), what: What::Stop }] {
        tally.mark(mark);
    }
    // Stays are measured by a clock that does not jump.
    tally.stays(vec![stay("a", s(0), s(600))]);
    let back = finished(tally);
    assert_eq!((back.length_seconds, back.analytics.watch_seconds.total, back.analytics.products[0].pinned_seconds), (600, 600, 100));
    assert_eq!(back.analytics.timeline.iter().map(|point| point.chats).collect::<Vec<_>>()[20], 2);
    // Years ahead for a moment: bounded, and nothing is lost.
    let mut tally = Tally::new(start, s(60));
    tally.mark(chat(at("2999-01-01T00:00:00Z"), "s:a"));
    tally.heart("s:a".into(), at("9999-12-31T00:00:00Z"));
    let ahead = finished(tally);
    assert!(ahead.analytics.timeline.len() <= 120);
    assert_eq!(ahead.analytics.timeline.iter().map(|point| point.chats + point.likes).sum::<u64>(), 2);
}

#[test]
fn money_of_several_currencies_is_not_added_up() {
    let euro = Currency::parse("EUR").unwrap();
    let mut tally = Tally::new(at("2026-03-01T18:00:00Z"), at("2026-03-01T19:00:00Z"));
    tally.order(&order(1, 1, Currency::USD, &[(SOAP, 100, 1)]));
    tally.order(&order(2, 2, euro, &[(SOAP, 200, 2)]));
    tally.order(&order(3, 3, euro, &[(SOAP, 200, 1)]));
    let analytics = finished(tally).analytics;
    assert_eq!((analytics.revenue, analytics.currency), (600, euro));
    assert_eq!(analytics.other_revenue, [Revenue { amount: 100, currency: Currency::USD }]);
    assert_eq!((analytics.products[0].orders, analytics.products[0].units, analytics.products[0].revenue), (3, 4, 600));
}

#[test]
fn an_imported_show_has_no_stays_and_its_shelf_counts_as_it_stood() {
    let start = at("2024-05-01T18:00:00Z");
    let mut tally = Tally::new(start, start.plus_millis(100_000));
    tally.mark(chat(start.plus_millis(1000), "n:Ada"));
    tally.shelved(SOAP, start.plus_millis(40_000));
    let counted = tally.finish(&Known { now: 0, peak: 5, views: 4 }, &HashMap::new());
    assert_eq!(counted.analytics.viewers, Viewers { now: 0, peak: 5, unique: 4, total: 4 });
    assert!((counted.analytics.engagement_rate - 0.25).abs() < f64::EPSILON);
    assert_eq!(counted.analytics.products[0].pinned_seconds, 60);
}

#[derive(Debug, Clone)]
enum Did {
    Say(u8),
    Pin(u8),
    Unpin(u8),
}

proptest! {
    #[test]
    fn totals_agree_with_a_slow_recount(
        length_s in 0_u32..20_000,
        log in prop::collection::vec((0_u32..21_000, prop_oneof![(0_u8..9).prop_map(Did::Say), (0_u8..4).prop_map(Did::Pin), (0_u8..4).prop_map(Did::Unpin)]), 0..60),
        stays in prop::collection::vec((0_u8..12, 0_u32..20_000, 1_u32..9000), 0..40),
        hearts in prop::collection::btree_map(0_u8..12, 0_u32..25_000, 0..12),
        orders in prop::collection::vec((0_u32..20_000, 0_u8..6, 0_u8..4, 1_u32..5), 0..20),
    ) {
        let start = at("2026-02-28T23:00:00Z");
        let s = |seconds: u32| start.plus_millis(i64::from(seconds) * 1000);
        let mut log = log;
        log.sort_by_key(|(at, _)| *at);
        let product = |id: u8| ProductId::from_bytes([id; 12]);
        let mut tally = Tally::new(start, s(length_s));
        for (at, did) in &log {
            tally.mark(match did {
                Did::Say(who) => chat(s(*at), &format!("s:{who}")),
                Did::Pin(id) => Mark { at: s(*at), what: What::Pin(product(*id)) },
                Did::Unpin(id) => Mark { at: s(*at), what: What::Unpin(product(*id)) },
            });
        }
        tally.stays(stays.iter().map(|(who, from, lasted)| stay(&who.to_string(), s(*from), s(from + lasted))).collect());
        hearts.iter().for_each(|(who, at)| tally.heart(format!("s:{who}"), s(*at)));
        let orders: Vec<Order> = orders.iter().map(|(at, who, id, units)| order(*at, *who, Currency::USD, &[(product(*id), 100, *units)])).collect();
        orders.iter().for_each(|order| tally.order(order));
        let Counted { length_seconds, part_seconds, analytics, .. } = finished(tally);

        let said: Vec<u8> = log.iter().filter_map(|(_, did)| if let Did::Say(who) = did { Some(*who) } else { None }).collect();
        prop_assert_eq!(analytics.chat_messages, said.len() as u64);
        prop_assert_eq!(analytics.chatters, said.iter().collect::<HashSet<_>>().len() as u64);
        prop_assert_eq!(analytics.likes, hearts.len() as u64);
        prop_assert_eq!(analytics.watch_seconds.total, stays.iter().map(|(_, _, lasted)| u64::from(*lasted)).sum::<u64>());
        let unique = stays.iter().map(|(who, ..)| who).collect::<HashSet<_>>().len();
        prop_assert_eq!(analytics.viewers.unique, unique as u64);
        prop_assert!((0.0..=1.0).contains(&analytics.engagement_rate));
        let engaged: HashSet<String> = said.iter().map(|who| format!("s:{who}"))
            .chain(hearts.keys().map(|who| format!("s:{who}")))
            .chain(orders.iter().map(|order| order.user_id.to_string()))
            .collect();
        let rate = if unique == 0 { 0.0 } else { (engaged.len() as f64 / unique as f64).min(1.0) };
        prop_assert!((analytics.engagement_rate - rate).abs() < 1e-9);
        prop_assert_eq!(analytics.revenue, orders.iter().map(|order| order.total).sum::<i64>());

        // Every part of the timeline, looked at by itself.
        let parts = analytics.timeline.len() as u32;
        prop_assert!((1..=120).contains(&parts));
        prop_assert!(u64::from(parts) * part_seconds >= length_seconds);
        let part_of = |second: u32| (u64::from(second) / part_seconds).min(u64::from(parts) - 1) as u32;
        for (part, point) in (0..parts).zip(&analytics.timeline) {
            prop_assert_eq!(point.t, s(part * part_seconds as u32));
            prop_assert_eq!(point.chats, log.iter().filter(|(at, did)| matches!(did, Did::Say(_)) && part_of(*at) == part).count() as u64);
            prop_assert_eq!(point.likes, hearts.values().filter(|at| part_of(**at) == part).count() as u64);
            prop_assert_eq!(point.orders, orders.iter().filter(|order| part_of(order.stream_second.unwrap()) == part).count() as u64);
            let (begins, ends) = (part * part_seconds as u32, (part + 1) * part_seconds as u32);
            // Only as somebody comes, or as the part begins, can there be more than before.
            let moments = stays.iter().map(|(_, from, _)| *from).chain([begins]).filter(|moment| (begins..ends).contains(moment));
            let there = |moment: u32| stays.iter().filter(|(_, from, lasted)| (*from..from + lasted).contains(&moment)).count();
            prop_assert_eq!(point.viewers, moments.map(there).max().unwrap_or(0) as u64, "part {}", part);
        }
        prop_assert_eq!(analytics.timeline.iter().map(|point| point.viewers).max().unwrap(), analytics.viewers.peak);

        // Each product, second by second.
        for figures in &analytics.products {
            let mut pinned = 0;
            let mut on = false;
            for second in 0..u32::try_from(length_seconds).unwrap() {
                for (_, did) in log.iter().filter(|(at, _)| *at == second) {
                    match did {
                        Did::Pin(id) if product(*id) == figures.product_id => on = true,
                        Did::Unpin(id) if product(*id) == figures.product_id => on = false,
                        _ => {}
                    }
                }
                pinned += u64::from(on);
            }
            prop_assert_eq!(figures.pinned_seconds, pinned);
            let own = orders.iter().filter(|order| order.items[0].product_id == figures.product_id);
            prop_assert_eq!(figures.units, own.clone().map(|order| u64::from(order.items[0].quantity)).sum::<u64>());
            prop_assert_eq!(figures.revenue, own.map(|order| order.total).sum::<i64>());
        }
    }
}
