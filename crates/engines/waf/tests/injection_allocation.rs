//! Reading a value for injections allocates nothing, whatever it holds.

#![cfg(test)]

use std::alloc::System;
use std::hint::black_box;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use waf::injection::{Sensitivity, sqli, xss};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn reading_a_value_allocates_nothing() {
    let long = "it's `a` \"b\" <a href=x> 1,2 or not -- /* x */ $a$ @b {c} ".repeat(500);
    for value in [
        "plain",
        "O'Neill & sons, 12 < 13",
        "1' or 1=1 -- ",
        "red shoes in the sale of today union all select 1",
        "<svg onload=alert(1)>",
        "x' onclick='&#106;avascript:1",
        &long,
    ] {
        // The harness has threads of its own, which are counted too; what we allocate is there each time.
        let least = (0..5).map(|_| allocations(value.as_bytes())).min();
        assert_eq!(least, Some(0), "{} bytes from {:.40}", value.len(), value);
    }
}

fn allocations(value: &[u8]) -> usize {
    let region = Region::new(ALLOCATOR);
    for sensitivity in [Sensitivity::Low, Sensitivity::High] {
        black_box(sqli(black_box(value), sensitivity));
    }
    black_box(xss(black_box(value)));
    region.change().allocations
}
