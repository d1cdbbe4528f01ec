//! Procedures (thủ tục hành chính): versions with dates of effect, their search, their announcement,
//! and the import of the national catalogue.

pub mod life;
pub mod rules;
pub mod shipped;
pub mod version;

pub use version::{
    ChannelTerms, Component, Fee, Field, FieldKind, Form, Group, Origin, ResultPaper, Route, ServiceLevel, Step,
    StepUnit, UnclearTerms, Version,
};
