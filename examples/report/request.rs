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

const EMBEDDED: &str = "the embedded order";

impl Input {
    /// The order that all published figures are about.
    pub(crate) fn embedded() -> Self {
        Self {
            name: EMBEDDED.to_owned(),
            bytes: REQUEST.to_vec(),
            shape: Shape::Order,
            stages: ORDER_STAGES,
            note: None,
        }
    }

    /// Whether it is that order, not a file.
    pub(crate) fn is_embedded(&self) -> bool {
        self.name == EMBEDDED
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
        let encoded = message.encoding.as_deref();
        match encoded {
            Some(_) if is_about_the_body(not_an_order) => {
                add("Not an order of the embedded service.".to_owned());
            }
            _ => add(format!("Not an order of the embedded service: {not_an_order}.")),
        }
        let echoed = naive.handle_other(&bytes).map(|_| ());
        let stages = match (echoed, message.has_json(&bytes)) {
            // Chunks may look like JSON: the empty one is `0`.
            (Ok(()), true) if !message.is_in_chunks(&bytes) => OTHER_STAGES,
            (Ok(()), false) => HEAD_STAGES,
            (echoed, _) => {
                bytes.truncate(message.head);
                naive.handle_other(&bytes).map_err(Why::NotHttp)?;
                match (encoded, echoed) {
                    (Some(encoding), _) => add(format!(
                        "Its body was left out: it is encoded ({encoding}), and no variant decodes \
                         that. Save the request with the decoded body, without this header and \
                         with the content-length of what is saved."
                    )),
                    (None, Err(error)) => add(format!("Its body was left out: {error}.")),
                    (None, Ok(())) => {}
                }
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
    /// The header line that says that the body is not the bytes themselves.
    encoding: Option<String>,
    chunked: bool,
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
        let chunked = coding(parsed.headers, "transfer-encoding");
        let encoding = chunked.clone().or_else(|| coding(parsed.headers, "content-encoding"));
        let chunked = chunked.is_some_and(|line| line.ends_with("chunked"));
        Ok(Self { head, end: end.min(bytes.len()), encoding, chunked })
    }

    /// Whether the body begins with the size of a chunk in a line of its own: a tool may have
    /// saved the decoded body below the head as it was.
    fn is_in_chunks(&self, bytes: &[u8]) -> bool {
        let line = bytes[self.head..].split(|byte| *byte == b'\r').next().unwrap_or_default();
        let size = line.split(|byte| *byte == b';').next().unwrap_or_default();
        self.chunked && !size.is_empty() && size.iter().all(u8::is_ascii_hexdigit)
    }

    /// Whether there is a body that the workload decodes.
    fn has_json(&self, bytes: &[u8]) -> bool {
        self.head < bytes.len() && Head::parse(bytes).is_ok_and(|head| head.wanted.is_json())
    }
}

/// The line of that name, if it names a coding that changes the body.
fn coding(headers: &[httparse::Header<'_>], name: &str) -> Option<String> {
    let header = headers.iter().rev().find(|header| header.name.eq_ignore_ascii_case(name))?;
    let value = String::from_utf8_lossy(header.value).trim().to_ascii_lowercase();
    (!value.is_empty() && value != "identity").then(|| format!("{name}: {value}"))
}

/// Whether an encoded body alone is enough to explain it.
fn is_about_the_body(error: Error) -> bool {
    matches!(
        error,
        Error::BodyNotUtf8
            | Error::BodyNotJson
            | Error::BodyNumberTooLarge
            | Error::BodyNotAnOrder
            | Error::ContentLength
            | Error::MissingHeader("content-length")
    )
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
    fn an_encoded_body_is_named_with_what_to_do() {
        let head = "POST /x HTTP/1.1\r\nContent-Type: application/json\r\n";
        for (line, body) in [
            ("Transfer-Encoding: chunked", "7\r\n{\"a\":1}\r\n0\r\n\r\n"),
            ("transfer-encoding: gzip, Chunked", "0;ext=1\r\n\r\n"),
            // Valid JSON, and no body all the same.
            ("Transfer-Encoding: chunked", "0\r\n\r\n"),
            ("Content-Encoding: gzip", "\u{1f}\u{8b}"),
        ] {
            let input = classify(format!("{head}{line}\r\n\r\n{body}")).unwrap();
            assert_eq!(input.stages, HEAD_STAGES, "{line}");
            assert!(input.bytes.ends_with(b"\r\n\r\n") && !input.bytes.ends_with(b"0\r\n\r\n"));
            let note = input.note.unwrap();
            assert!(note.contains(&line.to_ascii_lowercase()), "{note}");
            assert!(note.contains("decoded body") && !note.contains("not JSON"), "{note}");
        }
        // An order is not blamed for its bytes either.
        let text = str::from_utf8(REQUEST).unwrap();
        let zipped = text.replacen("\r\n\r\n", "\r\ncontent-encoding: br\r\n\r\n\u{1}", 1);
        let note = classify(zipped).unwrap().note.unwrap();
        assert!(note.contains("embedded service. Its body was left out: it is encoded"), "{note}");
    }

    #[test]
    fn a_body_that_was_decoded_below_its_old_head_is_measured() {
        for line in ["Transfer-Encoding: chunked", "Content-Encoding: gzip", "Content-Encoding:"] {
            let head = format!("POST /x HTTP/1.1\r\nContent-Type: text/json\r\n{line}\r\n\r\n");
            let input = classify(format!("{head}{{\"a\":1}}")).unwrap();
            assert_eq!(input.stages, OTHER_STAGES, "{line}");
        }
    }

    #[test]
    fn a_number_that_no_variant_takes_is_named() {
        let head = "POST /x HTTP/1.1\r\nContent-Type: application/json\r\n\r\n";
        let note = classify(format!("{head}[1e400]")).unwrap().note.unwrap();
        assert!(note.contains("number in the body is too large"), "{note}");
        assert!(!note.contains("not JSON"), "{note}");
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
