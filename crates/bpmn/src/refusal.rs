//! Why a file is not taken, and what of it is not: as codes with what they are about, for words in any language.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Largest file, in bytes. The largest reference model has 240 kB, most of it a single tool's colours.
pub const BYTES_MAX: usize = 2 * 1024 * 1024;
/// Elements of BPMN and its drawing in one file; those of other programs' extensions are passed over and bounded by the size alone.
/// Sixty nodes and 120 flows with everything drawn are under 1,500.
pub const ELEMENTS_MAX: usize = 2_000;
/// Nesting of elements.
pub const DEPTH_MAX: usize = 64;
/// Attributes of one element, declarations of namespaces among them.
pub(crate) const ATTRIBUTES_MAX: usize = 128;

/// Why a file is not read. Lines count from one.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Refusal {
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {max} bytes")]
    TooLarge { max: usize },
    #[error("the file has more than {max} elements")]
    TooMany { max: usize },
    #[error("line {line}: elements are nested deeper than {max}")]
    TooDeep { line: usize, max: usize },
    #[error("the text is not UTF-8 or UTF-16")]
    Encoding,
    /// What a DTD declares can be endless, and no tool writes one for BPMN.
    #[error("line {line}: a document type is declared")]
    Doctype { line: usize },
    /// No well-formed XML; `why` is the parser's word for it, in English.
    #[error("line {line}: {why}")]
    Broken { line: usize, why: String },
    /// XML, but something else: its outermost element.
    #[error("line {line}: <{element}> is not BPMN 2.0")]
    Other { line: usize, element: String },
    #[error("there is no process in it")]
    NoProcess,
    /// It says what a process here cannot: the first of each construct, in the order of the file. Never empty.
    #[error("it holds what is not taken over: {}", names(.0))]
    Constructs(Vec<Found>),
    #[error("line {line}: <{element}> has no id")]
    NoId { line: usize, element: String },
    #[error("line {line}: the id {id} is there twice")]
    Twice { line: usize, id: String },
    /// A flow from or to something that is not in the process.
    #[error("line {line}: flow {id} leads from or to {end}, which is no node of the process")]
    Nowhere { line: usize, id: String, name: String, end: String },
    #[error("reading the file stopped: {why}")]
    Stopped { why: String },
    #[error("too many files are being read")]
    Busy,
}

fn names(found: &[Found]) -> String {
    let names = found.iter().map(|one| format!("{} (line {})", one.construct.element(), one.line));
    names.collect::<Vec<_>>().join(", ")
}

impl Refusal {
    /// A stable name of the rule, for words and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Empty => "bpmn-empty",
            Refusal::TooLarge { .. } => "bpmn-too-large",
            Refusal::TooMany { .. } => "bpmn-too-many",
            Refusal::TooDeep { .. } => "bpmn-too-deep",
            Refusal::Encoding => "bpmn-encoding",
            Refusal::Doctype { .. } => "bpmn-doctype",
            Refusal::Broken { .. } => "bpmn-broken",
            Refusal::Other { .. } => "bpmn-other",
            Refusal::NoProcess => "bpmn-no-process",
            Refusal::Constructs(_) => "bpmn-constructs",
            Refusal::NoId { .. } => "bpmn-no-id",
            Refusal::Twice { .. } => "bpmn-id-twice",
            Refusal::Nowhere { .. } => "bpmn-nowhere",
            Refusal::Stopped { .. } => "bpmn-stopped",
            Refusal::Busy => "bpmn-busy",
        }
    }
}

/// A construct that is refused, where it stands first and how often it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub construct: Construct,
    pub id: String,
    pub name: String,
    pub line: usize,
    pub times: usize,
}

