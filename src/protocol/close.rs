//! Close codes of the socket. 4000–4999 are ours (RFC 6455, 7.4.2); those below are its own.

/// From a client: its page is left or loaded anew (RFC 6455, 7.4.1).
pub const GOING_AWAY: u16 = 1001;
/// The server is restarting: come back after the hint in the reason.
pub const SERVICE_RESTART: u16 = 1012;
/// Too many frames that could not be accepted.
pub const POLICY: u16 = 1008;
/// A binary frame.
pub const UNSUPPORTED: u16 = 1003;
/// The session that opened this socket was signed out.
pub const SIGNED_OUT: u16 = 4401;
/// Whoever holds this socket is banned from the show; the reason is a sentence for them.
pub const BANNED: u16 = 4403;
/// The show of this socket was deleted; another may be there.
pub const SHOW_DELETED: u16 = 4404;
/// More sockets than one visitor may have.
pub const TOO_MANY_SOCKETS: u16 = 4429;
/// This socket did not read what it was sent.
pub const TOO_SLOW: u16 = 4408;
