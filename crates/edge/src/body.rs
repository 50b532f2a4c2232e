//! A body, received or to be sent: nothing, bytes at hand, a request as it arrives, or any stream.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;

use crate::room::{Held, Room};
use crate::{http1, http2};

/// Why a body ended early.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The sender broke off, or broke the framing.
    #[error("the body broke off")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The sender is slower than the limits allow.
    #[error("the body arrives too slowly")]
    TooSlow,
    /// More bytes than the reader takes.
    #[error("the body is longer than {max} bytes")]
    TooLarge {
        /// What the reader takes.
        max: u64,
    },
    /// So many bodies are held already that there is no room for this one.
    #[error("there is no room for the body")]
    NoRoom,
    /// A stream that was handed in failed.
    #[error("the body's source failed")]
    Source(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// One type for request and response bodies.
#[derive(Debug)]
pub struct Body(Kind);

type Stream = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BodyError> + Send>>;

enum Kind {
    Full(Bytes),
    /// A request's over HTTP/1.1.
    Arriving(Box<http1::Arriving>),
    /// A request's over HTTP/2.
    Framed(Box<http2::Arriving>),
    Stream(Stream),
    /// Bytes that were read ahead, and what follows them.
    Ahead {
        first: Bytes,
        rest: Box<Body>,
    },
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Full(bytes) => write!(f, "Full({} bytes)", bytes.len()),
            Self::Arriving(_) => f.write_str("Arriving"),
            Self::Framed(_) => f.write_str("Framed"),
            Self::Stream(_) => f.write_str("Stream"),
            Self::Ahead { first, rest } => write!(f, "Ahead({} bytes, {rest:?})", first.len()),
        }
    }
}

impl Body {
    /// No body.
    pub fn empty() -> Self {
        Self(Kind::Full(Bytes::new()))
    }

    /// Any body, boxed.
    pub fn stream<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Self(Kind::Stream(Box::pin(body.map_err(|error| BodyError::Source(error.into())))))
    }

    /// A request's body off an HTTP/1.1 connection.
    pub(crate) fn arriving(arriving: http1::Arriving) -> Self {
        Self(Kind::Arriving(Box::new(arriving)))
    }

    /// A request's body off an HTTP/2 stream.
    pub(crate) fn framed(arriving: http2::Arriving) -> Self {
        Self(Kind::Framed(Box::new(arriving)))
    }

    /// How long the body is, where that is known.
    pub fn known_length(&self) -> Option<u64> {
        http_body::Body::size_hint(self).exact()
    }

    /// The whole body, where it is at hand already.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Full(bytes) => Some(bytes),
            Kind::Arriving(_) | Kind::Framed(_) | Kind::Stream(_) | Kind::Ahead { .. } => None,
        }
    }

    /// Takes the whole body, where it is at hand already.
    pub(crate) fn take_bytes(&mut self) -> Option<Bytes> {
        match &mut self.0 {
            Kind::Full(bytes) => Some(std::mem::take(bytes)),
            Kind::Arriving(_) | Kind::Framed(_) | Kind::Stream(_) | Kind::Ahead { .. } => None,
        }
    }

    /// The whole body, if it has at most `max` bytes, and the room it takes for as long as it is held. A length known
    /// to be more is refused before anything is read.
    pub async fn collect_up_to(mut self, max: u64, room: &Room) -> Result<(Bytes, Held), BodyError> {
        if http_body::Body::size_hint(&self).lower() > max {
            return Err(BodyError::TooLarge { max });
        }
        let (mut gathered, mut held) = (Gathered::default(), Held::default());
        while let Some(frame) = self.frame().await {
            let frame = frame?;
            room.take(frame.data_ref().map_or(0, Bytes::len), &mut held).map_err(|_| BodyError::NoRoom)?;
            gathered.add(frame);
            if gathered.len() > max {
                return Err(BodyError::TooLarge { max });
            }
        }
        Ok((gathered.into_bytes(), held))
    }

    /// The body's beginning, at least `min` bytes unless it ends before, the whole body again from its first byte, and the
    /// room that the beginning takes for as long as it is held.
    pub async fn prefix(mut self, min: u64, room: &Room) -> Result<(Bytes, Self, Held), BodyError> {
        let (mut gathered, mut held) = (Gathered::default(), Held::default());
        while gathered.len() < min {
            let Some(frame) = self.frame().await else {
                let whole = gathered.into_bytes();
                return Ok((whole.clone(), Self::from(whole), held));
            };
            let frame = frame?;
            room.take(frame.data_ref().map_or(0, Bytes::len), &mut held).map_err(|_| BodyError::NoRoom)?;
            gathered.add(frame);
        }
        let first = gathered.into_bytes();
        Ok((first.clone(), Self(Kind::Ahead { first, rest: Box::new(self) }), held))
    }
}

