//! Everything that is known to break shops like this one, and the tests that hold it off. Numbers are for good: a new
//! item goes to the end. Most of media (33 to 39), and those of browsers (61 to 67), are held by the tests of the browser.

mod frames;
mod outages;
mod requests;

use std::collections::BTreeMap;

use serde_json::json;

use crate::{
    support::{Client, TestApp},
    tidy::source::test_names,
};

/// Number, what comes, the tests, and what is to be said where the tests do not say it.
const ITEMS: &[(u32, &str, &str, &str)] = &[
    (1, "a body above the limit", "a_body_that_cannot_be_read_is_refused_in_one_shape a_body_far_above_the_limit_is_neither_read_nor_kept", ""),
    (2, "a zipped body", "a_body_that_cannot_be_read_is_refused_in_one_shape", "Bodies are never unzipped: a coding is refused before anything is read."),
    (
        3,
        "heads that two servers read differently",
        "requests_that_two_servers_could_read_differently_get_one_refusal nothing_that_follows_a_request_in_chunks_is_read_as_another",
        "A lone LF ends a line, as RFC 9112 (2.2) allows.",
    ),
    (
        4,
        "slowloris",
        "thousands_who_dawdle_are_cut_off_and_the_others_are_served a_client_that_dawdles_over_its_headers_is_cut_off a_network_has_so_many_connections_and_a_proxy_as_many_as_it_needs",
        "",
    ),
    (
        5,
        "JSON that is too deep, too large, or strange",
        "a_body_that_cannot_be_read_is_refused_in_one_shape numbers_that_are_none_are_refused wrong_json_says_what_is_wrong",
        "",
    ),
    (6, "operators of the database", "operators_of_the_database_are_only_text a_registration_names_what_is_wrong", ""),
    (7, "ids that are none, and those of others", "no_id_makes_a_route_stumble orders_are_seen_by_their_owner_and_the_shop refuses_what_is_not_an_id", ""),
    (
        8,
        "guessing passwords",
        "a_wrong_address_and_a_wrong_password_look_the_same the_eleventh_attempt_in_a_minute_waits_whatever_it_claims_about_its_address hundreds_who_sign_in_at_once_take_turns_and_the_chat_goes_on",
        "",
    ),
    (9, "long and strange passwords", "a_registration_names_what_is_wrong both_unicode_forms_of_a_password_are_the_same", ""),
    (10, "forged tokens", "nothing_else_holds a_token_that_does_not_hold_makes_a_guest_and_nothing_more", ""),
    (11, "tokens that ended", "tokens_end_with_time_role_and_password signing_out_closes_the_sockets_of_that_token a_socket_ends_with_its_token", ""),
    (12, "pages of other sites", "pages_of_other_sites_change_nothing pages_of_other_sites_are_refused", ""),
    (13, "reading methods on what changes things", "server_functions_answer_with_the_status_they_mean", ""),
    (14, "open redirects", "only_paths_of_this_shop plain_forms_sign_in_and_lead_only_within_the_shop", ""),
    (
        15,
        "forged hosts and addresses",
        "the_eleventh_attempt_in_a_minute_waits_whatever_it_claims_about_its_address only_a_trusted_proxy_is_believed without_an_address_of_its_own_the_shop_repeats_no_name_that_it_was_called",
        "",
    ),
    (16, "fields that are not the caller's", "an_update_refuses_fields_that_are_not_its_own wrong_json_says_what_is_wrong chat_has_a_pace_and_an_end", ""),
    (17, "Unicode", "emoji_and_scripts_are_text_and_heaps_of_marks_are_not a_line_is_folded_and_bounded a_registration_names_what_is_wrong", ""),
    (18, "sockets of other sites", "foreign_pages_may_not_open_sockets pages_of_other_sites_are_refused", ""),
    (
        19,
        "frames that claim to be somebody",
        "a_viewer_addresses_the_broadcaster_alone names_and_roles_are_the_servers a_client_without_cookies_is_told_from_its_neighbours_by_its_signed_session",
        "",
    ),
    (
        20,
        "frames against the protocol",
        "what_breaks_the_protocol_closes_with_its_code a_million_empty_parts_hold_nothing_and_the_others_go_on what_cannot_be_read_closes_with_its_code",
        "Empty parts are no message, so nothing counts them; they hold nothing, and who sends them pays more than we do.",
    ),
    (21, "binary frames, other versions", "what_cannot_be_read_closes_with_its_code another_version_is_no_socket", ""),
    (22, "floods", "a_flood_is_limited_and_not_stored who_pings_without_end_is_sent_away guests_of_one_network_share_a_pace_and_accounts_do_not", ""),
    (23, "frames of another shape", "wrong_frames_are_answered_until_patience_is_spent messages_of_every_shape_are_read", ""),
    (
        24,
        "a client that never reads",
        "who_does_not_read_is_sent_away_and_the_others_hear_all a_socket_that_does_not_read_keeps_the_newest_state_and_is_then_closed a_flood_is_bounded",
        "",
    ),
    (25, "a client that never answers", "who_does_not_answer_pings_is_gone_within_thirty_seconds", ""),
    (26, "too many sockets", "a_visitor_has_so_many_sockets_and_no_more", ""),
    (27, "the same message again", "a_repeated_message_is_stored_once_and_acknowledged_twice", ""),
    (28, "resuming where nobody was", "coming_back_gives_exactly_what_was_missed", "There are no epochs: a log is numbered once and for ever."),
    (29, "one heart on three tabs", "a_thousand_toggles_of_one_person_end_as_the_last_answer_says a_heart_is_one_per_person_on_all_their_tabs", ""),
    (
        30,
        "chat that wants to be markup",
        "what_people_say_is_never_markup_on_a_page no_title_ends_the_block_and_none_is_changed",
        "In browsers: `chats both ways, with the host marked`.",
    ),
    (31, "tokens in addresses", "no_secret_reaches_the_log the_root_takes_upgrades_too_and_a_token_in_the_address_counts", ""),
    (32, "coming while the server stops", "a_stopping_server_says_when_to_come_back", ""),
    (
        33,
        "session descriptions without end",
        "an_offer_or_answer_that_is_none_is_refused_and_costs_nothing a_description_loses_its_addresses_and_may_not_be_endless a_viewer_answers_an_offer_once_and_sends_so_many_candidates_for_it",
        "A frame has a bound, so a description has one; the media server never speaks to an address that was named to it.",
    ),
    (34, "offers of viewers", "a_viewer_addresses_the_broadcaster_alone nobody_takes_the_servers_name_and_nobody_reaches_past_it", ""),
    (
        38,
        "garbage, forged checks, replays and floods at the media server",
        "garbage_from_anywhere_is_dropped_and_the_picture_goes_on what_was_recorded_on_the_way_and_is_sent_again_goes_nowhere a_flood_of_requests_for_key_frames_reaches_the_host_as_one_a_second who_cannot_prove_the_certificate_of_the_description_gets_nothing who_says_nothing_or_half_of_something_is_closed_after_a_while who_begins_with_anything_but_a_proof_is_closed_at_once who_has_proven_it_and_then_breaks_the_frame_is_closed_and_the_others_go_on thousands_of_connections_keep_nobody_out a_viewer_that_does_not_read_loses_packets_and_nobody_else_waits",
        "Over UDP, and over TCP.",
    ),
    (
        40,
        "files that are something else",
        "what_is_no_picture_is_refused_and_leaves_nothing what_is_not_taken_leaves_nothing videos_are_taken_as_recorders_cameras_and_muxers_write_them",
        "",
    ),
    (
        41,
        "names of files",
        "no_name_of_a_file_reaches_the_disk a_picture_is_bounded_renamed_and_served_safely a_recorder_is_called_by_plain_letters an_archive_that_is_not_right_leaves_nothing_behind",
        "",
    ),
    (
        42,
        "chunks twice, out of order, of others",
        "a_number_is_acknowledged_once_and_again_and_everything_else_is_refused chunks_that_come_at_the_same_time_are_stored_once",
        "",
    ),
    (43, "cut off at every boundary", "wherever_the_file_is_cut_off_whole_chunks_stay_and_it_goes_on any_cut_of_a_recording_gives_a_film", ""),
    (
        44,
        "killed while writing",
        "a_server_that_is_killed_in_the_middle_of_a_chunk_has_what_it_acknowledged what_a_killed_server_had_of_an_upload_is_removed_by_a_later_one",
        "",
    ),
    (45, "a full disk", "a_full_disk_is_said_and_the_show_goes_on", ""),
    (
        46,
        "quotas and slow uploads",
        "recordings_take_no_more_room_than_they_may_and_the_show_goes_on a_body_that_does_not_come_is_not_waited_for",
        "Only hosts upload. A body may be slow as long as it comes: a phone's line is no attack.",
    ),
    (47, "pictures that are too large inside", "what_is_no_picture_is_refused_and_leaves_nothing a_body_far_above_the_limit_is_neither_read_nor_kept", ""),
    (
        48,
        "ranges",
        "files_are_served_in_parts_and_only_once many_ranges_at_once_cost_no_more_than_the_file bytes_that_were_given_are_kept_and_those_that_are_not_there_are_refused",
        "",
    ),
    (49, "files that want to be pages", "files_are_served_in_parts_and_only_once a_picture_is_bounded_renamed_and_served_safely", ""),
    (
        50,
        "the database is killed",
        "a_database_that_is_killed_in_the_middle_of_a_talk_loses_and_doubles_nothing a_database_that_is_away_delays_and_doubles_nothing",
        "",
    ),
    (51, "the database hangs", "a_shop_outlives_its_server_and_its_database a_database_that_is_away_gets_the_same_again_and_holds_nobody_up", ""),
    (52, "the primary steps down", "a_primary_that_steps_down_in_the_middle_of_a_talk_loses_and_doubles_nothing", ""),
    (53, "a thousand starts", "one_of_a_thousand_starts_wins", ""),
    (
        54,
        "documents of other times",
        "a_document_that_is_damaged_does_not_take_the_others_with_it values_are_read_whatever_they_were_written_as a_shop_is_taken_over_whole_and_only_once",
        "",
    ),
    (55, "no handles left", "a_server_without_handles_waits_quietly_and_serves_those_it_has", ""),
    (
        56,
        "panics",
        "a_panic_is_one_answer_with_a_reference_and_the_next_is_served a_room_that_panics_comes_back_with_everyone_in_it",
        "Locks are taken from whoever panicked with them (`PoisonError::into_inner`).",
    ),
    (
        57,
        "signals",
        "a_stopping_server_says_when_to_come_back a_second_signal_ends_it_at_once",
        "Settings are read once: a restart, which everybody survives, is how they change.",
    ),
    (
        58,
        "clocks that jump",
        "a_clock_that_jumps_moves_nothing_before_what_came_before_it a_clock_that_is_set_makes_no_stay_longer_or_shorter tokens_end_with_time_role_and_password",
        "",
    ),
    (59, "settings", "a_setting_that_cannot_be_used_is_named_in_one_line a_wrong_setting_is_named_in_one_line", ""),
    (60, "dates", "reads_offsets_fractions_and_leap_seconds lengths_are_right_whatever_the_calendar_does", ""),
    (
        68,
        "wishes for a picture: without end, of others, for what there is not",
        "a_flood_of_wishes_costs_one_key_frame_a_second_at_most a_wish_is_passed_on_for_the_viewers_own_line_and_for_no_other a_wish_of_the_picture_is_one_of_five_and_nothing_else",
        "",
    ),
    (
        69,
        "an engine that sends us elsewhere, answers without end or not at all, and viewers who make us ask it without end",
        "an_answer_points_to_the_same_server_or_nowhere an_engine_of_whip_that_is_of_no_use_costs_the_video_alone offers_of_viewers_go_to_the_server_alone_and_not_many_in_a_row",
        "",
    ),
];

/// A live show of this admin.
async fn live_show(admin: &Client) -> String {
    let (status, body) = admin.post("/livestreams", json!({"title": "Spring colours"})).await;
    assert_eq!(status, 201, "{body}");
    body["livestream"]["_id"].as_str().unwrap().to_owned()
}

/// A server with an admin and a live show.
async fn on_stage() -> (TestApp, Client, String) {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    (app, admin, show)
}

#[test]
fn every_item_has_a_test_that_exists() {
    let tests = test_names();
    let items: BTreeMap<u32, &str> = ITEMS.iter().map(|(number, _, names, _)| (*number, *names)).collect();
    let expected: Vec<u32> = (1..=34).chain([38]).chain(40..=60).chain([68, 69]).collect();
    assert_eq!(items.keys().copied().collect::<Vec<_>>(), expected);
    assert_eq!(items.len(), ITEMS.len(), "each once");
    let missing: Vec<String> = items
        .iter()
        .flat_map(|(number, names)| names.split(' ').filter(|name| !tests.contains(*name)).map(move |name| format!("{number}: there is no test {name}")))
        .collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
