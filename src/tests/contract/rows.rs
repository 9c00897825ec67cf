//! Every row of the contract with the tests that hold it. A row without a test, or a test that is gone, fails.

use std::collections::BTreeSet;

use super::described;
use crate::{
    support::described::{ASYNCAPI, route},
    tidy::source::test_names,
};

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
    ("DELETE /livestreams/{id}/chat/{message}", "a_deleted_message_is_gone_from_screens_history_and_pages_and_stays_gone"),
    ("GET /livestreams/{id}/chat/rules", "rules_are_in_force_and_told_when_their_change_is_answered"),
    ("PUT /livestreams/{id}/chat/rules", "rules_are_in_force_and_told_when_their_change_is_answered a_moderator_keeps_order_and_does_nothing_else"),
    ("POST /livestreams/{id}/moderation/mutes", "a_mute_lets_watch_and_like_but_not_speak"),
    ("POST /livestreams/{id}/moderation/bans", "a_ban_holds_in_a_new_tab_under_a_new_name_and_is_lifted a_ban_reaches_the_network_only_where_it_is_meant_to"),
    ("GET /livestreams/{id}/moderation/sanctions", "a_ban_holds_in_a_new_tab_under_a_new_name_and_is_lifted sanctions_and_invitations_end_by_the_clock"),
    ("DELETE /livestreams/{id}/moderation/sanctions/{sanction}", "a_ban_holds_in_a_new_tab_under_a_new_name_and_is_lifted"),
    ("GET /chat/sanctions", "what_is_wrong_or_not_theirs_is_refused_and_changes_nothing sanctions_and_invitations_end_by_the_clock"),
    ("DELETE /chat/sanctions/{id}", "a_ban_from_the_shop_holds_in_the_next_show_for_account_and_session"),
    ("POST /chat/bans", "a_ban_from_the_shop_holds_in_the_next_show_for_account_and_session"),
    ("GET /chat/blocked-words", "blocked_words_are_read_as_they_are_kept"),
    ("PUT /chat/blocked-words", "rules_are_in_force_and_told_when_their_change_is_answered blocked_words_are_read_as_they_are_kept"),
    ("GET /chat/people", "a_ban_from_the_shop_holds_in_the_next_show_for_account_and_session an_invitation_makes_one_moderator_and_the_role_is_taken_at_once"),
    ("DELETE /chat/moderators/{id}", "an_invitation_makes_one_moderator_and_the_role_is_taken_at_once"),
    ("GET /chat/invitations", "an_invitation_makes_one_moderator_and_the_role_is_taken_at_once"),
    ("POST /chat/invitations", "an_invitation_makes_one_moderator_and_the_role_is_taken_at_once"),
    ("DELETE /chat/invitations/{id}", "an_invitation_makes_one_moderator_and_the_role_is_taken_at_once"),
    ("POST /chat/invitations/accept", "an_invitation_makes_one_moderator_and_the_role_is_taken_at_once sanctions_and_invitations_end_by_the_clock"),
    ("GET /chat/audit", "a_moderator_keeps_order_and_does_nothing_else"),
    ("GET /livestreams/calendar.ics", "a_calendar_hears_of_every_change_and_of_the_end_of_a_plan a_calendar_that_did_not_change_is_not_sent_again"),
    ("GET /livestreams/{id}/calendar.ics", "a_calendar_hears_of_every_change_and_of_the_end_of_a_plan"),
    ("GET /livestreams/{id}/analytics", "a_show_is_counted_as_it_happened numbers_are_for_admins_alone"),
    ("GET /livestreams/{id}/analytics.csv", "a_table_for_spreadsheets_holds_no_formula"),
    ("POST /livestreams/{id}/clicks", "a_show_is_counted_as_it_happened nobody_clicks_faster_than_people_do"),
    ("GET /livestreams/{id}/recording", "a_number_is_acknowledged_once_and_again_and_everything_else_is_refused"),
    ("PUT /livestreams/{id}/recording", "a_number_is_acknowledged_once_and_again_and_everything_else_is_refused"),
    (
        "PUT /livestreams/{id}/recording/chunks/{n}",
        "a_number_is_acknowledged_once_and_again_and_everything_else_is_refused chunks_that_come_at_the_same_time_are_stored_once",
    ),
    ("POST /livestreams/{id}/recording/finish", "the_film_of_a_show_can_be_sought_in_and_is_made_once"),
    ("GET /livestreams/{id}/live", "a_running_show_is_read_as_it_grows_and_from_any_place who_is_banned_reads_no_reel"),
    (
        "GET /livestreams/{id}/live/{part}",
        "a_running_show_is_read_as_it_grows_and_from_any_place bytes_that_were_given_are_kept_and_those_that_are_not_there_are_refused",
    ),
    ("GET /livestreams/{id}/replay", "a_product_comes_up_where_its_host_wants_it"),
    (
        "PUT /livestreams/{id}/replay",
        "a_film_is_cut_and_made_whole_again_and_nobody_gets_what_was_cut_off a_replay_that_is_not_public_is_found_by_admins_alone",
    ),
    ("GET /livestreams/{id}/export", "a_show_plays_in_another_shop_as_it_played_in_its_own only_a_show_that_is_over_leaves_and_only_for_admins"),
    ("GET /livestreams/{id}/ingest", "an_encoder_is_the_camera_of_a_show only_the_key_of_a_show_opens_its_camera"),
    ("POST /whip/{id}", "an_encoder_is_the_camera_of_a_show only_the_key_of_a_show_opens_its_camera"),
    ("PATCH /whip/{id}/{encoder}", "an_encoder_is_the_camera_of_a_show"),
    ("DELETE /whip/{id}/{encoder}", "an_encoder_is_the_camera_of_a_show"),
    ("POST /whep/{id}", "a_player_watches_a_show_and_is_one_of_its_viewers who_may_not_watch_gets_no_player"),
    ("PATCH /whep/{id}/{viewer}", "a_player_watches_a_show_and_is_one_of_its_viewers"),
    ("DELETE /whep/{id}/{viewer}", "a_player_watches_a_show_and_is_one_of_its_viewers"),
    ("POST /livestreams/{id}/captions", "captions_are_read_before_they_are_kept_and_given_out_as_text"),
    ("GET /livestreams/{id}/captions/{captions}", "captions_are_read_before_they_are_kept_and_given_out_as_text"),
    ("GET /livestreams/{id}/frames.vtt", "a_film_has_small_pictures_for_who_may_see_it"),
    ("GET /livestreams/{id}/frames.jpg", "a_film_has_small_pictures_for_who_may_see_it"),
    ("DELETE /livestreams/{id}/captions/{captions}", "captions_are_read_before_they_are_kept_and_given_out_as_text"),
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
    ("POST /cart/hold", "the_last_piece_is_held_for_one_and_everybody_is_told a_hold_ends_with_its_time_and_survives_a_server_that_dies"),
    ("DELETE /cart/hold", "a_changed_cart_and_a_left_checkout_let_go"),
    ("POST /orders", "an_order_keeps_what_was_bought_at_the_price_of_the_moment two_hundred_want_the_last_ten the_same_key_is_the_same_order"),
    ("GET /orders", "orders_are_seen_by_their_owner_and_the_shop"),
    ("GET /orders/{id}", "orders_are_seen_by_their_owner_and_the_shop"),
    ("PUT /orders/{id}/status", "a_cancelled_order_gives_back_once orders_are_seen_by_their_owner_and_the_shop"),
    ("POST /orders/{id}/pay", "a_provider_that_is_away_costs_no_order"),
    ("GET /livestreams/{id}/orders", "hosts_see_orders_come_and_viewers_do_not"),
    ("POST /payments/stripe/webhook", "only_the_provider_is_believed_and_only_about_its_own_session a_message_that_comes_again_changes_nothing_more"),
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
    ("client.webrtc_quality", "a_viewer_wishes_for_its_own_picture_and_is_told_what_it_may_wish a_wish_is_granted_at_once_and_to_who_wished_alone"),
    ("server.registered", "the_order_on_joining_is_the_contracts"),
    ("server.admin_registered", "the_root_takes_upgrades_too_and_a_token_in_the_address_counts"),
    ("server.stream_update", "the_order_on_joining_is_the_contracts a_viewer_is_a_session_not_a_tab_and_a_host_is_none"),
    ("server.chat_history", "coming_back_gives_exactly_what_was_missed"),
    ("server.chat_message", "names_and_roles_are_the_servers"),
    ("server.chat_message_deleted", "a_deleted_message_is_gone_from_screens_history_and_pages_and_stays_gone"),
    ("server.show_order", "hosts_see_orders_come_and_viewers_do_not"),
    ("server.webrtc_customer_gone", "who_is_banned_is_sent_out_counted_out_and_not_let_in"),
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

#[test]
fn every_row_of_the_contract_is_described_and_has_a_test_that_exists() {
    let tests = test_names();
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
