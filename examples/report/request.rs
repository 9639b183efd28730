//! The request that is measured: the embedded one, or one that the reader captured.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::{error, fmt};

use serde::{Deserialize, Serialize};

use crate::support::head::Head;
use crate::support::{Error, REQUEST, Variant, variant};

/// More than any head and a large body; keeps a wrong path from being read for ever.
const MAX_BYTES: u64 = 16 << 20;

/// How far through the stages a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shape {
    /// An order: all stages.
    Order,
    /// Any other: the stages that apply.
    Other,
}

/// A request, and what is done with it.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub name: String,
    pub bytes: Vec<u8>,
    pub shape: Shape,
    /// The stages that run, in words.
    pub stages: &'static str,
    /// What the reader should know about it: why it is not a whole run, what was left out.
    pub note: Option<String>,
}

impl Input {
    /// The order that all published figures are about.
    pub(crate) fn embedded() -> Self {
        Self {
            name: "the embedded order".to_owned(),
            bytes: REQUEST.to_vec(),
            shape: Shape::Order,
            stages: ORDER_STAGES,
            note: None,
        }
    }

    /// Reads a captured request and finds out which stages apply to it.
    pub(crate) fn read(path: &Path) -> Result<Self, Refused> {
        let refused = |why| Refused { path: path.to_owned(), why };
        let bytes = read(path).map_err(|error| refused(Why::Unreadable(error)))?;
        Self::classify(path.display().to_string(), bytes).map_err(refused)
    }

    fn classify(name: String, mut bytes: Vec<u8>) -> Result<Self, Why> {
        if bytes.is_empty() {
            return Err(Why::Empty);
        }
        let message = Message::find(&bytes)?;
        let surplus = bytes.len() - message.end;
        bytes.truncate(message.end);
        let mut note = (surplus > 0).then(|| {
            format!("The last {surplus} bytes of the file are behind the body and were left out.")
        });
        let mut add = |text: String| {
            note = Some(note.take().map_or_else(|| text.clone(), |note| format!("{note} {text}")));
        };

        let mut naive = variant("naive").ok_or(Why::NotHttp(Error::MalformedHead))?;
        let Err(not_an_order) = naive.handle(&bytes) else {
            return Ok(Self { name, bytes, shape: Shape::Order, stages: ORDER_STAGES, note });
        };
        add(format!("Not an order of the embedded service: {not_an_order}."));
        let stages = match naive.handle_other(&bytes) {
            Ok(_) if message.has_json(&bytes) => OTHER_STAGES,
            Ok(_) => HEAD_STAGES,
            Err(error) => {
                bytes.truncate(message.head);
                naive.handle_other(&bytes).map_err(Why::NotHttp)?;
                add(format!("Its body was left out: {error}."));
                HEAD_STAGES
            }
        };
        Ok(Self { name, bytes, shape: Shape::Other, stages, note })
    }
}

impl Shape {
    /// Serves a request by the stages of its shape.
    pub(crate) fn serve<'v>(
        self,
        variant: &'v mut dyn Variant,
        request: &[u8],
    ) -> Result<&'v [u8], Error> {
        match self {
            Self::Order => variant.handle(request),
            Self::Other => variant.handle_other(request),
        }
    }
}

const ORDER_STAGES: &str = "head, look-up, JSON order, business rules, JSON receipt";
const OTHER_STAGES: &str = "head, look-up, generic JSON, echo";
const HEAD_STAGES: &str = "head, look-up, echo";

/// Where the parts of a captured message end.
#[derive(Debug)]
struct Message {
    head: usize,
    end: usize,
}

impl Message {
    fn find(bytes: &[u8]) -> Result<Self, Why> {
        // More than the workload takes, so that it is the workload that refuses.
        let mut headers = [httparse::EMPTY_HEADER; 256];
        let mut parsed = httparse::Request::new(&mut headers);
        let head = match parsed.parse(bytes) {
            Ok(httparse::Status::Complete(head)) => head,
            Ok(httparse::Status::Partial) => return Err(Why::NotHttp(Error::TruncatedHead)),
            Err(error) => return Err(Why::NotHttp(error.into())),
        };
        let length = parsed
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case("content-length"))
            .and_then(|header| str::from_utf8(header.value).ok()?.parse::<usize>().ok());
        let end = length.and_then(|length| head.checked_add(length)).unwrap_or(bytes.len());
        Ok(Self { head, end: end.min(bytes.len()) })
    }

    /// Whether there is a body that the workload decodes.
    fn has_json(&self, bytes: &[u8]) -> bool {
        self.head < bytes.len() && Head::parse(bytes).is_ok_and(|head| head.wanted.is_json())
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 16 MiB"));
    }
    Ok(bytes)
}

