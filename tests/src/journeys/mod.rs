//! What people do, through the router, on both engines.

mod accounts;
mod signing_in;
