//! The one integration crate: one program to link, so that adding a journey costs seconds.
//!
//! - [`harness`]: a province in process on both engines, with named people;
//! - journeys: what people do, through the router;
//! - [`running`]: the program as a process, spoken to as browsers speak;
//! - [`api`]: what the description of the API says is read is read;
//! - [`authorisation`]: every route against every role, held against `authorisation.txt`;
//! - [`earlier`]: databases of earlier versions verify under this one;
//! - [`hostile`]: every field of every form, and every address, sent what nobody should send;
//! - [`fuzz`]: every parser of bytes from outside on thousands of changed seeds;
//! - [`states`]: the pictures of the state machines follow their tables;
//! - [`proof`]: every column of every table changed behind the program's back, in a province that [`lived`] filled;
//! - [`statements`], [`tidy`]: the invariants of ARCHITECTURE.md that a machine can check.

#![cfg(test)]

sandbox::test_entry!();

mod api;
mod authorisation;
mod earlier;
mod fuzz;
mod harness;
mod hostile;
mod journeys;
mod lived;
mod measures;
mod proof;
mod running;
mod statements;
mod states;
mod tidy;
