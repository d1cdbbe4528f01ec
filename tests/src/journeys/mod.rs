//! What people do, through the router, on both engines.

mod access_record;
mod accounts;
mod acts;
mod background;
pub(crate) mod definitions;
mod desks;
pub(crate) mod dialogues;
mod guessing;
mod kept_forms;
mod leafing;
mod lists;
pub(crate) mod notices;
pub(crate) mod one_stop;
mod one_stop_input;
mod one_stop_lists;
mod own_roles;
mod papers;
pub(crate) mod petitions;
mod plans;
pub(crate) mod portal;
mod posts;
mod printing;
mod rating;
mod reminders;
mod sent_files;
pub(crate) mod signing_in;
mod two_people;
