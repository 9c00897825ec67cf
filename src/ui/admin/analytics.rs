//! The numbers of one show: tiles, a drawing of it over time, a table of what it sold.

pub mod analytics_page;
mod chart;
mod figures;
mod tables;
