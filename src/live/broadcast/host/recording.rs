//! A host's recording: one recorder over what is sent, begun anew when that changes, and everything it wrote on its way to
//! the server. It never keeps the show waiting; after the show it stays until all is safe.

use leptos::prelude::*;
use web_sys::{Blob, MediaStreamTrack};

use super::{Event, Host};
use crate::{
    api::recordings::{finish_recording, recording_status},
    browser::{
        keep::Keep,
        page,
        recorder::{self, Recorder, RecorderEvent},
        timer::Timeout,
        upload::{Answer, Upload},
    },
    domain::{
        id::LivestreamId,
        livestream::Quality,
        recording::{CHUNK_MS, MAX_CHUNK_BYTES, Recording, RecordingState},
    },
    error::AppError,
    live::{
        broadcast::{
            AirState, RecordingPhase, RecordingView,
            tape::{Piece, Tape},
        },
        state::set,
    },
};

const STORE: &str = "wrencos.recordings";
/// A chunk that takes longer is sent again.
const PATIENCE_MS: u32 = 30_000;
/// What lies here for longer belongs to a show whose film was made without it.
const KEPT_FOR_MS: i64 = 7 * 24 * 3600 * 1000;
const FILM_AGAIN_MS: u32 = 2_000;
/// After so many recorders in a row that gave nothing there is no use in another.
const HOPELESS: u32 = 3;

/// What the recording tells its host's task.
pub(in crate::live::broadcast) enum Taping {
    Opened(Option<std::rc::Rc<Keep>>, Vec<(String, Blob)>),
    /// Whether the show is to be recorded.
    Wanted(LivestreamId, Result<Recording, AppError>),
    Recorder(u32, RecorderEvent),
    /// The browser keeps the piece of this key.
    Kept(String),
    Answered(Answer),
    Again,
    Filmed(Result<Recording, AppError>),
    Skip,
}

/// One recorder, with the tracks that it records.
struct Running {
    number: u32,
    recorder: Recorder,
    tracks: Vec<MediaStreamTrack>,
    name: String,
    began_ms: i64,
    pieces: u32,
    is_ending: bool,
}

/// Everything of a host that is about recording.
pub(super) struct Recordings {
    keep: Option<std::rc::Rc<Keep>>,
    tape: Tape<Blob>,
    upload: Option<Upload>,
    again: Option<Timeout>,
    running: Vec<Running>,
    started: u32,
    /// The show that is recorded, once the server has said that it is to be.
    show: Option<LivestreamId>,
    is_wanted: bool,
    /// The show is over: when all is safe, its film is asked for.
    is_over: bool,
    trouble: Option<&'static str>,
    recorded_before_ms: u64,
    /// Recorders in a row that ended without having given anything.
    barren: u32,
}

impl Recordings {
    pub fn new() -> Self {
        Self {
            keep: None,
            tape: Tape::new(),
            upload: None,
            again: None,
            running: Vec::new(),
            started: 0,
            show: None,
            is_wanted: false,
            is_over: false,
            trouble: None,
            recorded_before_ms: 0,
            barren: 0,
        }
    }
}

impl Host {
    /// Looks for what an earlier page left behind.
    pub(super) fn open_recordings(&self) {
        let opened = async {
            let keep = Keep::open(STORE).await?;
            let kept = keep.all().await;
            Some((keep, kept))
        };
        self.post.spawn(opened, |opened| {
            Event::Taping(match opened {
                Some((keep, kept)) => Taping::Opened(Some(std::rc::Rc::new(keep)), kept),
                None => Taping::Opened(None, Vec::new()),
            })
        });
    }

    /// A show goes on air here: the server says whether it is to be recorded.
    pub(super) fn ask_to_record(&mut self, show: LivestreamId) {
        if self.recordings.show != Some(show) {
            (self.recordings.show, self.recordings.is_wanted, self.recordings.is_over) = (Some(show), false, false);
            self.recordings.recorded_before_ms = 0;
            self.post.spawn(recording_status(show), move |answer| Event::Taping(Taping::Wanted(show, answer)));
        }
    }

