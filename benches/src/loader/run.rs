//! One run of load: connections are opened, the load is on for a moment, then it is counted.

use std::io;
use std::time::Duration;

use super::arrivals::Arrivals;
use super::asker::{Asker, Next, Target};
use super::line::Secure;
use super::station::{Found, Station};
use crate::load::{Load, Measured, Pace};
use crate::process::own_thread_cpu;

/// How long the load is on before it is counted.
pub(super) const WARM_UP: Duration = Duration::from_millis(200);

/// How long all connections together may take for their handshakes and first answers.
const OPENING_MAX: Duration = Duration::from_secs(10);

/// How long answers are waited for after the counted time.
const ENDING_MAX: Duration = Duration::from_secs(5);

/// Runs `load` for `counted` after a warm-up of `warm_up`; `warm` is called when it begins to count.
pub(super) fn run(
    station: &mut Station,
    load: &Load,
    (warm_up, counted): (Duration, Duration),
    warm: impl FnOnce() -> io::Result<()>,
) -> io::Result<Measured> {
    let next = match load.pace {
        Pace::AtOnce => Next::Ask,
        Pace::Steady(_) => Next::AskWhatIsDue,
        Pace::AtOnceAnew | Pace::SteadyHttp2(_) => {
            return Err(io::Error::other("the loader keeps its connections and speaks HTTP/1.1"));
        }
    };
    let asker = Asker::open(target(load)?, load.connections, &station.poll)?;
    let mut run = Run { station, asker, arrivals: None, seen: Duration::ZERO, idle: Duration::ZERO };
    run.open(load)?;
    let from = run.asker.now() + warm_up;
    let to = from + counted;
    run.asker.count(from, to);
    run.asker.follow(next, &run.station.poll)?;
    if let Pace::Steady(per_connection) = load.pace {
        run.arrivals = Some(Arrivals::new(per_connection, load.connections, run.asker.now()));
    }
    run.go_on(from)?;
    warm()?;
    let idle = run.count(to)?;
    run.arrivals = None;
    run.end(to)?;
    let tally = run.asker.close();
    let requests = tally.latencies.count();
    let sorted = tally.latencies.sort();
    Ok(Measured {
        requests,
        failures: tally.failures,
        p50: sorted.within(500),
        p90: Some(sorted.within(900)),
        p99: sorted.within(990),
        p99_9: Some(sorted.within(999)),
        max: Some(sorted.within(1000)),
        idle: Some(idle),
    })
}

fn target(load: &Load) -> io::Result<Target> {
    let (scheme, address, path) = load.parts()?;
    let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    let port = port.ok_or_else(|| io::Error::other("the URL has no port"))?;
    let secure = if scheme == "https" { Some(Secure::new(&load.host)?) } else { None };
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: loader\r\n\r\n", load.host).into_bytes();
    Ok(Target { port, secure, request })
}

/// A run under way.
struct Run<'a> {
    station: &'a mut Station,
    asker: Asker,
    arrivals: Option<Arrivals>,
    /// When the last turn ended.
    seen: Duration,
    /// The time of turns that found nothing to do.
    idle: Duration,
}

