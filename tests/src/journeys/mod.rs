//! What people do, through the router, on both engines.

mod accounts;
mod background;
mod one_stop;
mod portal;
mod signing_in;
