//! A scanner for harmful programs, asked about every file before it is kept: ClamAV's service `clamd` over a socket.

use base::{Fault, Problem};
use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::str::FromStr;
use std::time::Duration;

/// Sent at a time; clamd takes up to its `StreamMaxLength`.
const CHUNK_BYTES: usize = 64 * 1024;
/// Longest wait for a connection, and for the answer.
const CONNECT_MAX: Duration = Duration::from_secs(3);
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// Longest answer; it is one line.
const ANSWER_BYTES_MAX: u64 = 4 * 1024;

/// Where clamd listens: `tcp:127.0.0.1:3310` or `unix:/run/clamav/clamd.ctl`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Address {
    Tcp(String),
    Unix(String),
}

/// What happens to a file while the scanner does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenAway {
    /// It is not taken; the person is told to try again.
    Refuse,
    /// It is taken, and a line in the log says that nobody looked at it.
    Take,
}

/// The scanner of one installation. Put into the application's extensions, it is asked about every file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    address: Address,
    when_away: WhenAway,
}

impl FromStr for Scanner {
    type Err = String;

    /// From the words of the command line. Files are refused while it is away, unless [`Scanner::when_away`] says otherwise.
    fn from_str(text: &str) -> Result<Scanner, String> {
        let address = match text.split_once(':') {
            Some(("tcp", place)) if place.contains(':') => Address::Tcp(place.to_owned()),
            Some(("unix", path)) if cfg!(unix) && path.starts_with('/') => Address::Unix(path.to_owned()),
            _ => return Err(format!("{text}: tcp:HOST:PORT or unix:/PATH is wanted")),
        };
        Ok(Scanner { address, when_away: WhenAway::Refuse })
    }
}

impl fmt::Display for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Address::Tcp(place) => write!(f, "tcp:{place}"),
            Address::Unix(path) => write!(f, "unix:{path}"),
        }
    }
}

impl Scanner {
    /// Says what happens to files while it does not answer.
    pub fn when_away(self, when_away: WhenAway) -> Scanner {
        Scanner { when_away, ..self }
    }

    /// Asks about a file. It waits for the answer: not on a thread that answers requests. Faults: 415 for a file that is harmful,
    /// 422 when nobody can say so and files are not to be taken unseen.
    pub(crate) fn look(&self, bytes: &[u8], name: &str) -> Result<(), Fault> {
        match self.ask(bytes) {
            Ok(None) => Ok(()),
            Ok(Some(found)) => {
                tracing::warn!(found, size_bytes = bytes.len(), "the scanner found a harmful file");
                let problem = Problem::new("files-virus-refused").arg("name", name).arg("found", found);
                Err(Fault::UnsupportedType(problem))
            }
            Err(error) => {
                let taken = self.when_away == WhenAway::Take;
                tracing::warn!(scanner = %self, %error, taken, "the scanner of files does not answer");
                if taken { Ok(()) } else { Err(Fault::invalid(Problem::new("files-scanner-away").arg("name", name))) }
            }
        }
    }

    /// What was found, if anything. The protocol is clamd's `zINSTREAM`: pieces with their length before them, an empty one at the end.
    fn ask(&self, bytes: &[u8]) -> io::Result<Option<String>> {
        match &self.address {
            Address::Tcp(place) => {
                let mut last = io::Error::new(io::ErrorKind::NotFound, "no address");
                for address in std::net::ToSocketAddrs::to_socket_addrs(place)? {
                    match TcpStream::connect_timeout(&address, CONNECT_MAX) {
                        Ok(stream) => {
                            stream.set_read_timeout(Some(ANSWER_MAX))?;
                            stream.set_write_timeout(Some(ANSWER_MAX))?;
                            return talk(stream, bytes);
                        }
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
            #[cfg(unix)]
            Address::Unix(path) => {
                let stream = std::os::unix::net::UnixStream::connect(path)?;
                stream.set_read_timeout(Some(ANSWER_MAX))?;
                stream.set_write_timeout(Some(ANSWER_MAX))?;
                talk(stream, bytes)
            }
            #[cfg(not(unix))]
            Address::Unix(_) => Err(io::Error::from(io::ErrorKind::Unsupported)),
        }
    }
}

fn talk(mut stream: impl Read + Write, bytes: &[u8]) -> io::Result<Option<String>> {
    stream.write_all(b"zINSTREAM\0")?;
    for piece in bytes.chunks(CHUNK_BYTES) {
        let length = u32::try_from(piece.len()).map_err(io::Error::other)?;
        stream.write_all(&length.to_be_bytes())?;
        stream.write_all(piece)?;
    }
    stream.write_all(&0_u32.to_be_bytes())?;
    stream.flush()?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let answer = answer.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let said = answer.strip_prefix("stream:").unwrap_or(answer).trim();
    match said.strip_suffix("FOUND") {
        Some(found) => Ok(Some(found.trim().to_owned())),
        None if said == "OK" => Ok(None),
        None => Err(io::Error::other(format!("clamd says: {said}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_command_line() {
        for good in ["tcp:127.0.0.1:3310", "tcp:[::1]:3310", "unix:/run/clamav/clamd.ctl"] {
            assert_eq!(good.parse::<Scanner>().unwrap().to_string(), good);
        }
        for bad in ["", "127.0.0.1:3310", "tcp:3310", "unix:clamd.ctl", "http://x"] {
            assert!(bad.parse::<Scanner>().is_err(), "{bad}");
        }
    }
}
