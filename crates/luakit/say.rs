//! Saying something on stderr. These stand before the macros of the same names in the standard library, which panic where stderr is
//! full or nobody reads it: what a command was asked for is done all the same.

macro_rules! eprint {
    ($($words:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!($($words)*));
    }};
}

macro_rules! eprintln {
    ($($words:tt)*) => {{
        // In one piece, so that what other threads say does not get between.
        let mut line = format!($($words)*);
        line.push('\n');
        eprint!("{line}");
    }};
}
