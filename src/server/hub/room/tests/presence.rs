//! Stays: when they begin and end, what is written of them, and when.

use super::*;
use crate::server::db::presence::Stay;

/// Whose stay, from and until which millisecond of the room.
fn spans(stays: &[Stay]) -> Vec<(&str, i64, Option<i64>)> {
    let since = |at: Timestamp| at.millis() - moment(0).at.millis();
    stays.iter().map(|stay| (stay.session.as_str(), since(stay.from), stay.until.map(since))).collect()
}

#[test]
fn a_stay_lasts_from_the_first_tab_to_the_last() {
    let mut stand = Stand::new();
    stand.join(1, "ada", None);
    stand.join(9, "host", None);
    stand.wait(1000);
    stand.join(2, "ada", None);
    stand.join(1, "ada", Some(0));
    stand.leave(1);
    stand.wait(1000);
    stand.join(3, "bea", None);
    stand.leave(2);
    assert_eq!(stand.attendance, None, "nothing is written at once");
    stand.wait(3000);
    let first = stand.store_attendance();
    assert_eq!(spans(&first.stays), [("ada", 0, None), ("bea", 2000, None), ("ada", 0, Some(2000))]);
    assert_eq!((first.opened, first.alive), (moment(0).at, moment(5000).at));
    stand.leave(3);
    stand.leave(9);
    stand.wait(5000);
    assert_eq!(spans(&stand.store_attendance().stays), [("bea", 2000, Some(5000))]);
    stand.wait(60_000);
    assert_eq!(stand.attendance, None, "an empty room has nothing to say");
}

#[test]
fn a_full_house_that_sits_still_is_one_small_write() {
    let mut stand = Stand::new();
    for seat in 0..1000 {
        stand.join(seat, &format!("viewer-{seat:04}"), None);
    }
    stand.wait(5000);
    assert_eq!(stand.store_attendance().stays.len(), 1000);
    for beat in 2..5 {
        stand.wait(5000);
        let still = stand.store_attendance();
        assert_eq!((still.stays.len(), still.alive), (0, moment(beat * 5000).at));
    }
}

#[test]
fn only_what_is_live_is_watched() {
    let mut stand = Stand::of(LivestreamRecord { status: LivestreamStatus::Scheduled, start_time: None, ..record() });
    stand.join(1, "ada", None);
    stand.wait(10_000);
    assert_eq!(stand.attendance, None);
    stand.tell(Event::Transitioned(Ok(Box::new(LivestreamRecord { start_time: Some(moment(10_000).at), ..record() }))));
    stand.wait(7000);
    stand.tell(Event::Transitioned(Ok(Box::new(LivestreamRecord { status: LivestreamStatus::Ended, end_time: Some(moment(17_000).at), ..record() }))));
    stand.join(2, "bea", None);
    let begun = stand.store_attendance();
    assert_eq!(spans(&begun.stays), [("ada", 10_000, None)]);
    stand.wait(5000);
    assert_eq!(spans(&stand.store_attendance().stays), [("ada", 10_000, Some(17_000))]);
    stand.wait(60_000);
    assert_eq!(stand.attendance, None);
}

#[test]
fn a_clock_that_is_set_makes_no_stay_longer_or_shorter() {
    let jumps = |jump_ms: i64| {
        let mut stand = Stand::new();
        stand.join(1, "ada", None);
        stand.now_ms = 4000;
        let mut out = Vec::new();
        let later = moment(4000);
        stand.room.handle(Event::Leave(SeatId(1)), Moment { at: later.at.plus_millis(jump_ms), ..later }, &mut out);
        stand.wait(5000);
        spans(&stand.store_attendance().stays).iter().filter_map(|(_, from, until)| Some((*from, (*until)?))).collect::<Vec<_>>()
    };
    for jump_ms in [0, 3_600_000, -3_600_000] {
        assert_eq!(jumps(jump_ms), [(0, 4000)], "{jump_ms}");
    }
}

#[test]
fn a_database_that_is_away_gets_the_same_again_and_holds_nobody_up() {
    let mut stand = Stand::new();
    stand.join(1, "ada", None);
    stand.wait(5000);
    let sent = stand.attendance.take().expect("a first try");
    stand.tell(Event::AttendanceStored(Err(Unstored)));
    // People come and go meanwhile, more than anybody could want to remember.
    for seat in 10..15_010 {
        stand.join(seat, "bea", None);
        stand.leave(seat);
    }
    stand.wait(200);
    assert_eq!(stand.attendance.as_ref(), Some(&sent));
    stand.store_attendance();
    stand.wait(5000);
    let mut rest = 0;
    while let Some(batch) = stand.attendance.clone() {
        assert!(batch.stays.len() <= 2000);
        rest += batch.stays.len();
        stand.store_attendance();
        stand.wait(5000);
        if stand.attendance.as_ref().is_some_and(|next| next.stays.is_empty()) {
            break;
        }
    }
    assert_eq!(rest, 20_000, "the oldest were given up");
}

#[test]
fn whoever_waits_for_everything_waits_for_the_stays_too() {
    let mut stand = Stand::new();
    stand.join(1, "ada", None);
    let mut out = Vec::new();
    stand.room.handle(Event::Asked(Ticket(1), Ask::Flush), moment(100), &mut out);
    assert!(matches!(out.as_slice(), [Effect::StoreAttendance(_)]), "{out:?}");
    let mut out = Vec::new();
    stand.room.handle(Event::AttendanceStored(Ok(())), moment(200), &mut out);
    assert!(out.iter().any(|effect| matches!(effect, Effect::Answer(Ticket(1), Ok(Answer::Done)))), "{out:?}");
}
