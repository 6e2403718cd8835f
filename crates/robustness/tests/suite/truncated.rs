//! Every file that is not written to its end yet, and every request at the cursor in it.

use luakit_robustness::asking::ask_all;
use luakit_robustness::scripts::{ceil, examples, repository};
use luakit_robustness::session::{Session, uri};
use serde_json::json;
use std::time::{Duration, Instant};

/// How many bytes are typed from one look to the next. A prime, so that long lines are cut everywhere.
const STEP: usize = 37;

#[test]
fn a_file_cut_anywhere_is_answered_about() {
    let mut session = Session::start(&repository().join("examples"));
    let mut slowest = (Duration::ZERO, String::new());
    for (i, sample) in examples().iter().enumerate() {
        let uri = uri(&sample.path);
        session.open(&uri, 0, "");
        // Each file is cut at other places than the one before.
        for (version, end) in (i % STEP..sample.text.len()).step_by(STEP).enumerate() {
            let text = &sample.text[..ceil(&sample.text, end)];
            session.change(&uri, version as i64 + 1, json!([{ "text": text }]));
            let began = Instant::now();
            ask_all(&mut session, &uri, text, &[text.len(), ceil(text, text.len() / 2)]);
            let took = began.elapsed();
            if took > slowest.0 {
                slowest = (took, text.to_owned());
            }
            // Some sixty answers take a fraction of a second; what is not linear, or waits for something, takes minutes.
            assert!(took < Duration::from_secs(30), "{took:?} for\n{text}");
        }
        session.close(&uri);
        assert_eq!(session.complaints(), Vec::<String>::new());
    }
    session.end();
    eprintln!("the slowest took {:?}", slowest.0);
}
