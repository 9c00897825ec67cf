//! The `wrencos` command.

fn main() -> std::process::ExitCode {
    wrencos::server::run::main()
}
