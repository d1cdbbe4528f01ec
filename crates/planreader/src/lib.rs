//! planreader