macro_rules! coded {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $variant:ident = $code:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $type { $($(#[$doc])* $variant,)* }

        impl $type {
            pub const ALL: &'static [$type] = &[$($type::$variant,)*];

            /// What words are looked up by.
            pub const fn code(self) -> &'static str {
                match self { $($type::$variant => $code,)* }
            }
        }
    };
}

coded! {
    /// What BPMN can say and a process here cannot.
    Construct {
        /// A second process in the file.
        Process = "bpmn-construct-process";
        MessageFlow = "bpmn-construct-message-flow";
        SubProcess = "bpmn-construct-sub-process";
        /// Started by an event, whenever it comes.
        EventSubProcess = "bpmn-construct-event-sub-process";
        AdHocSubProcess = "bpmn-construct-ad-hoc-sub-process";
        Transaction = "bpmn-construct-transaction";
        BoundaryEvent = "bpmn-construct-boundary-event";
        IntermediateCatchEvent = "bpmn-construct-intermediate-catch-event";
        IntermediateThrowEvent = "bpmn-construct-intermediate-throw-event";
        EventBasedGateway = "bpmn-construct-event-based-gateway";
        InclusiveGateway = "bpmn-construct-inclusive-gateway";
        ComplexGateway = "bpmn-construct-complex-gateway";
        MultiInstance = "bpmn-construct-multi-instance";
        StandardLoop = "bpmn-construct-standard-loop";
        Compensation = "bpmn-construct-compensation";
        /// Several flows out of something that is no gateway; told at that node.
        ImplicitSplit = "bpmn-construct-implicit-split";
        /// A call of something that is no procedure.
        CallActivity = "bpmn-construct-call-activity";
        Choreography = "bpmn-construct-choreography";
        /// A start or an end by an event that has no plain reading: an error, an escalation, a condition, a cancellation, a link.
        Event = "bpmn-construct-event";
    }
}

impl Construct {
    /// The element by which BPMN says it.
    pub const fn element(self) -> &'static str {
        match self {
            Construct::Process => "process",
            Construct::MessageFlow => "messageFlow",
            Construct::SubProcess | Construct::EventSubProcess => "subProcess",
            Construct::AdHocSubProcess => "adHocSubProcess",
            Construct::Transaction => "transaction",
            Construct::BoundaryEvent => "boundaryEvent",
            Construct::IntermediateCatchEvent => "intermediateCatchEvent",
            Construct::IntermediateThrowEvent => "intermediateThrowEvent",
            Construct::EventBasedGateway => "eventBasedGateway",
            Construct::InclusiveGateway => "inclusiveGateway",
            Construct::ComplexGateway => "complexGateway",
            Construct::MultiInstance => "multiInstanceLoopCharacteristics",
            Construct::StandardLoop => "standardLoopCharacteristics",
            Construct::Compensation => "compensateEventDefinition",
            Construct::ImplicitSplit => "sequenceFlow",
            Construct::CallActivity => "callActivity",
            Construct::Choreography => "choreography",
            Construct::Event => "eventDefinition",
        }
    }
}

/// Something of a file that is not in the diagram, or is in it as something simpler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    pub note: Note,
    /// The name of the element in BPMN.
    pub element: String,
    /// Of the first where there are several.
    pub id: String,
    pub name: String,
    pub line: usize,
    pub times: usize,
}

coded! {
    Note {
        /// Left out, all of that name as one: documentation, data, resources, messages.
        Element = "bpmn-note-element";
        /// What other programs keep for themselves.
        Foreign = "bpmn-note-foreign";
        /// A machine does it there, a person here.
        ByPerson = "bpmn-note-by-person";
        /// Started by a message, a signal or a clock there; by filing here.
        PlainStart = "bpmn-note-plain-start";
        /// An end that sends something or stops every branch there; the end of its path here.
        PlainEnd = "bpmn-note-plain-end";
        /// One gateway that waits and splits there; two here.
        Split = "bpmn-note-split";
        /// A lane of lanes: the inner ones are taken.
        OuterLane = "bpmn-note-outer-lane";
        /// A node in two lanes lies in the first.
        LaneTwice = "bpmn-note-lane-twice";
        /// A place that is no place: no number, or far off the paper.
        Place = "bpmn-note-place";
        /// Lanes that stand upright; drawn lying here.
        Upright = "bpmn-note-upright";
        /// A way back whose bound is no number from 1 to 99.
        Times = "bpmn-note-times";
    }
}
