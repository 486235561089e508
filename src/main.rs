use std::ffi::OsString;
use std::process::ExitCode;

use transhumance::cli::{self, Window};

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    ExitCode::from(u8::from(cli::run(&args, window())))
}

#[cfg(feature = "gui")]
fn window() -> Option<Window> {
    use transhumance::app::{self, Launch, StartError};
    use transhumance::cli::NoWindow;

    Some(|request| {
        let launch = Launch {
            data_dir: request.data_dir,
            lang: request.lang,
        };
        app::run(launch).map_err(|error| match error {
            StartError::NoDisplay => NoWindow::NoDisplay,
            StartError::Failed(detail) => NoWindow::Failed(detail),
        })
    })
}

#[cfg(not(feature = "gui"))]
fn window() -> Option<Window> {
    None
}
