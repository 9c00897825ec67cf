//! Whatever happens in whatever order: counts are right, and everybody sees one chat.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::protocol::upward::Target;

#[derive(Debug, Clone)]
enum Step {
    Join(u64, u8),
    Leave(u64),
    Say(u64),
    Like(u64),
    Store,
    StoreLikes,
    Fail,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..12u64, 0..5u8).prop_map(|(seat, session)| Step::Join(seat, session)),
        (0..12u64).prop_map(Step::Leave),
        (0..12u64).prop_map(Step::Say),
        (0..12u64).prop_map(Step::Like),
        Just(Step::Store),
        Just(Step::StoreLikes),
        Just(Step::Fail),
        (1..2000u64).prop_map(Step::Wait),
    ]
}

proptest! {
    #[test]
    fn counts_are_right_and_everyone_sees_one_order(steps in proptest::collection::vec(step(), 1..120)) {
        let mut stand = Stand::new();
        let mut seats: BTreeMap<u64, String> = BTreeMap::new();
        let mut text = 0;
        for step in steps {
            match step {
                Step::Join(seat, session) => {
                    let session = format!("visitor-{session}");
                    stand.join(seat, &session, None);
                    seats.insert(seat, session);
                }
                Step::Leave(seat) => {
                    stand.leave(seat);
                    seats.remove(&seat);
                }
                Step::Say(seat) => {
                    text += 1;
                    stand.say(seat, &text.to_string(), None);
                }
                Step::Like(seat) => stand.frame(seat, Upward::ToggleLike(Target::default())),
                Step::Store => stand.store(),
                Step::StoreLikes => stand.store_likes(),
                Step::Fail => if stand.persist.take().is_some() {
                    stand.tell(Event::Stored(Err(Unstored)));
                },
                Step::Wait(ms) => stand.wait(ms),
            }
            let sessions: BTreeSet<&String> = seats.values().collect();
            prop_assert_eq!(stand.room.viewer_count(), sessions.len() as u64);
            let engaged: BTreeSet<&str> = stand.room.likes.people().chain(stand.room.speakers.iter().map(String::as_str)).collect();
            prop_assert_eq!(stand.room.figures().engaged, engaged.len() as u64);
        }
        stand.wait(10_000);
        while stand.persist.is_some() {
            stand.store();
        }
        stand.store_likes();
        let everything: Vec<u64> = stand.room.ring.messages().map(|message| message.seq).collect();
        prop_assert!(everything.windows(2).all(|pair| pair[0] < pair[1]));
        for seat in seats.keys() {
            prop_assert_eq!(stand.chat(*seat), everything.clone());
        }
    }
}
