//! `touchstone models pull OWNER/REPO` against a hub of the test's own.

use crate::hub_server::{HubServer, REVISION};
use crate::program::{Ended, Folder, assert_keys};
use crate::tiny_model::{WORDS, write_model};
use serde_json::{Value, json};
use std::path::PathBuf;

const NAME: &str = "shop/tiny-bert";

/// A hub with one good repository.
fn hub(folder: &Folder) -> HubServer {
    let hub = HubServer::start();
    let source = folder.join("source");
    write_model(&source, &WORDS);
    std::fs::write(source.join("README.md"), "# A tiny BERT\n").expect("writable");
    std::fs::write(source.join("training_args.bin"), [0; 9]).expect("writable");
    hub.add(NAME, &source, |_| {});
    hub
}

fn run(folder: &Folder, endpoint: &str, arguments: &[&str]) -> Ended {
    let mut command = folder.command();
    command.args(["models"]).args(arguments).env("HF_ENDPOINT", endpoint);
    let output = command.output().expect("the program starts");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn pulled(folder: &Folder, endpoint: &str, arguments: &[&str]) -> Value {
    let words = [&["pull"], arguments, &["--json", "-"]].concat();
    let ended = run(folder, endpoint, &words).with_code(0);
    serde_json::from_str(&ended.stdout).expect("JSON")
}

fn models(folder: &Folder) -> PathBuf {
    folder.join("home/cache/touchstone/models")
}

/// What stands in the cache, hidden files too.
fn cached(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(models(folder)).into_iter().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_repository_is_pulled_once_told_in_the_list_and_mended() {
    let folder = Folder::new();
    let hub = hub(&folder);
    let found = pulled(&folder, &hub.address, &[NAME]);
    assert_keys(
        &found,
        "",
        &["name", "dir", "source", "sha256", "hub", "revision", "checked"],
    );
    assert_eq!((&found["name"], &found["source"]), (&json!("tiny-bert"), &json!("hub")));
    assert_eq!(
        (&found["revision"], &found["checked"]),
        (&json!(REVISION), &json!(true))
    );
    let asked: Vec<String> = hub.asked().into_iter().map(|(file, _)| file).collect();
    assert_eq!(asked[..2], ["tiny-bert", "config.json"]);
    assert_eq!(asked.last().map(String::as_str), Some("model.safetensors"));
    assert!(!asked.iter().any(|file| file == "training_args.bin"), "{asked:?}");
    assert_eq!(cached(&folder), ["tiny-bert"], "nothing half-made stays");
    // By each of its names, and with nobody to ask.
    for name in [NAME, "tiny-bert", "https://huggingface.co/shop/tiny-bert"] {
        let again = pulled(&folder, "http://127.0.0.1:9", &[name]);
        assert_eq!(
            (&again["source"], &again["sha256"]),
            (&json!("cache"), &found["sha256"]),
            "{name}"
        );
    }
    let list = folder.json(&["models", "list"]);
    let told = list
        .as_array()
        .expect("a list")
        .iter()
        .find(|model| model["name"] == "tiny-bert");
    let told = told.expect("listed");
    assert_eq!((&told["hub"], &told["licence"]), (&json!(NAME), &json!("apache-2.0")));
    assert_eq!((&told["cached"], &told["languages"]), (&json!(true), &json!("en, zh")));
    let words = folder.run(&["models", "list"]).with_code(0).stdout;
    for word in [
        NAME,
        "Not fetched yet",
        "google-bert/bert-base-chinese",
        "102 M",
        "hash that the hub tells",
    ] {
        assert!(words.contains(word), "{word}: {words}");
    }
    // Damaged later: told where no connection may be opened, else fetched again.
    let weights = models(&folder).join("tiny-bert/model.safetensors");
    let mut bytes = std::fs::read(&weights).expect("readable");
    *bytes.last_mut().expect("bytes") ^= 1;
    std::fs::write(&weights, bytes).expect("writable");
    run(&folder, &hub.address, &["pull", NAME, "--offline"])
        .with_code(1)
        .says(&["damaged", "offline"]);
    assert_eq!(pulled(&folder, &hub.address, &[NAME])["sha256"], found["sha256"]);
    assert_eq!(pulled(&folder, &hub.address, &[NAME])["source"], "cache");
}

#[test]
fn a_pull_that_broke_off_goes_on_and_wrong_weights_are_removed() {
    let folder = Folder::new();
    let hub = hub(&folder);
    let weights = format!("/{NAME}/resolve/{REVISION}/model.safetensors");
    hub.served().cut = Some((weights.clone(), 40_000));
    run(&folder, &hub.address, &["pull", NAME]).with_code(1).says(&[
        "model.safetensors",
        "interrupted after 40000",
        "run it again",
    ]);
    let part = models(&folder).join(format!(".shop--tiny-bert.partial/{REVISION}/model.safetensors.part"));
    assert_eq!(std::fs::metadata(part).expect("kept").len(), 40_000);
    hub.asked();
    assert_eq!(pulled(&folder, &hub.address, &[NAME])["source"], "hub");
    let asked = hub.asked();
    assert_eq!(
        asked,
        [("tiny-bert".to_owned(), 0), ("model.safetensors".to_owned(), 40_000)]
    );
    let source = std::fs::read(folder.join("source/model.safetensors")).expect("readable");
    let here = std::fs::read(models(&folder).join("tiny-bert/model.safetensors")).expect("readable");
    assert!(source == here);

    let wrong = "shop/wrong";
    hub.add(wrong, &folder.join("source"), |api| {
        let files = api["siblings"].as_array_mut().expect("files");
        let weights = files.iter_mut().find(|file| file["rfilename"] == "model.safetensors");
        weights.expect("weights")["lfs"]["sha256"] = json!("ab".repeat(32));
    });
    run(&folder, &hub.address, &["pull", wrong])
        .with_code(1)
        .says(&["SHA-256", "abab", "not kept"]);
    let kept = models(&folder).join(format!(".shop--wrong.partial/{REVISION}"));
    assert!(kept.join("config.json").is_file() && !kept.join("model.safetensors").exists());
    assert!(!models(&folder).join("wrong").exists());
}

#[test]
fn what_cannot_be_used_is_refused_before_its_weights() {
    let folder = Folder::new();
    let hub = hub(&folder);
    let source = folder.join("source");
    hub.add("shop/gated", &source, |api| api["gated"] = json!("manual"));
    let other = folder.join("other");
    write_model(&other, &WORDS);
    std::fs::rename(other.join("model.safetensors"), other.join("pytorch_model.bin")).expect("renamed");
    hub.add("shop/old", &other, |_| {});
    let electra = folder.join("electra");
    write_model(&electra, &WORDS);
    std::fs::write(electra.join("config.json"), r#"{"model_type":"electra"}"#).expect("writable");
    hub.add("shop/electra", &electra, |_| {});
    for (name, words) in [
        ("shop/absent", ["no such model", "check the name"]),
        ("shop/gated", ["terms", "--from"]),
        ("shop/old", ["pytorch_model.bin", "convert"]),
        ("shop/electra", ["electra", "supported are bert"]),
        ("nothing-known", ["nothing-known", "OWNER/REPO"]),
    ] {
        run(&folder, &hub.address, &["pull", name]).with_code(1).says(&words);
        let asked = hub.asked();
        assert!(
            asked.iter().all(|(file, _)| file != "model.safetensors"),
            "{name}: {asked:?}"
        );
        assert!(cached(&folder).is_empty(), "{name}: {:?}", cached(&folder));
    }
    run(&folder, "http://127.0.0.1:9", &["pull", NAME]).with_code(1).says(&[
        "cannot be reached",
        "HF_ENDPOINT",
        "--from",
    ]);
    run(&folder, &hub.address, &["pull", NAME, "--offline"])
        .with_code(1)
        .says(&["offline", "--from"]);
    assert!(hub.asked().is_empty());
}

#[test]
fn a_name_that_is_taken_gets_its_owner_and_a_folder_by_hand_is_said_to_be_one() {
    let folder = Folder::new();
    let hub = hub(&folder);
    folder
        .run(&["models", "import", "source", "--name", "tiny-bert"])
        .with_code(0);
    let found = pulled(&folder, &hub.address, &[NAME]);
    assert_eq!(found["name"], "shop--tiny-bert");
    assert_eq!(cached(&folder), ["shop--tiny-bert", "tiny-bert"]);
    assert_eq!(pulled(&folder, &hub.address, &[NAME])["source"], "cache");

    let by_hand = pulled(&folder, &hub.address, &["me/mine", "--from", "source", "--offline"]);
    assert_eq!(
        (&by_hand["name"], &by_hand["source"]),
        (&json!("mine"), &json!("folder"))
    );
    assert_eq!(
        (&by_hand["checked"], &by_hand["sha256"]),
        (&json!(false), &found["sha256"])
    );
    // A folder that was pulled elsewhere tells what it is.
    let elsewhere = Folder::new();
    let copy = models(&folder).join("shop--tiny-bert");
    let copy = copy.to_str().expect("plain");
    let moved = pulled(&elsewhere, &hub.address, &[NAME, "--from", copy, "--offline"]);
    assert_eq!(
        (&moved["checked"], &moved["revision"]),
        (&json!(true), &json!(REVISION))
    );
    run(&elsewhere, &hub.address, &["pull", "me/other", "--from", copy])
        .with_code(1)
        .says(&[NAME, "another folder"]);
}

#[test]
fn shards_are_pulled_by_their_index() {
    let folder = Folder::new();
    let hub = HubServer::start();
    let source = folder.join("source");
    write_model(&source, &WORDS);
    let shard = "model-00001-of-00001.safetensors";
    std::fs::rename(source.join("model.safetensors"), source.join(shard)).expect("renamed");
    let index = json!({"metadata": {}, "weight_map": {"embeddings.LayerNorm.bias": shard}});
    std::fs::write(source.join("model.safetensors.index.json"), index.to_string()).expect("writable");
    hub.add(NAME, &source, |_| {});
    let found = pulled(&folder, &hub.address, &[NAME]);
    assert_eq!(found["source"], "hub");
    assert!(models(&folder).join("tiny-bert").join(shard).is_file());
    assert_eq!(pulled(&folder, &hub.address, &[NAME])["source"], "cache");
}

#[test]
fn a_full_disk_and_another_pull_are_told_before_anything_large_is_fetched() {
    let folder = Folder::new();
    let hub = hub(&folder);
    hub.add("shop/vast", &folder.join("source"), |api| {
        let files = api["siblings"].as_array_mut().expect("files");
        let weights = files.iter_mut().find(|file| file["rfilename"] == "model.safetensors");
        weights.expect("weights")["lfs"]["size"] = json!(9_000_000_000_000_000_u64);
    });
    run(&folder, &hub.address, &["pull", "shop/vast"])
        .with_code(1)
        .says(&["9000000.", "GB more", "TOUCHSTONE_CACHE"]);
    let partial = models(&folder).join(".shop--tiny-bert.partial");
    std::fs::create_dir_all(&partial).expect("writable");
    let lock = std::fs::File::create(partial.join("lock")).expect("writable");
    lock.lock().expect("free");
    run(&folder, &hub.address, &["pull", NAME])
        .with_code(1)
        .says(&["another pull", "wait for that one"]);
    let asked = hub.asked();
    assert!(asked.iter().all(|(file, _)| file != "model.safetensors"), "{asked:?}");
    drop(lock);
    assert_eq!(pulled(&folder, &hub.address, &[NAME])["source"], "hub");
}