/// Frames joined; a body of one frame is never copied.
#[derive(Default)]
struct Gathered {
    only: Bytes,
    joined: BytesMut,
}

impl Gathered {
    fn add(&mut self, frame: Frame<Bytes>) {
        // Trailers are let go: nothing we serve reads them, and merged into headers they would be an attack.
        let Ok(data) = frame.into_data() else { return };
        if self.only.is_empty() && self.joined.is_empty() {
            self.only = data;
            return;
        }
        if self.joined.is_empty() {
            self.joined = BytesMut::from(std::mem::take(&mut self.only));
        }
        self.joined.extend_from_slice(&data);
    }

    fn len(&self) -> u64 {
        (self.only.len() + self.joined.len()) as u64
    }

    fn into_bytes(self) -> Bytes {
        if self.joined.is_empty() { self.only } else { self.joined.freeze() }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.get_mut().0 {
            Kind::Full(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Full(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Kind::Arriving(arriving) => arriving.poll_data(cx).map_ok(Frame::data),
            Kind::Framed(arriving) => arriving.poll_data(cx).map_ok(Frame::data),
            Kind::Stream(stream) => stream.as_mut().poll_frame(cx),
            Kind::Ahead { first, rest } if first.is_empty() => Pin::new(rest.as_mut()).poll_frame(cx),
            Kind::Ahead { first, .. } => Poll::Ready(Some(Ok(Frame::data(std::mem::take(first))))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Full(bytes) => bytes.is_empty(),
            Kind::Arriving(arriving) => arriving.is_over(),
            Kind::Framed(arriving) => arriving.is_over(),
            Kind::Stream(stream) => stream.is_end_stream(),
            Kind::Ahead { first, rest } => first.is_empty() && rest.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Arriving(arriving) => arriving.left().map_or_else(SizeHint::default, SizeHint::with_exact),
            Kind::Framed(arriving) => arriving.left().map_or_else(SizeHint::default, SizeHint::with_exact),
            Kind::Stream(stream) => stream.size_hint(),
            Kind::Ahead { first, rest } => {
                let first = first.len() as u64;
                let rest = rest.size_hint();
                let mut hint = SizeHint::new();
                hint.set_lower(rest.lower().saturating_add(first));
                if let Some(upper) = rest.upper() {
                    hint.set_upper(upper.saturating_add(first));
                }
                hint
            }
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Full(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::StreamBody;

    fn pieces(parts: &'static [&'static str]) -> Body {
        let frames = parts.iter().map(|part| Ok::<_, BodyError>(Frame::data(Bytes::from_static(part.as_bytes()))));
        Body::stream(StreamBody::new(futures_util::stream::iter(frames)))
    }

    #[tokio::test]
    async fn a_body_is_collected_up_to_its_limit() {
        let room = Room::new(100);
        let collect = async |body: Body, max| body.collect_up_to(max, &room).await.map(|(bytes, _)| bytes);
        assert_eq!(&*collect(pieces(&["ab", "cd"]), 4).await.expect("it fits"), b"abcd");
        assert!(matches!(collect(pieces(&["ab", "cd"]), 3).await, Err(BodyError::TooLarge { max: 3 })));
        assert!(matches!(collect(Body::from("abcd"), 3).await, Err(BodyError::TooLarge { max: 3 })));
        assert_eq!(&*collect(Body::empty(), 0).await.expect("nothing fits"), b"");
    }

    #[tokio::test]
    async fn bodies_share_one_room() {
        let room = Room::new(6);
        let (first, held) = pieces(&["ab", "cd"]).collect_up_to(10, &room).await.expect("there is room");
        assert_eq!(&*first, b"abcd");
        assert!(matches!(pieces(&["ab", "cd"]).collect_up_to(10, &room).await, Err(BodyError::NoRoom)));
        drop(held);
        assert!(pieces(&["ab", "cd"]).collect_up_to(10, &room).await.is_ok());
    }

    #[tokio::test]
    async fn a_prefix_leaves_the_body_whole() {
        for (min, first) in [(0, ""), (1, "ab"), (3, "abcd"), (9, "abcdef")] {
            let (prefix, body, _held) =
                pieces(&["ab", "cd", "ef"]).prefix(min, &Room::new(100)).await.expect("a sound body");
            assert_eq!(&*prefix, first.as_bytes());
            let (whole, _) = body.collect_up_to(100, &Room::new(100)).await.expect("a sound body");
            assert_eq!(&*whole, b"abcdef");
        }
    }
}
