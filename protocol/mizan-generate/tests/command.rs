//! The command on real folders.

// A test may stop at the first surprise, its helpers too.
#![allow(clippy::panic)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use mizan_generate::{Host, run};
use tempfile::TempDir;

const SHOP: &str = "ir version=2
type \"AboutOutput\" {
    alias {
        primitive \"string\"
    }
}
function \"about\" {
    camel \"about\"
    transport \"http\"
    output \"AboutOutput\" nullable=#false
}
";

/// A host that remembers what it was told; it goes on as long as there are steps to take.
#[derive(Default)]
struct Recorder {
    said: Vec<String>,
    complained: Vec<String>,
    steps: Vec<Box<dyn FnOnce()>>,
}

impl Host for Recorder {
    fn say(&mut self, line: &str) {
        self.said.push(line.to_owned());
    }

    fn complain(&mut self, line: &str) {
        self.complained.push(line.to_owned());
    }

    fn pause(&mut self, _: Duration) -> bool {
        self.steps.pop().map(|step| step()).is_some()
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"))
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{error}"));
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// Runs the command on the shop and a folder; the exit code and what it said.
fn generate(output: &Path, document: &str, more: &[&str]) -> (i32, Recorder) {
    let mut host = Recorder::default();
    let output = output.display().to_string();
    let words: Vec<_> = ["--output", &output]
        .iter()
        .chain(more)
        .map(ToString::to_string)
        .collect();
    let code = run(&words, Some(document.to_owned()), &mut host);
    (code, host)
}

#[test]
fn only_what_is_different_is_written() {
    let folder = folder();
    let output = folder.path().join("new/mizan");
    assert_eq!(generate(&output, SHOP, &[]).0, 0);
    let types = output.join("types.ts");
    let before = fs::metadata(&types).and_then(|found| found.modified()).ok();
    let (code, host) = generate(&output, SHOP, &[]);
    assert_eq!(code, 0);
    assert_eq!(
        host.said,
        [format!("{}: 6 files, all up to date", output.display())]
    );
    assert_eq!(
        fs::metadata(&types).and_then(|found| found.modified()).ok(),
        before
    );
}

#[test]
fn an_older_interface_is_compared() {
    let folder = folder();
    let older = folder.path().join("older.kdl");
    let diff = format!("--diff={}", older.display());
    let compare = |text: &str| {
        write(&older, text);
        let mut host = Recorder::default();
        let code = run(
            std::slice::from_ref(&diff),
            Some(SHOP.to_owned()),
            &mut host,
        );
        (code, host)
    };
    let (code, host) = compare(SHOP);
    assert_eq!((code, host.said), (0, vec!["no changes".to_owned()]));
    let (code, host) = compare(&SHOP.replace("#false", "#true"));
    let lines = [
        "~ about: the result is never null now",
        "1 change, not breaking",
    ];
    assert_eq!((code, host.said), (0, lines.map(str::to_owned).to_vec()));
    let (code, host) = compare(&SHOP.replace("primitive \"string\"", "any"));
    let lines = [
        "~ about: the result is not anything any more",
        "1 change, not breaking",
    ];
    assert_eq!((code, host.said), (0, lines.map(str::to_owned).to_vec()));
    let (code, host) = compare(&SHOP.replace("\"string\"", "\"number\""));
    let lines = [
        "~ about: the result is of another type now  (breaks clients of before)",
        "1 change, breaking",
    ];
    assert_eq!((code, host.said), (1, lines.map(str::to_owned).to_vec()));
    let (code, host) = compare("{}");
    assert_eq!(code, 1);
    assert!(host.complained[0].starts_with(&format!("{}: line 1", older.display())));
    assert!(
        !folder.path().join("types.ts").exists(),
        "nothing is written"
    );
}

#[test]
fn changes_are_told_and_checked() {
    let folder = folder();
    let output = folder.path();
    generate(output, SHOP, &[]);
    let staff = SHOP.replace("    output \"A", "    auth \"staff\"\n    output \"A");
    let (code, host) = generate(output, &staff, &["--check"]);
    assert_eq!(code, 1);
    assert_eq!(
        host.said,
        ["~ about: is for staff now  (breaks clients of before)"]
    );
    let shown = |name: &str| format!("{} is out of date", output.join(name).display());
    assert_eq!(host.complained, [shown("functions.ts"), shown("mizan.kdl")]);
    assert_eq!(read(&output.join("mizan.kdl")), SHOP);
    assert_eq!(generate(output, SHOP, &["--check"]).0, 0);
}

#[test]
fn what_others_have_written_is_not_touched() {
    let folder = folder();
    let output = folder.path();
    write(&output.join("own.ts"), "export {};\n");
    generate(output, SHOP, &["--target", "react"]);
    assert!(output.join("react.tsx").exists());
    generate(output, SHOP, &["--target", "vue"]);
    assert!(!output.join("react.tsx").exists());
    assert_eq!(read(&output.join("own.ts")), "export {};\n");
    write(&output.join("svelte.ts"), "export {};\n");
    let (code, host) = generate(output, SHOP, &["--target", "svelte"]);
    assert_eq!(code, 1);
    let path = output.join("svelte.ts");
    assert_eq!(
        host.complained,
        [format!(
            "{} was not written by mizan-generate; move it away, or choose another folder",
            path.display()
        )]
    );
    assert_eq!(read(&path), "export {};\n");
}

#[test]
fn a_configuration_says_the_same_and_the_command_line_wins() {
    let folder = folder();
    let (config, interface) = (
        folder.path().join("mizan.toml"),
        folder.path().join("shop.kdl"),
    );
    write(&interface, SHOP);
    write(
        &config,
        "output = \"api\"\ntargets = [\"vue\"]\nbaseUrl = \"/rpc\"\n[source]\nfile = \"shop.kdl\"\n",
    );
    let words = |more: &[&str]| -> Vec<String> {
        let config = config.display().to_string();
        ["--config", &config]
            .iter()
            .chain(more)
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(run(&words(&[]), None, &mut Recorder::default()), 0);
    assert!(read(&folder.path().join("api/vue.ts")).contains("baseUrl: \"/rpc\""));
    assert_eq!(
        run(
            &words(&["--target", "svelte", "--base-url", "/x"]),
            None,
            &mut Recorder::default()
        ),
        0
    );
    assert!(read(&folder.path().join("api/svelte.ts")).contains("baseUrl: \"/x\""));
    assert!(!folder.path().join("api/vue.ts").exists());
}

#[test]
fn watching_writes_again_when_the_interface_changes() {
    let folder = folder();
    let (interface, output) = (folder.path().join("shop.kdl"), folder.path().join("api"));
    write(&interface, SHOP);
    let replace = |text: String| {
        let interface = interface.clone();
        Box::new(move || {
            // A file is as old as its second on some systems.
            let later = std::time::SystemTime::now()
                + Duration::from_secs(u64::try_from(text.len()).unwrap_or(1));
            write(&interface, &text);
            let file = fs::File::options().write(true).open(&interface);
            file.and_then(|file| file.set_modified(later))
                .unwrap_or_else(|error| panic!("{error}"));
        })
    };
    let mut host = Recorder::default();
    host.steps.push(replace(SHOP.replace("about", "imprint")));
    host.steps.push(replace("nothing".to_owned()));
    let words = [
        interface.display().to_string(),
        "--watch".into(),
        "--output".into(),
        output.display().to_string(),
    ];
    assert_eq!(run(&words, None, &mut host), 0);
    assert_eq!(
        host.said[1..3],
        ["- about  (breaks clients of before)", "+ imprint"]
    );
    assert!(
        host.complained
            .iter()
            .any(|line| line.starts_with("the interface: ")),
        "{:?}",
        host.complained
    );
}

#[test]
fn lines_may_end_as_they_do_on_windows() {
    let folder = folder();
    let output = folder.path().join("api");
    let interface = folder.path().join("shop.kdl");
    write(&interface, &SHOP.replace('\n', "\r\n"));
    let words = [&interface, Path::new("--output"), &output].map(|word| word.display().to_string());
    assert_eq!(run(&words, None, &mut Recorder::default()), 0);
    for entry in fs::read_dir(&output).into_iter().flatten().flatten() {
        let text = read(&entry.path());
        assert!(!text.contains('\r'));
        write(&entry.path(), &text.replace('\n', "\r\n"));
    }
    assert_eq!(generate(&output, SHOP, &["--check"]).0, 0);
    let old = output.join("mizan.kdl").display().to_string();
    assert_eq!(
        generate(&output, SHOP, &["--diff", &old]).1.said,
        ["no changes"]
    );
}

#[cfg(unix)]
#[test]
fn programs_print_utf_8() {
    let folder = folder();
    let script = r#"printf 'ir version=2\r\n'; test "$PYTHONIOENCODING" = utf-8"#;
    let words = [
        "--output",
        &folder.path().display().to_string(),
        "--",
        "sh",
        "-c",
        script,
    ]
    .map(str::to_owned);
    let mut host = Recorder::default();
    assert_eq!(run(&words, None, &mut host), 0, "{:?}", host.complained);
}

#[cfg(unix)]
#[test]
fn a_server_beside_the_configuration_is_watched_where_pythonpath_has_it() {
    let folder = folder();
    let [server, page] = ["server", "page"].map(|name| folder.path().join(name));
    for path in [&server, &page] {
        fs::create_dir(path).unwrap_or_else(|error| panic!("{error}"));
    }
    // Whoever followed two links that lead back would never end.
    for link in ["one", "other"] {
        std::os::unix::fs::symlink(".", server.join(link))
            .unwrap_or_else(|error| panic!("{error}"));
    }
    write(&server.join("shop.kdl"), SHOP);
    let config = page.join("mizan.toml");
    write(
        &config,
        r#"output = "api"
[source.fastapi]
module = "app"
command = ["sh", "-c", "cat $PYTHONPATH/shop.kdl"]
env = { PYTHONPATH = "../server" }
"#,
    );
    let mut host = Recorder::default();
    host.steps.push(Box::new(move || {
        write(&server.join("shop.kdl"), &SHOP.replace("about", "imprint"));
        write(&server.join("app.py"), "");
    }));
    let words = ["--watch", "--config", &config.display().to_string()].map(str::to_owned);
    assert_eq!(run(&words, None, &mut host), 0);
    assert!(
        host.said.contains(&"+ imprint".to_owned()),
        "{:?}",
        host.said
    );
}

#[test]
fn mistakes_are_named() {
    let folder = folder();
    let output = folder.path().display().to_string();
    let complaint = |words: &[&str]| {
        let mut host = Recorder::default();
        let words: Vec<_> = words.iter().map(ToString::to_string).collect();
        (run(&words, None, &mut host), host.complained.join("\n"))
    };
    let path = folder.path().join("mizan.toml");
    write(&path, "outptu = \"api\"\n");
    let config = path.display().to_string();
    for (words, code, expected) in [
        (vec!["--outptu"], 2, "invalid option '--outptu'"),
        (
            vec!["--output", &output],
            1,
            "there is no interface: give FILE.kdl",
        ),
        (
            vec!["--output", &output, "--target", "angular"],
            1,
            "no target is named \"angular\"; there are typescript, react",
        ),
        (
            vec!["--output", &output, "--target", "python,vue"],
            1,
            "a Python client is a package of its own",
        ),
        (
            vec!["--output", &output, "none.kdl"],
            1,
            "none.kdl: No such file",
        ),
        (
            vec!["--output", &output, "--", "false"],
            1,
            "`false` has failed",
        ),
        (
            vec!["--output", &output, "--", "echo", "hello"],
            1,
            "the interface: line 1, column 1",
        ),
        (vec!["--config", &config], 1, "unknown field `outptu`"),
    ] {
        let (found, message) = complaint(&words);
        assert_eq!(found, code, "{message}");
        assert!(message.contains(expected), "{message}");
    }
}
