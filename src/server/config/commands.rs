//! What commands are told beside the settings.

use std::path::PathBuf;

use clap::Subcommand;

use crate::domain::id::LivestreamId;

/// What to do with one show.
#[derive(Debug, Clone, Subcommand)]
pub enum ShowCommand {
    /// Write a show that is over to a new file, with what its replay shows customers and nothing else
    Export {
        /// The show's id, as in the address of its replay
        id: LivestreamId,
        /// The file; one that is there is not overwritten
        file: PathBuf,
    },
    /// Take a show in from a file that `show export` wrote, whole or not at all.
    ///
    /// It becomes a new show each time. Products that are here already are used; others come out of stock and not for sale,
    /// until somebody of this shop has looked at them.
    Import {
        /// The file
        file: PathBuf,
    },
}

/// In what another system wrote prices down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PriceUnit {
    /// Dollars, as in 12.99.
    Major,
    /// Cents, as in 1299.
    Minor,
}
