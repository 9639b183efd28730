//! The heap line's figures, and the exit code of a bench; the texts are tested beside the code that
//! writes them.

use std::env;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::Command;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;

use thrifty::meter::{HeapLine, exit_on_regress, heap_line};

#[test]
fn the_figures_are_those_of_one_run_after_a_warm_up() {
    let mut runs = 0;
    let mut kept = Vec::new();
    let usage = heap_line(|| {
        runs += 1;
        kept.resize(300, 0_u8);
        black_box(Vec::<u64>::with_capacity(32))
    });
    assert_eq!(runs, 17);
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (1, 0, 1));
    assert_eq!((usage.bytes_allocated, usage.peak_bytes), (256, 256));
}

#[test]
fn nothing_is_a_result() {
    assert_eq!(heap_line(|| 7).requests(), 0);
}

#[test]
fn an_id_changes_no_figure() {
    let work = || black_box(Vec::<u64>::with_capacity(32));
    assert_eq!(HeapLine::new("an_id_changes_no_figure").iter(work), heap_line(work));
}

#[test]
#[should_panic(expected = "two heap lines have the id \"twice\": give each its own")]
fn an_id_is_used_once() {
    HeapLine::new("twice").iter(|| 1);
    HeapLine::new("twice").iter(|| 1);
}

#[test]
fn a_batch_counts_neither_the_set_up_nor_the_drop_of_the_output() {
    let (mut set_up, mut ran) = (0, 0);
    let usage = HeapLine::new("batched/kept").iter_batched(
        || {
            set_up += 1;
            vec![1_u8; 100]
        },
        |mut items| {
            ran += 1;
            items.reserve_exact(100);
            items
        },
    );
    assert_eq!((set_up, ran), (17, 17));
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (0, 1, 0));
    assert_eq!((usage.bytes_allocated, usage.peak_bytes), (100, 100));
}

#[test]
fn a_batch_counts_the_drop_of_the_input_where_the_routine_does_it() {
    let usage = HeapLine::new("batched/dropped").iter_batched(|| vec![1_u8; 100], |items| items[0]);
    assert_eq!((usage.allocs, usage.frees, usage.bytes_freed), (0, 1, 100));
    assert_eq!(usage.net_bytes(), -100);
}

