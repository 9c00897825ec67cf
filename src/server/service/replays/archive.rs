//! A show that is over as one file that another shop can take in: a tar archive with what its replay shows customers, and
//! nothing else. What was cut off the film, what was deleted from the chat, who people are beyond the name they spoke under,
//! orders, hearts and the numbers of the shop stay where they are.
//!
//! `show.json` comes first and names every other file, `log.jsonl` among them: one line per message and change of the shelf, so
//! that a talk of any length is written and read line by line.

mod export;
mod form;
mod import;
mod unpack;

pub use self::{
    export::{Archive, archive, export},
    import::{Imported, import},
};
