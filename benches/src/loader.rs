//! Load from one thread that is all clients and the upstream at once, so that it costs little and never waits for itself.
//!
//! Two processes that make load and answer as an upstream on one core switch between each other all the time. They cost more
//! than the proxy between them then, and its slowest answers tell who waited for that core. This one thread owns both ends of
//! every request, and looks at its sockets without sleeping while a run lasts. How much of that time there was nothing to do is
//! part of what it tells: the proof that the load was not the narrow place.
//!
//! It runs as a child process on a core of its own. Begin with [`Loader`], which is the parent's side; `run` is the child's.

mod poll;
mod messages;
mod stream;
mod answerer;
mod line;
mod tally;
mod asker;
mod arrivals;
mod station;
mod run;

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::load::{Load, Measured};
use crate::process::Process;
use station::Station;

/// The first argument that makes a benchmark's binary the loader.
pub const ARGUMENT: &str = "loader";

/// How long the loader may be silent, beside the time it counts: it gives up earlier by itself.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The loader on its core.
#[derive(Debug)]
pub struct Loader {
    process: Process,
    lines: Receiver<String>,
    /// Where it answers as an upstream.
    pub upstream: u16,
}

/// What the loader says about an order, a line each.
#[derive(Debug, Serialize, Deserialize)]
enum Word {
    /// It begins to count.
    Warm,
    /// It has counted.
    Measured(Measured),
    /// It could not.
    Failed(String),
}

impl Loader {
    /// Starts it from this very binary, which calls [`serve`] when its first argument is [`ARGUMENT`].
    pub fn start(core: usize) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(ARGUMENT);
        let mut process = Process::listening(core, &command)?;
        let output = process.child().stdout.take().ok_or_else(|| io::Error::other("the loader has no output"))?;
        let (said, lines) = mpsc::channel();
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| said.send(line))
        });
        let mut loader = Self { process, lines, upstream: 0 };
        loader.upstream = loader.line(Duration::ZERO)?.parse().map_err(io::Error::other)?;
        Ok(loader)
    }

    /// Runs a load; `warm` is called when its connections are open and it begins to count.
    pub fn run(&mut self, load: &Load, warm: impl FnOnce()) -> io::Result<Measured> {
        let input = self.process.child().stdin.as_mut().ok_or_else(|| io::Error::other("the loader has no input"))?;
        say(input, load)?;
        let counted = Duration::from_secs(load.seconds);
        let mut warm = Some(warm);
        loop {
            match serde_json::from_str(&self.line(counted)?)? {
                Word::Warm => warm.take().into_iter().for_each(|warm| warm()),
                Word::Measured(measured) => return Ok(measured),
                Word::Failed(why) => return Err(io::Error::other(why)),
            }
        }
    }

    fn line(&self, counted: Duration) -> io::Result<String> {
        self.lines.recv_timeout(counted + SILENCE_MAX).map_err(|error| match error {
            RecvTimeoutError::Timeout => io::Error::other("the loader says nothing"),
            RecvTimeoutError::Disconnected => io::Error::other("the loader has ended"),
        })
    }
}

/// Is the loader until standard input ends.
pub fn serve() -> io::Result<()> {
    serve_over(io::stdin().lock(), io::stdout().lock())
}

fn serve_over(orders: impl Read + AsFd, mut out: impl Write) -> io::Result<()> {
    let mut station = Station::new()?;
    let mut orders = BufReader::new(orders);
    say(&mut out, &station.port()?)?;
    loop {
        station.wait_for_order(orders.get_ref())?;
        let mut order = String::new();
        if orders.read_line(&mut order)? == 0 {
            return Ok(());
        }
        let load: Load = serde_json::from_str(&order)?;
        let times = (run::WARM_UP, Duration::from_secs(load.seconds));
        let word = match run::run(&mut station, &load, times, || say(&mut out, &Word::Warm)) {
            Ok(measured) => Word::Measured(measured),
            Err(error) => Word::Failed(error.to_string()),
        };
        say(&mut out, &word)?;
    }
}

fn say(out: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    out.write_all(format!("{}\n", serde_json::to_string(what)?).as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Pace;

    #[test]
    fn orders_are_answered_line_by_line_until_they_end() {
        let (orders, mut ordering) = io::pipe().unwrap();
        let (said, saying) = io::pipe().unwrap();
        let serving = std::thread::spawn(move || serve_over(orders, saying));
        let mut lines = BufReader::new(said).lines().map(Result::unwrap);
        let port: u16 = lines.next().unwrap().parse().unwrap();
        let load = |pace| Load {
            url: format!("http://127.0.0.1:{port}/dev/item/7"),
            host: "here".to_owned(),
            connections: 4,
            seconds: 1,
            pace,
        };
        let mut word = || serde_json::from_str::<Word>(&lines.next().unwrap()).unwrap();
        say(&mut ordering, &load(Pace::AtOnceAnew)).unwrap();
        assert!(matches!(word(), Word::Failed(_)));
        say(&mut ordering, &load(Pace::AtOnce)).unwrap();
        assert!(matches!(word(), Word::Warm));
        assert!(matches!(word(), Word::Measured(Measured { requests: 1.., failures: 0, .. })));
        drop(ordering);
        assert!(serving.join().unwrap().is_ok());
    }
}
