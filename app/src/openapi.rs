//! The OpenAPI document of everything under `/api/`.

use base::Fault;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "motcua",
        description = "One door: dossiers, procedures, targets",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        dossiers::api::status,
        dossiers::api::list,
        dossiers::api::get,
        dossiers::api::receive,
        dossiers::api::act,
        reform::api::list,
        reform::api::one,
    )
)]
struct Document;

/// The document as JSON.
pub fn document() -> Result<serde_json::Value, Fault> {
    serde_json::to_value(Document::openapi()).map_err(Fault::internal)
}
