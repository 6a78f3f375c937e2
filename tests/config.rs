//! Do options come from the file that is meant, and does the command line win?

mod console;

use console::Shell;

/// A shell in whose directory `sourdine.toml` says this.
fn with(config: &str) -> Shell {
    let shell = Shell::new();
    shell.write("sourdine.toml", config);
    shell
}

#[track_caller]
fn says(shell: &Shell, command: &str, expected: &str) {
    let (said, code) = shell.run(command);
    assert_eq!((said.as_str(), code), (expected, 0), "{command}");
}

const MASK: &str = "echo jo@example.com 06 12 34 56 78 | sourdine redact";

#[test]
fn the_command_line_wins_over_the_file_and_the_file_over_defaults() {
    let shell = with("entities = ['EMAIL']\nlabels = 'plain'\n");
    says(&shell, MASK, "[EMAIL] 06 12 34 56 78\n");
    says(&shell, &format!("{MASK} --labels numbered"), "[EMAIL_1] 06 12 34 56 78\n");
    // A list is replaced, not added to.
    says(&shell, &format!("{MASK} --entities PHONE"), "jo@example.com [PHONE]\n");
    says(&shell, &format!("{MASK} --no-config"), "[EMAIL_1] [PHONE_1]\n");
}

#[test]
fn flags_and_numbers() {
    let shell = with("check = true\nforce = false\nmin-score = 0.5\njobs = 2\n");
    assert_eq!(shell.run(MASK), (String::new(), 1));
    // What a command has no option for does not concern it.
    assert_eq!(shell.run("sourdine formats verbatims.csv").1, 0);
}

#[test]
fn which_file_is_meant() {
    let shell = with("entities = ['EMAIL']\n");
    shell.write("other.toml", "entities = ['PHONE']\n");
    let (email, phone) = ("[EMAIL_1] 06 12 34 56 78\n", "jo@example.com [PHONE_1]\n");
    says(&shell, &format!("{MASK} --config other.toml"), phone);
    says(&shell, &MASK.replace("sourdine", "sourdine --config other.toml"), phone);
    says(&shell, &MASK.replace("sourdine", "SOURDINE_CONFIG=other.toml sourdine"), phone);
    says(&shell, &MASK.replace("sourdine", "SOURDINE_CONFIG= sourdine"), email);
    says(
        &shell,
        &format!(
            "{} --config sourdine.toml",
            MASK.replace("sourdine", "SOURDINE_CONFIG=other.toml sourdine")
        ),
        email,
    );
    // The shell's directory is the home directory: upwards as far as there.
    says(&shell, &format!("mkdir -p a/b && cd a/b && {MASK}"), email);
    // Or as far as a repository's root.
    says(&shell, &format!("mkdir -p r/s r/.git && cd r/s && {MASK}"), "[EMAIL_1] [PHONE_1]\n");
    says(&shell, &format!("cp other.toml r/sourdine.toml && cd r/s && {MASK}"), phone);
    // Outside of both, anybody may have written what lies above.
    says(&shell, &format!("export HOME=/nowhere; cd a/b && {MASK}"), "[EMAIL_1] [PHONE_1]\n");
    says(&shell, &format!("export HOME=/nowhere; {MASK}"), email);
}

#[test]
fn paths_are_relative_to_the_file() {
    let shell = Shell::new();
    shell.write("conf/sourdine.toml", "rules = ['rules/acme.toml']\ndeny = ['deny.txt']\n");
    shell.write("conf/deny.txt", "Zephyrine\n");
    shell.run("mkdir conf/rules && mv acme.toml conf/rules");
    let command = "echo Zephyrine AC 1234 5678 | sourdine redact --config conf/sourdine.toml";
    says(&shell, command, "[DENIED_1] [LOYALTY_ID_1]\n");
}

#[test]
fn what_is_printed_can_be_read_again() {
    let shell =
        with("lang = 'fr'\nrules = ['acme.toml']\nentities = ['EMAIL', 'PHONE']\nonly-text-fields = true\n");
    let (printed, code) = shell.run("sourdine redact --label-style angle --print-config");
    assert_eq!(code, 0, "{printed}");
    for (line, origin) in [
        ("lang = \"fr\"", "sourdine.toml:1"),
        ("entities = [\"EMAIL\", \"PHONE\"]", "sourdine.toml:3"),
        ("only-text-fields = true", "sourdine.toml:4"),
        ("label-style = \"angle\"", "command line"),
        ("min-score = 0.5", "default"),
    ] {
        let found = printed.lines().find(|one| one.starts_with(line));
        assert!(found.is_some_and(|found| found.ends_with(&format!("# {origin}"))), "{line}: {printed}");
    }
    shell.write("again.toml", &printed);
    let (again, _) = shell.run("sourdine redact --config again.toml --print-config");
    let values = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split("  #").next().unwrap_or("").trim_end().to_owned()).collect()
    };
    assert_eq!(values(&again), values(&printed));
}

#[test]
fn what_is_wrong_is_pointed_at() {
    console::check(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/terminal/config.console"),
    );
}

#[test]
fn columns_of_tables() {
    let shell = with("column = ['email=drop', '#1=keep']\n");
    let mask = "printf 'id,Email,Phone\\n5550142,jo@example.com,555 0142\\n' | sourdine redact -f csv";
    says(&shell, mask, "id,Email,Phone\n5550142,,[PHONE_1]\n");
    says(&shell, &format!("{mask} --column phone=keep"), "id,Email,Phone\n[NUMBER_1],[EMAIL_1],555 0142\n");
    // The audit says what the user kept, and the key that makes hashes is in no line of it.
    shell.write("a.csv", "id,Email\n1,jo@example.com\n");
    shell.write("key", "0123456789abcdef0123456789abcdef");
    let hash = "sourdine redact a.csv -o b.csv --column email=hash --column id=keep --key-file key";
    says(&shell, &format!("{hash} && sed 's/_[A-P]*/_X/' b.csv"), "id,Email\n1,[HASH_X]\n");
    let (audit, _) = shell.run("cat b.csv.audit.jsonl");
    assert!(audit.contains("\"column=email=hash\",\"column=id=keep\""), "{audit}");
    assert!(audit.contains("[\"Email\",\"EMAIL\",\"column.whole\",1.00,\"hash\","), "{audit}");
    assert!(!audit.contains("0123456789abcdef"));
    let verify = "sourdine audit verify b.csv.audit.jsonl --input a.csv --output b.csv --key-file key";
    assert_eq!(shell.run(&format!("{verify} --column email=hash --column id=keep")).1, 0);
}
