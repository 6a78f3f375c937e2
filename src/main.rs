//! Start and exit code; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    sourdine::cli::main()
}
