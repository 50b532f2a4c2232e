//! Benchmarks: `benches compile` measures what one configuration change costs.

mod compile;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("compile") | None => compile::report(),
        Some(other) => {
            eprintln!("there is no benchmark `{other}`; choose: compile");
            std::process::exit(2);
        }
    }
}
