//! A server that behaves as a test wants it, for what no real registry can be brought to do: to want a token, to leave a header
//! out, to hang.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A request, as far as tests care.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    /// The value of the header `Authorization`.
    pub authorization: String,
    pub body: String,
    /// `127.0.0.1:PORT` of the server itself.
    pub host: String,
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Reply {
    pub fn status(status: u16) -> Reply {
        Reply { status, ..Reply::default() }
    }

    pub fn ok(body: impl Into<String>) -> Reply {
        Reply { status: 200, body: body.into(), ..Reply::default() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

/// A server on the loopback interface, until the process ends.
#[derive(Debug)]
pub struct FakeRegistry {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

type Behaviour = dyn Fn(&Asked) -> Option<Reply> + Send + Sync;

impl FakeRegistry {
    /// Starts one. What it has no reply to it leaves hanging, with the connection open.
    ///
    /// # Panics
    /// If there is no port left, for it is made for tests.
    pub fn start(behaviour: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static) -> FakeRegistry {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (host, log) = (address.clone(), asked.clone());
        let behaviour: Arc<Behaviour> = Arc::new(behaviour);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (host, log, behaviour) = (host.clone(), log.clone(), behaviour.clone());
                thread::spawn(move || serve(stream, &host, &log, &*behaviour));
            }
        });
        FakeRegistry { address, asked }
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it was asked, a line for each request: method, path, who asks, and a form's fields.
    pub fn asked(&self) -> String {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().map(|line| line.replace(&self.address, "HOST") + "\n").collect()
    }
}

fn serve(mut stream: TcpStream, host: &str, log: &Mutex<Vec<String>>, behaviour: &Behaviour) -> Option<()> {
    let asked = read(&stream, host)?;
    let line = format!("{} {} {} {}", asked.method, asked.path, asked.authorization, asked.body);
    log.lock().unwrap_or_else(PoisonError::into_inner).push(line.trim_end().to_owned());
    let Some(reply) = behaviour(&asked) else {
        // Until the other side gives up.
        let _ = stream.read(&mut [0]);
        return None;
    };
    let mut head = format!(
        "HTTP/1.1 {} X\r\nConnection: close\r\nContent-Length: {}\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = if asked.method == "HEAD" { "" } else { &reply.body };
    write!(stream, "{head}\r\n{body}").ok()
}

fn read(stream: &TcpStream, host: &str) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let mut asked = Asked {
        method: words.next()?.to_owned(),
        path: words.next()?.to_owned(),
        authorization: String::new(),
        body: String::new(),
        host: host.to_owned(),
    };
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).ok()? == 0 || header.trim().is_empty() {
            break;
        }
        let (name, value) = header.trim().split_once(": ")?;
        match name.to_ascii_lowercase().as_str() {
            "authorization" => asked.authorization = value.to_owned(),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    reader.take(length).read_to_string(&mut asked.body).ok()?;
    Some(asked)
}
