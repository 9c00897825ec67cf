//! The icons: one drawing each, on a grid of 24, in the colour of the text around them.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    Heart,
    Eye,
    Send,
    SoundOn,
    SoundOff,
    FullScreen,
    Floating,
    Microphone,
    MicrophoneOff,
    Camera,
    CameraOff,
    Screen,
    Up,
    Down,
    Pin,
    Unpin,
    Back,
    Next,
    Search,
    Bag,
    Trash,
    Plus,
    Minus,
    Stop,
    Alert,
    Check,
    Close,
    Bird,
    Leave,
    Edit,
    Grip,
    More,
    Announce,
    Clock,
    Calendar,
    Flip,
    Settings,
    Chat,
    Receipt,
    Play,
    Pause,
    Again,
}

impl Glyph {
    const fn outline(self) -> &'static str {
        match self {
            Self::Heart => "M12 20C5.500 15.500 3 12.300 3 8.800A4.800 4.800 0 0 1 12 6.500a4.800 4.800 0 0 1 9 2.300c0 3.500-2.500 6.700-9 11.200Z",
            Self::Eye => "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z",
            Self::Send => "M4 12 20 4l-4.500 16-4-6.500L4 12Zm7.500 1.500L20 4",
            Self::SoundOn => "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500H4ZM15.500 9a4 4 0 0 1 0 6M18 6.500a7.500 7.500 0 0 1 0 11",
            Self::SoundOff => "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500H4ZM16 9.500l5 5m0-5-5 5",
            Self::FullScreen => "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
            Self::Floating => "M3 5h18v14H3ZM12.500 12H18v4h-5.500Z",
            Self::Microphone => "M12 3.500a3 3 0 0 0-3 3V11a3 3 0 0 0 6 0V6.500a3 3 0 0 0-3-3ZM5.500 11a6.500 6.500 0 0 0 13 0M12 17.500v3",
            Self::MicrophoneOff => {
                "M9 9v2a3 3 0 0 0 5 2.200M15 10V6.500a3 3 0 0 0-5.800-1M5.500 11a6.500 6.500 0 0 0 10.700 5M18.500 11a6.500 6.500 0 0 1-.400 2.200M12 17.500v3M4 4l16 16"
            }
            Self::Camera => "M3 7h12v10H3ZM15 11l6-3.500v9L15 13",
            Self::CameraOff => "M9 7h6v6M15 11l6-3.500v9l-3-1.700M12 17H3V7h2M4 4l16 16",
            Self::Screen => "M3 5h18v11H3ZM8 20h8M12 16v4M9 11.500l3-3 3 3M12 8.500V13",
            Self::Up => "M12 19V5M6 11l6-6 6 6",
            Self::Down => "M12 5v14M6 13l6 6 6-6",
            Self::Pin => "M9 4h6l-.700 6L18 13.500H6L9.700 10 9 4ZM12 13.500V20",
            Self::Unpin => "M9.300 6.500 9 4h6l-.500 4.500M13 9.500l5 4h-3.500M12 13.500V20M12 13.500H6L9.500 10M4 4l16 16",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Next => "M9 5l7 7-7 7",
            Self::Search => "M10.500 4.500a6 6 0 1 0 0 12 6 6 0 0 0 0-12ZM15 15l5 5",
            Self::Bag => "M5 8.500h14l-1 11H6l-1-11ZM9 8.500V7a3 3 0 0 1 6 0v1.500",
            Self::Trash => "M4.500 7h15M9.500 7V4.500h5V7M6.500 7l1 12.500h9l1-12.500M10.500 11v5M13.500 11v5",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Minus => "M5 12h14",
            Self::Stop => "M6.500 6.500h11v11h-11Z",
            Self::Alert => "M12 4 2.500 20h19L12 4ZM12 10v4.500M12 17.400v.100",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Check => "M5 12.500 10 17.500 19.500 7",
            Self::Bird => {
                "M3.500 5c2 1 3.500 2.700 4.300 4.700A6.500 6.500 0 0 1 13 7.500a4 4 0 0 1 7.700 1.200L22 9.500l-1.500.800c-.500 5.200-3.500 8.200-7.800 8.200-4.300 0-7.300-3-7.500-7.200C5.100 8.800 4.500 6.700 3.500 5ZM17.300 8.700v.100"
            }
            Self::Leave => "M10 4.500H5v15h5M14 8l4 4-4 4M18 12H9.500",
            Self::Edit => "M4.500 19.500 5.500 15 15.500 5l3.500 3.500-10 10-4.500 1ZM13 7.500l3.500 3.500",
            Self::Grip => "M9 6v.100M15 6v.100M9 12v.100M15 12v.100M9 18v.100M15 18v.100",
            Self::Receipt => "M5.500 3.500v17l2.200-1.500 2.100 1.500 2.200-1.500 2.200 1.500 2.100-1.500 2.200 1.500v-17ZM9 8.500h6M9 12.500h6",
            Self::More => "M5 12h.100M12 12h.100M19 12h.100",
            Self::Announce => "M4 10v4h3l8 4.500V5.500L7 10ZM18 9.500a4 4 0 0 1 0 5M7 14l1.500 5.500",
            Self::Calendar => "M4.500 6h15v13.500h-15ZM4.500 10.500h15M8.500 3.500V8M15.500 3.500V8M8.500 14h3v2.500h-3Z",
            Self::Flip => "M4 9.500A8.200 8.200 0 0 1 18.500 7L20 9M20 4.500V9h-4.500M20 14.500A8.200 8.200 0 0 1 5.500 17L4 15M4 19.500V15h4.500",
            Self::Settings => "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4M4 12h12M20 12h0M18 10v4",
            Self::Chat => "M4 5h16v11h-9l-4.500 3.500V16H4ZM8 9h8M8 12.500h5",
            Self::Play => "M8 5.500 18.500 12 8 18.500Z",
            Self::Pause => "M8.500 5.500v13M15.500 5.500v13",
            Self::Again => "M5 5v5h5M5.600 10A7.500 7.500 0 1 1 4.500 13.500",
            Self::Clock => "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17ZM12 7.500V12l3 2",
        }
    }
}

/// An icon beside words, or in a button that has a label: read aloud by nobody.
#[component]
pub fn Icon(glyph: Glyph, #[prop(default = "icon")] class: &'static str) -> impl IntoView {
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=glyph.outline() />
        </svg>
    }
}
