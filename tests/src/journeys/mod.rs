//! What people do, through the router, on both engines.

mod accounts;
mod one_stop;
mod signing_in;
