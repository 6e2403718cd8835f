//! Answers every request with a greeting.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:8080")?;
    for stream in listener.incoming() {
        if let Err(error) = stream.and_then(answer) {
            eprintln!("{error}");
        }
    }
    Ok(())
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = String::new();
    BufReader::new(&stream).read_line(&mut request)?;
    let path = request.split(' ').nth(1).unwrap_or("/");
    let body = greeting(path);
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn greeting(path: &str) -> String {
    let name = path.trim_start_matches('/');
    format!("Hello, {}!\n", if name.is_empty() { "world" } else { name })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_names_who_is_greeted() {
        assert_eq!(super::greeting("/Ada"), "Hello, Ada!\n");
        assert_eq!(super::greeting("/"), "Hello, world!\n");
    }
}
