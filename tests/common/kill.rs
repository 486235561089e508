//! A real binary that is killed at random moments, and started again each time.

use std::process::{Child, Output};
use std::time::{Duration, Instant};

use rand::{Rng as _, SeedableRng as _};

/// Starts and kills as often as told; each time it gets from 30 to `longest` milliseconds.
pub async fn kill_again_and_again(
    seed: u64,
    kills: usize,
    longest: u64,
    start: impl Fn() -> Child,
) {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut killed = 0;
    let mut ended = 0;
    while killed < kills {
        let mut child = start();
        let moment = Duration::from_millis(random.random_range(30..longest));
        match wait_for(&mut child, moment).await {
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                killed += 1;
            }
            // It came to its end before its moment; a next run has only to look for changes.
            Some(code) => {
                assert!(matches!(code, 0 | 1), "{code}: {}", output_of(child));
                ended += 1;
                assert!(ended < 10 * kills, "it always ends before it can be killed");
            }
        }
    }
}

async fn wait_for(child: &mut Child, moment: Duration) -> Option<i32> {
    let until = Instant::now() + moment;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status.code().unwrap_or(-1));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    None
}

fn output_of(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs to the end; the last line of `--json`.
pub async fn run_to_its_end(child: Child) -> (Output, serde_json::Value) {
    let output = tokio::task::spawn_blocking(|| child.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    let summary = serde_json::from_str(last)
        .unwrap_or_else(|_| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)));
    (output, summary)
}
