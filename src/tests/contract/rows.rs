//! Every row of the contract with the tests that hold it. A row without a test, or a test that is gone, fails.

use std::{collections::BTreeSet, fs, path::Path};

use super::described;
use crate::support::described::{ASYNCAPI, route};

/// Routes, as the document writes them, and the tests that tell what they do. All are tried by the tests of this folder too.
const ROUTES: &[(&str, &str)] = &[
    ("POST /auth/register", "the_first_account_is_the_admin_however_many_register_at_once a_registration_names_what_is_wrong"),
    ("POST /auth/login", "an_account_signs_in_by_header_and_by_cookie_and_out_for_good a_wrong_address_and_a_wrong_password_look_the_same"),
    ("POST /auth/logout", "an_account_signs_in_by_header_and_by_cookie_and_out_for_good signing_out_closes_the_sockets_of_that_token"),
    ("GET /auth/me", "an_account_signs_in_by_header_and_by_cookie_and_out_for_good"),
    ("GET /livestreams", "lists_show_what_their_reader_may_see_in_pages"),
    ("GET /livestreams/active", "lists_show_what_their_reader_may_see_in_pages a_show_lives_from_its_schedule_to_its_replay"),
    ("GET /livestreams/past", "lists_show_what_their_reader_may_see_in_pages a_show_lives_from_its_schedule_to_its_replay"),
    ("GET /livestreams/{id}", "who_liked_is_told_to_admins_alone a_show_lives_from_its_schedule_to_its_replay"),
    ("POST /livestreams", "one_of_a_thousand_starts_wins a_show_lives_from_its_schedule_to_its_replay"),
    ("PUT /livestreams/{id}", "a_show_lives_from_its_schedule_to_its_replay only_admins_change_shows_and_wrong_input_is_named"),
    ("POST /livestreams/{id}/start", "a_show_lives_from_its_schedule_to_its_replay"),
    ("POST /livestreams/{id}/stop", "a_show_lives_from_its_schedule_to_its_replay chat_has_a_pace_and_an_end"),
    ("DELETE /livestreams/{id}", "a_show_lives_from_its_schedule_to_its_replay only_admins_change_shows_and_wrong_input_is_named"),
    ("POST /livestreams/cleanup", "cleanup_ends_the_shows_whose_host_is_gone"),
    ("POST /livestreams/{id}/view", "a_show_lives_from_its_schedule_to_its_replay"),
    ("POST /livestreams/{id}/like", "who_liked_is_told_to_admins_alone a_thousand_toggles_of_one_person_end_as_the_last_answer_says"),
    ("POST /livestreams/{id}/chat", "coming_back_gives_exactly_what_was_missed"),
    ("GET /livestreams/{id}/chat", "names_and_roles_are_the_servers"),
    ("POST /livestreams/{id}/pin-product", "products_come_and_go_by_every_path"),
    ("POST /livestreams/{id}/products", "products_come_and_go_by_every_path"),
    ("DELETE /livestreams/{id}/pin-product/{product}", "products_come_and_go_by_every_path"),
    ("POST /livestreams/{id}/unpin-product", "products_come_and_go_by_every_path"),
    ("PUT /livestreams/{id}/pinned-products/order", "a_shelf_is_one_order_for_all_and_empties_at_the_end"),
    ("GET /livestreams/{id}/pinned-products", "products_come_and_go_by_every_path"),
    ("POST /livestreams/{id}/upload", "a_recording_and_its_picture_belong_to_the_show what_is_not_taken_leaves_nothing"),
    ("POST /uploads/livestream-video", "a_recording_and_its_picture_belong_to_the_show"),
    ("POST /uploads/thumbnail", "a_recording_and_its_picture_belong_to_the_show"),
    ("POST /uploads/product-image", "a_picture_is_bounded_renamed_and_served_safely"),
    ("GET /uploads/{path}", "files_are_served_in_parts_and_only_once"),
    ("POST /livestreams/agora/token", "anyone_watches_and_only_admins_publish a_shop_without_agora_says_so"),
    ("GET /ice-servers", "turn_credentials_are_the_visitors_own_and_end"),
    ("GET /products", "lists_come_in_pages_newest_first inactive_products_exist_for_admins_alone"),
    ("GET /products/{id}", "inactive_products_exist_for_admins_alone"),
    ("POST /products", "an_admin_keeps_the_shelf_and_everyone_reads_it wrong_input_is_named_and_changes_nothing"),
    ("PUT /products/{id}", "an_admin_keeps_the_shelf_and_everyone_reads_it"),
    ("DELETE /products/{id}", "an_admin_keeps_the_shelf_and_everyone_reads_it"),
    ("GET /cart", "a_guest_fills_a_cart_and_nobody_else_sees_it"),
    ("PUT /cart", "a_guest_fills_a_cart_and_nobody_else_sees_it"),
    ("DELETE /cart", "a_guest_fills_a_cart_and_nobody_else_sees_it"),
    ("POST /cart/items", "a_guest_fills_a_cart_and_nobody_else_sees_it what_cannot_be_in_a_cart_is_refused"),
    ("POST /orders", "an_order_keeps_what_was_bought_at_the_price_of_the_moment two_hundred_want_the_last_ten the_same_key_is_the_same_order"),
    ("GET /orders", "orders_are_seen_by_their_owner_and_the_shop"),
    ("GET /orders/{id}", "orders_are_seen_by_their_owner_and_the_shop"),
    ("PUT /orders/{id}/status", "a_cancelled_order_gives_back_once orders_are_seen_by_their_owner_and_the_shop"),
    ("GET /healthz", "a_healthy_server_says_so"),
    ("GET /readyz", "a_healthy_server_says_so"),
    ("GET /metrics", "a_healthy_server_says_so"),
    ("GET /openapi.json", "the_documents_are_served_and_name_what_they_speak_of"),
];

