//! What may be allowed around petitions.

use base::{Permission, Role};

/// See and act on the petitions one sent in.
pub const OWN_PETITIONS: Permission = Permission::new("own-petitions", &[Role::Citizen]);
/// Take petitions in at the desk and sort them.
pub const RECEIVE_FEEDBACK: Permission = Permission::new("receive-feedback", &[Role::Clerk]).passes_on();
/// Work on petitions: ask the sender, draft the answer.
pub const HANDLE_FEEDBACK: Permission =
    Permission::new("handle-feedback", &[Role::Officer, Role::DivisionHead]).passes_on();
/// Give petitions to the people of a division, and say yes to their drafts before the head of the agency does.
pub const ENDORSE_FEEDBACK: Permission = Permission::new("endorse-feedback", &[Role::DivisionHead]).passes_on();
/// Approve answers to petitions, as the head of the agency, and publish them.
pub const ANSWER_FEEDBACK: Permission = Permission::new("answer-feedback", &[Role::Leader]).passes_on();
/// Read petitions within the scope.
pub const READ_FEEDBACK: Permission =
    Permission::new("read-feedback", &[Role::Clerk, Role::Officer, Role::DivisionHead, Role::Leader, Role::Inspector])
        .passes_on();

/// All of this module.
pub const ALL: &[Permission] =
    &[OWN_PETITIONS, RECEIVE_FEEDBACK, HANDLE_FEEDBACK, ENDORSE_FEEDBACK, ANSWER_FEEDBACK, READ_FEEDBACK];
