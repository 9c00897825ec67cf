//! Frames from a client to the hub.

use super::{Frame, Words};
use crate::{
    domain::{id::PeerId, picture::PictureQuality},
    protocol::upward::{
        Answer, Candidate, Chat, ChatBody, NewCustomer, Offer, PeerRegister, QualityChoice, Register, Start, StreamData, Target, Upward, UserType,
    },
    server::http::describe::{
        sample,
        schema::{About, Part, Parts, choice, entered, flag, id, named, object, or_null, text},
    },
};
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, Type};

/// All of them, described.
pub fn all() -> Vec<Frame> {
    samples().iter().map(|frame| words(frame).of(frame)).collect()
}

/// One of each, with every part that it can have.
pub fn samples() -> Vec<Upward> {
    let (viewer, host) = (|| PeerId("viewer-7".into()), || PeerId("host-1".into()));
    let register = || Register {
        session_id: Some("session_1772389800000".into()),
        user_id: Some(sample::user_id().to_string()),
        stream_id: Some(sample::show_id()),
        token: Some("eyJhbGciOiJIUzI1NiJ9.…".into()),
        since: Some(42),
    };
    let target = || Target { stream_id: Some(sample::show_id()) };
    let start = || Start {
        stream_id: Some(sample::show_id()),
        peer_id: Some(host()),
        stream_data: Some(StreamData { id: Some(sample::show_id()), stream_id: Some(sample::show_id()) }),
        takeover: true,
    };
    let chat = Chat {
        message: ChatBody::Text("Is it vegan?".into()),
        stream_id: Some(sample::show_id()),
        username: Some("Lena".into()),
        client_id: Some("m-17".into()),
    };
    vec![
        Upward::Register(register()),
        Upward::RegisterAdmin(register()),
        Upward::ChatMessage(chat),
        Upward::ToggleLike(target()),
        Upward::StartStream(start()),
        Upward::StreamStarted(start()),
        Upward::WebrtcBroadcastStart(start()),
        Upward::StopStream(target()),
        Upward::StreamStopped(target()),
        Upward::PinnedProductsUpdated(target()),
        Upward::WebrtcRegister(PeerRegister { peer_id: viewer(), user_type: UserType::Customer }),
        Upward::WebrtcNewCustomer(NewCustomer { customer_id: Some(viewer()) }),
        Upward::WebrtcOffer(Offer { to: Some(viewer()), offer: sample::description("offer") }),
        Upward::WebrtcAnswer(Answer { to: Some(host()), answer: sample::description("answer") }),
        Upward::WebrtcIceCandidate(Candidate { to: Some(host()), candidate: Some(sample::candidate()) }),
        Upward::WebrtcQuality(QualityChoice { quality: PictureQuality::Medium }),
    ]
}

fn words(frame: &Upward) -> Words {
    const ADMIN: &str = "admin";
    let show = |words: Words| words.may("streamId", or_null(id()));
    let peer = || entered(1, 128);
    let register = |words: Words| {
        show(words)
            .may("sessionId", or_null(peer()))
            .may("userId", or_null(peer()))
            .may("token", or_null(text()))
            .may("since", or_null(ObjectBuilder::new().schema_type(Type::Integer).about("The last `seq` seen, to get what was missed.")))
    };
    let start = |about| {
        let data = object().about("Only its `_id` is read, and only where `streamId` is absent.").may("_id", or_null(id())).may("streamId", or_null(id()));
        show(Words::new(ADMIN, about))
            .may("peerId", or_null(peer()))
            .may("streamData", or_null(data))
            .may("takeover", flag().about("Takes the broadcast over from another device of the same host."))
    };
    match frame {
        Upward::Register(_) => register(Words::new(
            "anyone",
            "Joins a show as a viewer: by default the newest live one. Answered by `registered`, `stream_update`, `chat_history`, `pinned_products_updated`.",
        )),
        Upward::RegisterAdmin(_) => {
            register(Words::new(ADMIN, "Joins a show as its host. Without an admin's token or cookie: `error` with the code `unauthorized`."))
        }
        Upward::ChatMessage(_) => {
            show(Words::new("anyone", "Says something. Name and role are the server's own knowledge of the sender; guests give a `username`."))
                .needs("message", message())
                .may("username", or_null(text()))
                .may("clientId", or_null(peer().about("The sender's own mark: the same is stored once.")))
        }
        Upward::ToggleLike(_) => show(Words::new("anyone", "Gives a heart, or takes it back. One per person.")),
        Upward::StartStream(_) => start("The show begins or goes on. One idempotent transition under three names."),
        Upward::StreamStarted(_) => start("The same as `start_stream`."),
        Upward::WebrtcBroadcastStart(_) => start("The same as `start_stream`; `peerId` is on air from now on."),
        Upward::StopStream(_) => show(Words::new(ADMIN, "The show ends. Idempotent.")),
        Upward::StreamStopped(_) => show(Words::new(ADMIN, "The same as `stop_stream`.")),
        Upward::PinnedProductsUpdated(_) => show(Words::new(ADMIN, "A hint that the shelf changed elsewhere: the server reads and tells its own.")),
        Upward::WebrtcRegister(_) => Words::new("host and viewers", "Names a peer. The host's is on air; for a viewer's the host is asked to offer.")
            .needs("peerId", peer())
            .needs("userType", choice(&["admin", "customer"]).about("`admin` needs an admin connection.")),
        Upward::WebrtcNewCustomer(_) => {
            Words::new("viewers", "Asks for an offer, once more. Idempotent with `webrtc_register`.").may("customerId", or_null(peer()))
        }
        Upward::WebrtcOffer(_) => {
            Words::new("host, and viewers whom `webrtc_broadcaster_available` asks to offer", "Passed on to a viewer, or taken by the shop's media engine.")
                .may("to", or_null(peer()))
                .needs("offer", named("SessionDescription"))
        }
        Upward::WebrtcAnswer(_) => Words::new("viewers", "Passed on to the broadcaster: viewers address nobody else.")
            .may("to", or_null(peer()))
            .needs("answer", named("SessionDescription")),
        Upward::WebrtcIceCandidate(_) => Words::new("host and viewers", "Passed on. Without `candidate`, or with null: there are no more.")
            .may("to", or_null(peer()))
            .may("candidate", or_null(named("IceCandidate"))),
        Upward::WebrtcQuality(_) => Words::new(
            "viewers",
            "What to send of the picture at best, to this viewer alone: one of the `qualities` of its offer. It holds for later offers on this socket, too.",
        )
        .needs("quality", choice(&PictureQuality::ALL.map(PictureQuality::name)).about("`auto`: as much as the network carries. `sound`: no picture.")),
    }
}

fn message() -> Part {
    let object = object().about("The shape that the replaced web client sends.").needs("message", entered(1, 500)).may("username", or_null(text()));
    OneOfBuilder::new().item(entered(1, 500)).item(object).into()
}
