//! citizens
