//! TLS of our own, for an installation without a proxy in front.

use base::Fault;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// What HTTP is spoken over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Reads a chain of certificates and its key, both PEM. TLS 1.2 and 1.3, HTTP/1.1 inside. Faults: a file that cannot be read,
/// a key that does not belong to the certificate.
pub fn acceptor(certificates: &Path, key: &Path) -> Result<TlsAcceptor, Fault> {
    let told = |path: &Path, error: String| Fault::internal(format!("{}: {error}", path.display()));
    let chain = CertificateDer::pem_file_iter(certificates)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| told(certificates, error.to_string()))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| told(key, error.to_string()))?;
    let provider = Arc::new(crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Fault::internal)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| told(certificates, error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The stream HTTP is spoken on.
pub(super) async fn greet(stream: TcpStream, tls: Option<&TlsAcceptor>) -> io::Result<Box<dyn Stream>> {
    Ok(match tls {
        Some(tls) => Box::new(tls.accept(stream).await?),
        None => Box::new(stream),
    })
}
