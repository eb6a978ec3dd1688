// Cargo wants a source file even of a crate that nobody compiles.