impl Run<'_> {
    /// Until every connection was answered once.
    fn open(&mut self, load: &Load) -> io::Result<()> {
        while self.asker.unanswered() > 0 {
            if self.seen > OPENING_MAX {
                let (left, of, trouble) = (self.asker.unanswered(), load.connections, self.asker.trouble());
                return Err(io::Error::other(format!("{left} of {of} connections got no first answer; {trouble}")));
            }
            self.turn()?;
        }
        Ok(())
    }

    /// Until that time.
    fn go_on(&mut self, until: Duration) -> io::Result<()> {
        while self.seen < until {
            self.turn()?;
        }
        Ok(())
    }

    /// The same; the share of the time in which there was nothing to do.
    fn count(&mut self, until: Duration) -> io::Result<f64> {
        let (begun, on_core) = (self.asker.now(), own_thread_cpu());
        (self.seen, self.idle) = (begun, Duration::ZERO);
        self.go_on(until)?;
        // The thread never sleeps: what it was not on its core, somebody else was, and a load that is kept off is not idle.
        let lasted = self.seen.saturating_sub(begun);
        let kept_off = lasted.saturating_sub(own_thread_cpu().saturating_sub(on_core));
        Ok(self.idle.saturating_sub(kept_off).as_secs_f64() / lasted.as_secs_f64())
    }

    /// Until what was asked is answered.
    fn end(&mut self, since: Duration) -> io::Result<()> {
        while self.asker.unanswered() > 0 && self.seen < since + ENDING_MAX {
            self.turn()?;
        }
        Ok(())
    }

    /// One look at the sockets and at what has fallen due. Nothing in it waits: a thread that slept would wake late.
    fn turn(&mut self) -> io::Result<()> {
        let asker = &mut self.asker;
        let mut found = self.station.turn(|place, poll, buffer| asker.ready(place, poll, buffer))?;
        let mut now = asker.now();
        while let Some((due, place)) = self.arrivals.as_mut().and_then(|arrivals| arrivals.due(now)) {
            asker.fall_due(place, due, &self.station.poll)?;
            found = Found::Work;
            now = asker.now();
        }
        if found == Found::Nothing {
            self.idle += now.saturating_sub(self.seen);
        }
        self.seen = now;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// The clients ask their own thread's upstream, with no proxy between.
    fn check(pace: Pace) -> Measured {
        let mut station = Station::new().unwrap();
        let url = format!("http://127.0.0.1:{}/dev/item/7", station.port().unwrap());
        let load = Load { url, host: "here".to_owned(), connections: 8, seconds: 0, pace };
        let times = (Duration::from_millis(10), Duration::from_millis(200));
        let mut calls = 0;
        let measured = run(&mut station, &load, times, || {
            calls += 1;
            Ok(())
        });
        let measured = measured.unwrap();
        assert_eq!((measured.failures, calls), (0, 1), "{measured:?}");
        let (p90, p99_9, max) = (measured.p90.unwrap(), measured.p99_9.unwrap(), measured.max.unwrap());
        assert!([Duration::ZERO, measured.p50, p90, measured.p99, p99_9, max].is_sorted(), "{measured:?}");
        assert!(measured.p50 > Duration::ZERO && (0.0..=1.0).contains(&measured.idle.unwrap()), "{measured:?}");
        measured
    }

    #[test]
    fn a_load_at_once_is_answered() {
        assert!(check(Pace::AtOnce).requests > 0);
    }

    #[test]
    fn a_steady_load_asks_what_falls_due_and_no_more() {
        let requests = check(Pace::Steady(100)).requests;
        // 160 are expected; six standard deviations are 76.
        assert!((84..=236).contains(&requests), "{requests} requests");
    }

    #[test]
    fn what_the_loader_does_not_speak_is_refused() {
        let mut station = Station::new().unwrap();
        let url = format!("http://127.0.0.1:{}/", station.port().unwrap());
        for pace in [Pace::AtOnceAnew, Pace::SteadyHttp2(1)] {
            let load = Load { url: url.clone(), host: "here".to_owned(), connections: 1, seconds: 0, pace };
            assert!(run(&mut station, &load, (Duration::ZERO, Duration::ZERO), || Ok(())).is_err());
        }
    }

    #[test]
    fn a_connection_that_is_closed_is_a_failure_and_opened_anew() {
        let closing = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/", closing.local_addr().unwrap());
        std::thread::spawn(move || {
            for mut stream in closing.incoming().map_while(Result::ok) {
                // One who has gone meanwhile is of no interest.
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });
        let load = Load { url, host: "here".to_owned(), connections: 2, seconds: 0, pace: Pace::AtOnce };
        let times = (Duration::ZERO, Duration::from_millis(100));
        let measured = run(&mut Station::new().unwrap(), &load, times, || Ok(())).unwrap();
        assert!(measured.failures > 0 && measured.requests > 0, "{measured:?}");
    }

    #[test]
    fn a_proxy_that_is_gone_ends_the_run() {
        let gone = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/", gone.local_addr().unwrap());
        drop(gone);
        let load = Load { url, host: "here".to_owned(), connections: 1, seconds: 0, pace: Pace::AtOnce };
        let times = (Duration::ZERO, Duration::from_millis(1));
        let error = run(&mut Station::new().unwrap(), &load, times, || Ok(())).unwrap_err();
        assert!(error.to_string().starts_with("cannot connect to port"), "{error}");
    }
}