/// A file that cannot be measured: what was asked, why not, what to do, in one line.
#[derive(Debug)]
pub(crate) struct Refused {
    path: PathBuf,
    why: Why,
}

#[derive(Debug)]
enum Why {
    Unreadable(io::Error),
    Empty,
    NotHttp(Error),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.why {
            Why::Unreadable(error) => {
                write!(f, "cannot read the request {path}: {error}; pass a file of at most 16 MiB")
            }
            Why::Empty => write!(f, "{path} is no HTTP request: it is empty; {WHAT_TO_DO}"),
            Why::NotHttp(Error::TooManyHeaders) => write!(
                f,
                "cannot measure {path}: {}; take some out and try again",
                Error::TooManyHeaders
            ),
            Why::NotHttp(error) => write!(f, "{path} is no HTTP request: {error}; {WHAT_TO_DO}"),
        }
    }
}

impl error::Error for Refused {}

const WHAT_TO_DO: &str = "pass the raw bytes as a server receives them: \
                          `POST /path HTTP/1.1`, the headers, an empty line, the body";

#[cfg(test)]
mod tests {
    use super::*;

    fn classify(bytes: impl Into<Vec<u8>>) -> Result<Input, Why> {
        Input::classify("a.http".to_owned(), bytes.into())
    }

    #[test]
    fn the_embedded_request_is_an_order_from_a_file_too() {
        let input = classify(REQUEST).unwrap();
        assert_eq!(
            (input.shape, input.note, input.bytes.len()),
            (Shape::Order, None, REQUEST.len())
        );
    }

    #[test]
    fn what_follows_the_body_is_left_out() {
        let input = classify([REQUEST, b"\n"].concat()).unwrap();
        assert_eq!((input.shape, input.bytes.as_slice()), (Shape::Order, REQUEST));
        assert!(input.note.unwrap().contains("last 1 bytes"));
    }

    #[test]
    fn another_json_is_echoed() {
        let body = r#"{"query":"{ me { name } }","variables":null}"#;
        let request = format!(
            "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let input = classify(request.clone()).unwrap();
        assert_eq!((input.shape, input.stages), (Shape::Other, OTHER_STAGES));
        assert_eq!(input.bytes, request.as_bytes());
        assert!(input.note.unwrap().contains("Not an order"));
    }

    #[test]
    fn a_request_without_json_runs_its_head() {
        let get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
        let form = "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=b";
        for request in [get, form] {
            let input = classify(request).unwrap();
            assert_eq!((input.shape, input.stages), (Shape::Other, HEAD_STAGES));
            assert_eq!(input.bytes, request.as_bytes());
        }
    }

    #[test]
    fn a_broken_json_body_is_left_out_and_said_so() {
        let head = "POST /x HTTP/1.1\r\nContent-Type: application/json\r\n\r\n";
        let input = classify(format!("{head}{{\"a\":")).unwrap();
        assert_eq!((input.stages, input.bytes.as_slice()), (HEAD_STAGES, head.as_bytes()));
        assert!(input.note.unwrap().contains("body was left out"));
    }

    #[test]
    fn what_is_no_request_is_refused_in_one_line() {
        let many: String =
            (0..33).map(|n| format!("a{n}: b\r\n")).fold(String::new(), |a, b| a + &b);
        let many = format!("GET / HTTP/1.1\r\n{many}\r\n");
        for (bytes, part) in [
            ("", "it is empty"),
            ("{\"json\": true}", "not HTTP/1.1"),
            ("GET / HTTP/1.1\r\nHost: a\r\n", "ends inside its head"),
            (many.as_str(), "more than 32 headers"),
        ] {
            let why = classify(bytes).unwrap_err();
            let text = Refused { path: "a.http".into(), why }.to_string();
            assert!(text.contains(part), "{text}");
            assert!(text.contains("a.http") && !text.contains('\n'), "{text}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let text = Input::read(Path::new("no/such.http")).unwrap_err().to_string();
        assert!(text.starts_with("cannot read the request no/such.http: "), "{text}");
    }
}