    /// Records what is sent now; one recorder follows another where that changed.
    pub(super) fn record(&mut self) {
        let is_on_air = matches!(self.air(), AirState::OnAir | AirState::Interrupted);
        if !is_on_air || !self.recordings.is_wanted || self.recordings.barren >= HOPELESS {
            return;
        }
        let (is_camera_on, quality) = (self.is_camera_on(), self.quality());
        let sent = self.sources.with_media(is_camera_on, quality, |media| media.video.into_iter().chain(media.audio).cloned().collect::<Vec<_>>());
        let Some(tracks) = sent.filter(|tracks| tracks.iter().any(|track| track.kind() == "video")) else { return };
        if self.recordings.running.iter().any(|running| !running.is_ending && running.tracks == tracks) {
            return;
        }
        self.end_recorders();
        self.recordings.started += 1;
        let (post, number) = (self.post.clone(), self.recordings.started);
        let tell = move |event| post.send(Event::Taping(Taping::Recorder(number, event)));
        match Recorder::start(&tracks, bits(quality), CHUNK_MS, tell) {
            Ok(recorder) => {
                let running = Running { number, recorder, tracks, name: page::random_id(), began_ms: page::wall_clock_ms(), pieces: 0, is_ending: false };
                self.recordings.running.push(running);
            }
            Err(_) => self.notice("This browser cannot record the show. The show goes on."),
        }
        self.show_recording();
    }

    /// The air is left, whatever for: nothing more is recorded, and what was is sent.
    pub(super) fn stop_recording(&mut self, then: Then) {
        self.end_recorders();
        self.recordings.is_over |= then == Then::Film && self.recordings.is_wanted;
        self.send_next();
    }

    fn end_recorders(&mut self) {
        for running in self.recordings.running.iter_mut().filter(|running| !running.is_ending) {
            running.is_ending = true;
            self.recordings.recorded_before_ms += elapsed_ms(running.began_ms);
            running.recorder.finish();
        }
    }

    pub(super) fn taping(&mut self, event: Taping) {
        match event {
            Taping::Opened(keep, kept) => self.opened(keep, kept),
            Taping::Wanted(show, answer) if self.recordings.show == Some(show) => {
                // A server that does not answer in time is no reason to lose the show.
                self.recordings.is_wanted = answer.map_or(true, |recording| recording.enabled && recording.state != RecordingState::Ready);
                self.record();
            }
            Taping::Wanted(..) => {}
            Taping::Recorder(number, RecorderEvent::Data(blob)) => self.recorded(number, &blob),
            Taping::Recorder(number, RecorderEvent::Stopped | RecorderEvent::Failed) => {
                if self.recordings.running.iter().any(|running| running.number == number && running.pieces == 0) {
                    self.recordings.barren += 1;
                }
                self.recordings.running.retain(|running| running.number != number);
                self.send_next();
                // One that ended by itself, as its camera was exchanged, has a successor.
                self.record();
            }
            Taping::Kept(key) => {
                self.recordings.tape.is_now_kept(&key);
                self.show_recording();
            }
            Taping::Answered(answer) => self.answered(&answer),
            Taping::Again => {
                self.recordings.again = None;
                self.send_next();
            }
            Taping::Filmed(answer) => self.filmed(answer),
            Taping::Skip => {
                self.recordings.tape = Tape::new();
                (self.recordings.upload, self.recordings.again, self.recordings.trouble) = (None, None, None);
                self.send_next();
            }
        }
    }

    fn opened(&mut self, keep: Option<std::rc::Rc<Keep>>, kept: Vec<(String, Blob)>) {
        let too_old = page::wall_clock_ms() - KEPT_FOR_MS;
        let (mut pieces, mut useless) = (Vec::new(), Vec::new());
        for (key, blob) in kept {
            match Piece::kept(&key, blob.size() as u64, blob).filter(|piece| piece.began_ms > too_old) {
                Some(piece) => pieces.push(piece),
                None => useless.push(key),
            }
        }
        self.recordings.keep = keep;
        self.forget(useless);
        self.recordings.tape.push_old(pieces);
        self.send_next();
    }

    fn forget(&self, keys: Vec<String>) {
        let Some(keep) = self.recordings.keep.clone().filter(|_| !keys.is_empty()) else { return };
        wasm_bindgen_futures::spawn_local(async move {
            for key in keys {
                keep.remove(&key).await;
            }
        });
    }