/// Polls until it is done, and allocates for itself, as some executors do.
fn block_on<F: Future>(future: F) -> F::Output {
    let _own = black_box(Box::new(0_u64));
    let mut future = pin!(future);
    loop {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

struct Executor;

impl Executor {
    #[expect(clippy::unused_self, reason = "a runtime's `block_on` is a method")]
    fn run<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }
}

/// Pending once.
async fn step() {
    let mut pending = true;
    std::future::poll_fn(|_| {
        if std::mem::take(&mut pending) { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}

#[test]
fn async_code_is_counted_over_its_polls_without_the_executors_start() {
    let (mut runs, executor) = (0, Executor);
    let usage = HeapLine::new("async/steps").iter_async(
        |f| executor.run(f),
        async || {
            runs += 1;
            let before = black_box(Vec::<u8>::with_capacity(100));
            step().await;
            black_box(Vec::<u8>::with_capacity(50));
            step().await;
            before
        },
    );
    assert_eq!(runs, 17);
    assert_eq!((usage.allocs, usage.frees), (2, 2));
    assert_eq!((usage.bytes_allocated, usage.peak_bytes), (150, 150));
}

#[test]
fn an_executor_is_passed_as_a_path_and_a_closure_returns_a_future() {
    // What every spelling of Criterion's `to_async(..).iter(..)` looks like here.
    let text = String::from("seven");
    let usage = HeapLine::new("async/path").iter_async(block_on, || async { text.len() });
    assert_eq!(usage.requests(), 0);
}

#[test]
fn work_on_another_thread_is_not_counted() {
    let (to, from) = mpsc::channel::<()>();
    let other = thread::spawn(move || {
        let mut made = 0;
        while from.try_recv() == Err(mpsc::TryRecvError::Empty) {
            made += black_box(vec![1_u8; 64]).len();
        }
        made
    });
    let usage = HeapLine::new("async/other").iter_async(block_on, async || step().await);
    drop(to);
    other.join().unwrap();
    assert_eq!(usage.requests(), 0);
}

#[test]
#[should_panic(expected = "`block_on` must run its future to the end")]
fn an_executor_that_gives_up_is_found() {
    HeapLine::new("async/dropped").iter_async(drop, async || 1);
}

/// Stands for a bench of a user: the tests below run it in processes of its own.
fn bench_of_a_user(sizes: &str) {
    for (index, size) in sizes.split(' ').enumerate() {
        let size: usize = size.parse().unwrap();
        HeapLine::new(format!("bench/{index}")).iter(|| Vec::<u8>::with_capacity(size));
    }
    exit_on_regress();
    println!("main goes on");
}

/// Has the next test run the bench above in a new process, and returns its exit code and what it printed.
fn bench(sizes: &str, files: &[(&str, &Path)]) -> (i32, String) {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "heap_line::the_exit_code_tells_what_got_worse", "--nocapture"])
        .env("THRIFTY_TEST_SIZES", sizes)
        .env_remove("THRIFTY_BASELINE")
        .env_remove("THRIFTY_SAVE_BASELINE")
        .envs(files.iter().copied());
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn the_exit_code_tells_what_got_worse() {
    if let Ok(sizes) = env::var("THRIFTY_TEST_SIZES") {
        return bench_of_a_user(&sizes);
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("exit_code");
    let _ = fs::remove_dir_all(&folder);
    let (base, other) = (folder.join("base.json"), folder.join("other.json"));
    let save = ("THRIFTY_SAVE_BASELINE", &*base);
    let compare = ("THRIFTY_BASELINE", &*base);
    let elsewhere = ("THRIFTY_SAVE_BASELINE", &*other);

    // There is nothing to compare with yet.
    let (code, text) = bench("100 0", &[compare, elsewhere]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("base.json: cannot be read: "), "{text}");

    let (code, text) = bench("100 0", &[save]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("base.json: 2 saved\nmain goes on\n"), "{text}");

    // Equal, and better, and one more.
    for (sizes, sum) in [
        ("100 0", "2 compared, 0 worse, 0 better, 0 not in it"),
        ("99 0", "2 compared, 0 worse, 1 better, 0 not in it"),
        ("100 0 1", "2 compared, 0 worse, 0 better, 1 not in it"),
    ] {
        let (code, text) = bench(sizes, &[compare, elsewhere]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains(sum), "{text}");
        assert!(text.contains("main goes on"), "{text}");
    }

    // Worse: from nothing to one block.
    let saved = fs::read_to_string(&base).unwrap();
    let (code, text) = bench("100 1", &[compare, elsewhere]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("worse:  bench/1: allocs 0 -> 1\n"), "{text}");
    assert!(text.contains("2 compared, 1 worse, 0 better, 0 not in it\n"), "{text}");
    assert!(!text.contains("main goes on"), "{text}");
    assert_eq!(fs::read_to_string(&base).unwrap(), saved);

    // Accepted: compared with the old file, then in the new one.
    assert_eq!(bench("100 1", &[compare, save]).0, 1);
    assert_eq!(bench("100 1", &[compare, elsewhere]).0, 0);

    // Broken: the line is named, and the file stays as it is.
    let broken = saved.replace("\"allocs\":0", "\"allocs\":none");
    fs::write(&base, &broken).unwrap();
    for file in [compare, save] {
        let (code, text) = bench("100 0", &[elsewhere, file]);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("base.json: line 3: expected a whole number"), "{text}");
        assert_eq!(fs::read_to_string(&base).unwrap(), broken);
    }
}

#[test]
fn without_a_name_the_figures_go_to_the_target_directory() {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("target_dir");
    let _ = fs::remove_dir_all(&target);
    let (code, text) = bench("7", &[("CARGO_TARGET_DIR", &target)]);
    assert_eq!(code, 0, "{text}");
    let saved = fs::read_to_string(target.join("thrifty/heap.json")).unwrap();
    assert!(saved.starts_with("[\n{\"id\":\"bench/0\",\"allocs\":1,"), "{saved}");
}