/// Frames, as the document writes them, and the tests that tell what they do.
const FRAMES: &[(&str, &str)] = &[
    ("client.register", "the_order_on_joining_is_the_contracts coming_back_gives_exactly_what_was_missed who_waits_in_the_lobby_is_seated_when_a_show_starts"),
    ("client.register_admin", "a_viewer_addresses_the_broadcaster_alone the_root_takes_upgrades_too_and_a_token_in_the_address_counts"),
    ("client.chat_message", "names_and_roles_are_the_servers a_repeated_message_is_stored_once_and_acknowledged_twice"),
    ("client.toggle_like", "a_heart_is_one_per_person_on_all_their_tabs"),
    ("client.start_stream", "every_name_of_the_start_brings_the_host_on_air_once a_scheduled_show_starts_once_for_everyone"),
    ("client.stream_started", "every_name_of_the_start_brings_the_host_on_air_once"),
    ("client.webrtc_broadcast_start", "every_name_of_the_start_brings_the_host_on_air_once one_broadcaster_and_a_takeover_is_said_aloud"),
    ("client.stop_stream", "a_host_stops_by_either_name_and_once"),
    ("client.stream_stopped", "a_host_stops_by_either_name_and_once"),
    ("client.pinned_products_updated", "a_hint_about_the_shelf_makes_the_server_read_its_own"),
    ("client.webrtc_register", "offer_answer_and_candidates_cross_with_a_stamped_sender a_viewer_addresses_the_broadcaster_alone"),
    ("client.webrtc_new_customer", "offer_answer_and_candidates_cross_with_a_stamped_sender"),
    ("client.webrtc_offer", "offer_answer_and_candidates_cross_with_a_stamped_sender a_viewer_addresses_the_broadcaster_alone"),
    ("client.webrtc_answer", "offer_answer_and_candidates_cross_with_a_stamped_sender a_viewer_addresses_the_broadcaster_alone"),
    ("client.webrtc_ice_candidate", "offer_answer_and_candidates_cross_with_a_stamped_sender the_end_of_candidates_crosses_too"),
    ("server.registered", "the_order_on_joining_is_the_contracts"),
    ("server.admin_registered", "the_root_takes_upgrades_too_and_a_token_in_the_address_counts"),
    ("server.stream_update", "the_order_on_joining_is_the_contracts a_viewer_is_a_session_not_a_tab_and_a_host_is_none"),
    ("server.chat_history", "coming_back_gives_exactly_what_was_missed"),
    ("server.chat_message", "names_and_roles_are_the_servers"),
    ("server.pinned_products_updated", "a_shelf_is_one_order_for_all_and_empties_at_the_end"),
    ("server.stream_started", "who_waits_in_the_lobby_is_seated_when_a_show_starts"),
    ("server.stream_stopped", "a_host_stops_by_either_name_and_once a_host_who_is_gone_is_waited_for_and_then_the_show_ends"),
    ("server.webrtc_broadcaster_available", "every_name_of_the_start_brings_the_host_on_air_once one_broadcaster_and_a_takeover_is_said_aloud"),
    ("server.webrtc_new_customer", "offer_answer_and_candidates_cross_with_a_stamped_sender"),
    ("server.webrtc_offer", "offer_answer_and_candidates_cross_with_a_stamped_sender"),
    ("server.webrtc_answer", "offer_answer_and_candidates_cross_with_a_stamped_sender"),
    ("server.webrtc_ice_candidate", "offer_answer_and_candidates_cross_with_a_stamped_sender the_end_of_candidates_crosses_too"),
    ("server.error", "wrong_frames_are_answered_until_patience_is_spent what_cannot_be_read_closes_with_its_code"),
];

/// The names of all tests.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let names = text.split("test]\n").skip(1).filter_map(|rest| rest.split("fn ").nth(1)?.split('(').next().map(str::to_owned));
                found.extend(names);
            }
        }
    }
    found
}

#[test]
fn every_row_of_the_contract_is_described_and_has_a_test_that_exists() {
    let tests = tests();
    let mut wrong = Vec::new();
    for (row, names) in ROUTES.iter().chain(FRAMES) {
        wrong.extend(names.split(' ').filter(|name| !tests.contains(*name)).map(|name| format!("{row}: there is no test {name}")));
    }
    for (row, _) in ROUTES {
        let (method, path) = row.split_once(' ').unwrap();
        let described = route(path).is_some_and(|(template, item)| template == path && item.get(method.to_lowercase()).is_some());
        if !described {
            wrong.push(format!("{row} is not described"));
        }
    }
    for (row, _) in FRAMES {
        if ASYNCAPI["components"]["messages"].get(row).is_none() {
            wrong.push(format!("{row} is not described"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_frame_is_without_a_test() {
    let held: BTreeSet<&str> = FRAMES.iter().map(|(row, _)| *row).collect();
    let said: BTreeSet<&str> = ASYNCAPI["components"]["messages"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(held, said, "left: frames with a test; right: frames that are described");
}

#[test]
fn no_route_is_without_a_test() {
    // The socket's frames are below; the pages of the description are looked at where drift is.
    let apart = ["GET /ws", "GET /docs", "GET /asyncapi.json"];
    let held: BTreeSet<String> = ROUTES.iter().map(|(row, _)| row.to_string()).collect();
    let said: BTreeSet<String> = described().iter().map(|route| route.to_string()).filter(|route| !apart.contains(&route.as_str())).collect();
    assert_eq!(held, said, "left: routes with a test; right: routes that are described");
}