    fn recorded(&mut self, number: u32, blob: &Blob) {
        let Some(show) = self.recordings.show else { return };
        let Some(running) = self.recordings.running.iter_mut().find(|running| running.number == number) else { return };
        self.recordings.barren = 0;
        for blob in recorder::split(blob, MAX_CHUNK_BYTES as f64) {
            let (name, bytes) = (running.name.clone(), blob.size() as u64);
            let piece = Piece { show, recorder: name, began_ms: running.began_ms, number: running.pieces, bytes, blob };
            running.pieces += 1;
            if let Some(keep) = self.recordings.keep.clone() {
                let (key, blob, post) = (piece.key(), piece.blob.clone(), self.post.clone());
                // A browser that has no room for it has it in memory all the same.
                wasm_bindgen_futures::spawn_local(async move {
                    if keep.put(&key, &blob).await {
                        post.send(Event::Taping(Taping::Kept(key)));
                    }
                });
            }
            self.recordings.tape.push(piece);
        }
        self.send_next();
    }

    fn send_next(&mut self) {
        if self.recordings.again.is_none()
            && let Some(piece) = self.recordings.tape.next()
        {
            let post = self.post.clone();
            let tell = move |answer| post.send(Event::Taping(Taping::Answered(answer)));
            self.recordings.upload = Upload::put(&piece.path(page::wall_clock_ms()), &piece.blob, PATIENCE_MS, tell);
            if self.recordings.upload.is_none() {
                self.post.send(Event::Taping(Taping::Answered(Answer { status: 0, body: String::new() })));
            }
        }
        let is_all_safe = self.recordings.is_over && self.recordings.running.is_empty() && self.recordings.tape.is_empty();
        if let (true, Some(show)) = (is_all_safe, self.recordings.show) {
            self.recordings.is_over = false;
            self.post.spawn(finish_recording(show), |answer| Event::Taping(Taping::Filmed(answer)));
            self.show_phase(RecordingPhase::Finishing);
            return;
        }
        self.show_recording();
    }

    fn answered(&mut self, answer: &Answer) {
        self.recordings.upload = None;
        let verdict = self.recordings.tape.answered(answer.status, &answer.body, page::random());
        self.recordings.trouble = verdict.trouble;
        self.forget(verdict.done.iter().map(Piece::key).collect());
        if verdict.wait_ms > 0 {
            self.again_in(verdict.wait_ms);
        }
        self.send_next();
    }

    fn again_in(&mut self, wait_ms: u32) {
        let post = self.post.clone();
        self.recordings.again = Some(Timeout::new(wait_ms, move || post.send(Event::Taping(Taping::Again))));
    }

    fn filmed(&mut self, answer: Result<Recording, AppError>) {
        match answer.map(|recording| recording.state) {
            Ok(RecordingState::Ready) => self.show_phase(RecordingPhase::Ready),
            Ok(RecordingState::Failed | RecordingState::None) => self.show_phase(RecordingPhase::Empty),
            // Not yet, or nobody answered: the server makes it in any case; here it is only waited for.
            Ok(_) | Err(_) => {
                self.recordings.is_over = true;
                self.again_in(FILM_AGAIN_MS);
            }
        }
    }

    fn show_recording(&self) {
        let recordings = &self.recordings;
        let is_recording = recordings.running.iter().any(|running| !running.is_ending);
        let present = self.page.recording.try_with_untracked(|view| view.phase).unwrap_or_default();
        self.show_phase(match present {
            _ if is_recording => RecordingPhase::Recording,
            _ if !recordings.tape.is_empty() || !recordings.running.is_empty() => RecordingPhase::Saving,
            RecordingPhase::Recording | RecordingPhase::Saving if !recordings.is_over => RecordingPhase::Off,
            other => other,
        });
    }

    fn show_phase(&self, phase: RecordingPhase) {
        let recordings = &self.recordings;
        let running = recordings.running.iter().find(|running| !running.is_ending);
        let view = RecordingView {
            phase,
            recorded_ms: recordings.recorded_before_ms + running.map_or(0, |running| elapsed_ms(running.began_ms)),
            waiting_bytes: recordings.tape.waiting_bytes(),
            sent_bytes: recordings.tape.sent_bytes(),
            trouble: recordings.trouble,
            // What a recorder has not given yet is nowhere.
            is_kept: recordings.keep.is_some() && recordings.running.is_empty() && recordings.tape.is_kept(),
        };
        set(self.page.recording, view);
    }
}

/// What follows when a recording stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The show is over: its film is made.
    Film,
    /// The show goes on somewhere else.
    Nothing,
}

fn elapsed_ms(began_ms: i64) -> u64 {
    u64::try_from(page::wall_clock_ms() - began_ms).unwrap_or(0)
}

const fn bits(quality: Quality) -> u32 {
    match quality {
        Quality::Hd720 => 2_500_000,
        Quality::Hd1080 => 4_500_000,
    }
}
