//! Frames from the hub to a client.

use utoipa::openapi::ObjectBuilder;

use super::{Frame, Words};
use crate::{
    domain::{id::PeerId, livestream::Quality, picture::PictureQuality},
    protocol::{
        VERSION,
        downward::{
            AdminRegistered, AnswerFrom, BroadcasterAvailable, CandidateFrom, ChatDeleted, ChatEvent, ChatHistory, CustomerWaiting, Downward, ErrorFrame,
            OfferFrom, Offers, OrderEvent, PinsEvent, Registered, StreamEvent, StreamUpdate,
        },
    },
    server::http::describe::{
        sample,
        schema::{About, choice, count, flag, id, list, named, or_null, text, time},
    },
};

/// All of them, described.
pub fn all() -> Vec<Frame> {
    samples().iter().map(|frame| words(frame).of(frame)).collect()
}

/// One of each, with every part that it can have.
pub fn samples() -> Vec<Downward> {
    let (show, viewer, host) = (sample::show_id(), || PeerId("viewer-7".into()), || PeerId("host-1".into()));
    let update = StreamUpdate {
        stream_id: Some(show),
        is_active: Some(true),
        title: Some("Spring colours".into()),
        description: Some("Six new shades, tried on live.".into()),
        quality: Some(Quality::Hd720),
        start_time: Some(sample::at(2)),
        viewer_count: Some(31),
        view_count: Some(120),
        max_viewers: Some(48),
        peak_viewers: Some(48),
        likes: Some(17),
        liked: Some(true),
        liked_by: Some(vec![sample::user_id().to_string()]),
        broadcaster_online: Some(true),
        chat_rules: Some(sample::chat_rules()),
        muted_seconds: Some(300),
    };
    let event =
        || StreamEvent { stream_id: show, seq: 1, at: sample::at(2), stream_data: Some(Box::new(sample::livestream())), reason: Some("stopped".into()) };
    vec![
        Downward::Registered(Registered { session_id: "4f0c9a2e7d.Zk3v".into(), server_time: sample::at(754), protocol: VERSION, stream_id: Some(show) }),
        Downward::AdminRegistered(AdminRegistered {
            user_id: sample::livestream().created_by,
            server_time: sample::at(754),
            protocol: VERSION,
            stream_id: Some(show),
        }),
        Downward::StreamUpdate(Box::new(update)),
        Downward::ChatHistory(ChatHistory {
            stream_id: show,
            messages: vec![sample::chat_message()],
            chat_messages: vec![sample::chat_message()],
            recovered: true,
            seq: 42,
            deleted: vec![sample::chat_message().id],
        }),
        Downward::ChatMessage(ChatEvent { stream_id: show, at: sample::at(754), message: sample::chat_message() }),
        Downward::ChatMessageDeleted(ChatDeleted { stream_id: show, id: sample::chat_message().id, seq: 44, at: sample::at(765) }),
        Downward::PinnedProductsUpdated(PinsEvent {
            stream_id: show,
            seq: Some(43),
            at: Some(sample::at(760)),
            pinned_products: vec![sample::pinned_product()],
        }),
        Downward::ShowOrder(OrderEvent { stream_id: show, order: sample::feed_order() }),
        Downward::StreamStarted(event()),
        Downward::StreamStopped(event()),
        Downward::WebrtcBroadcasterAvailable(BroadcasterAvailable { stream_id: show, peer_id: host(), offers: Some(Offers::Viewer) }),
        Downward::WebrtcNewCustomer(CustomerWaiting { stream_id: show, customer_id: viewer(), peer_id: viewer(), layers: true }),
        Downward::WebrtcCustomerGone(CustomerWaiting { stream_id: show, customer_id: viewer(), peer_id: viewer(), layers: false }),
        Downward::WebrtcOffer(OfferFrom {
            stream_id: show,
            from: host(),
            to: viewer(),
            offer: sample::description("offer"),
            qualities: PictureQuality::ALL.into(),
        }),
        Downward::WebrtcAnswer(AnswerFrom { stream_id: show, from: viewer(), to: host(), answer: sample::description("answer") }),
        Downward::WebrtcIceCandidate(CandidateFrom { stream_id: show, from: viewer(), to: host(), candidate: Some(sample::candidate()) }),
        Downward::Error(ErrorFrame {
            code: "invalid".into(),
            message: "This cannot be empty.".into(),
            re: Some("chat_message".into()),
            client_id: Some("m-17".into()),
            retry_after: Some(8),
        }),
    ]
}

