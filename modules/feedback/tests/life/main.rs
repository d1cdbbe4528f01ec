//! The life of petitions on both engines: every act, who may, what is owed, what is counted, what stays secret.

#![allow(clippy::unwrap_used)]

mod lives;
mod matrix;
mod past;
mod plans;
mod secrets;
mod support;
mod together;
