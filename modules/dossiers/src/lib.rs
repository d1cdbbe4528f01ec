//! dossiers