fn words(frame: &Downward) -> Words {
    const SHOW: &str = "everyone of the show";
    let of_show = |words: Words| words.needs("streamId", id());
    let event = |words: Words| of_show(words).needs("seq", place()).needs("at", time());
    let registered = |words: Words| {
        let version = count().about("Grows when a client of the version before would misread a frame.");
        words.needs("serverTime", time()).needs("protocol", version).may("streamId", id().about("The show that was joined; absent where there is none."))
    };
    let crossing = |words: Words| of_show(words).needs("from", text().about("As the server knows the sender.")).needs("to", text());
    let transition =
        |who, about| event(Words::new(who, about)).may("streamData", named("Livestream")).may("reason", text().about("`stopped`, `broadcaster_gone`."));
    match frame {
        Downward::Registered(_) => registered(Words::new("who registered", "First of the greeting. `sessionId` makes the next `register` the same visitor."))
            .needs("sessionId", text()),
        Downward::AdminRegistered(_) => registered(Words::new("the host", "First of the greeting of a host.")).needs("userId", id()),
        Downward::StreamUpdate(_) => {
            update(Words::new(SHOW, "The state of the show: everything on joining, afterwards what changed, at most four times a second."))
        }
        Downward::ChatHistory(_) => of_show(Words::new("who joins", "The last 100 messages, oldest first; or everything after `since`."))
            .needs("messages", list(named("ChatMessage")))
            .needs("chatMessages", list(named("ChatMessage")).about("The same as `messages`."))
            .needs("recovered", flag().about("These are exactly the messages after `since`; otherwise they replace what the client has."))
            .needs("seq", place())
            .needs("deleted", list(id()).about("Messages that were deleted after `since`.")),
        Downward::ChatMessage(_) => chat(event(Words::new(SHOW, "Somebody said something. The sender hears it too, by its `clientId`."))),
        Downward::ChatMessageDeleted(_) => event(Words::new(SHOW, "A message is gone, for everybody.")).needs("id", id()),
        Downward::ShowOrder(_) => of_show(Words::new("hosts", "An order of the show: new, or in another status.")).needs("order", named("FeedOrder")),
        Downward::PinnedProductsUpdated(_) => {
            of_show(Words::new(SHOW, "The whole shelf, in order. On joining without `seq` and `at`: it is state, not an event."))
                .may("seq", place())
                .may("at", time())
                .needs("pinnedProducts", list(named("PinnedProduct")))
        }
        Downward::StreamStarted(_) => transition(SHOW, "The show began. Who waits without a show hears it too."),
        Downward::StreamStopped(_) => transition(SHOW, "The show ended."),
        Downward::WebrtcBroadcasterAvailable(_) => {
            of_show(Words::new("viewers", "Somebody is on air, or the media server for them: send `webrtc_register` and await an offer."))
                .needs("peerId", text())
                .may("offers", choice(&["viewer"]).about("Where the shop's pictures go through an engine of WHEP: no offer will come. Send this peer your own `webrtc_offer`, to take picture and sound; its `webrtc_answer` follows. Said again when a new offer would be answered."))
        }
        Downward::WebrtcNewCustomer(_) => {
            of_show(Words::new("the broadcaster", "This peer waits for an offer: a viewer, or the shop's media server in place of all of them."))
                .needs("customerId", text())
                .needs("peerId", text().about("The same as `customerId`."))
                .may("layers", flag().about("True for the media server: offer the picture in up to three sizes at once (simulcast), the smallest first."))
        }
        Downward::WebrtcCustomerGone(_) => of_show(Words::new("the broadcaster", "This peer may not watch any more: close the way to it."))
            .needs("customerId", text())
            .needs("peerId", text().about("The same as `customerId`.")),
        Downward::WebrtcOffer(_) => crossing(Words::new("a viewer", "The broadcaster's offer.")).needs("offer", named("SessionDescription")).may(
            "qualities",
            list(choice(&PictureQuality::ALL.map(PictureQuality::name)))
                .about("What `webrtc_quality` may wish for; absent where the picture comes from the host itself."),
        ),
        Downward::WebrtcAnswer(_) => crossing(Words::new("the broadcaster, and viewers who offered", "The answer to an offer.")).needs("answer", named("SessionDescription")),
        Downward::WebrtcIceCandidate(_) => crossing(Words::new("host and viewers", "A way to the other peer; null where there are no more."))
            .needs("candidate", or_null(named("IceCandidate"))),
        Downward::Error(_) => Words::new("the sender", "A refused frame. It changed nothing. The socket stays open until patience is spent (close code 1008).")
            .needs("code", text().about("Stable, for programs."))
            .needs("message", text().about("A sentence for people."))
            .may("re", text().about("The `type` of the frame that was refused."))
            .may("clientId", text().about("The mark of the chat message that was refused."))
            .may("retryAfter", count().about("Seconds after which it is worth trying again.")),
    }
}

fn place() -> ObjectBuilder {
    count().about("A place in the log of the show.")
}

fn update(words: Words) -> Words {
    words
        .needs("streamId", or_null(id().about("Null in the one update that a client gets where there is no show to join.")))
        .may("isActive", flag())
        .may("title", text())
        .may("description", text())
        .may("quality", choice(&["720p", "1080p"]))
        .may("startTime", time())
        .may("viewerCount", count().about("Sessions with a live socket."))
        .may("viewCount", count())
        .may("maxViewers", count())
        .may("peakViewers", count().about("The same as `maxViewers`."))
        .may("likes", count())
        .may("liked", flag().about("By the receiver; absent in what is sent to all."))
        .may("likedBy", list(text()).about("The receiver's own id if it liked; absent in what is sent to all."))
        .may("chatRules", named("ChatRules"))
        .may("mutedSeconds", count().about("Seconds for which the receiver may not speak; zero: it may again. Absent in what is sent to all."))
        .may("broadcasterOnline", flag().about("False while the host's connection is away and the show waits for it."))
}

fn chat(words: Words) -> Words {
    words
        .needs("id", id())
        .needs("username", text())
        .needs("message", text())
        .needs("timestamp", time())
        .needs("isAdmin", flag())
        .may("isModerator", flag())
        .may("clientId", text())
}
