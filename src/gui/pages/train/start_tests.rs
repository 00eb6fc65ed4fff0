//! The form of a new run: its advice and its trial.

use super::*;

#[test]
fn a_trial_is_asked_for_and_told_only_for_the_settings_it_was_made_with() {
    let (_folder, mut state) = open_project();
    state.train.inputs = Some(Arc::new(inputs()));
    state.train.base_models = Arc::from(["minilm-l6".to_owned()]);
    let report = TrialReport {
        steps: 10,
        step_secs: 0.5,
        longest_step_secs: 0.75,
        samples_per_sec: 64.0,
        tokens_per_sec: 4000.0,
        peak_bytes: 1_500_000_000,
        device_peak_bytes: None,
        estimated_bytes: 1_400_000_000,
        batch_size: 32,
        micro_batch: Some(16),
        device: "cpu".to_owned(),
        precision: "bf16".to_owned(),
        total_steps: 300,
        evaluations: 10,
        checkpoint_bytes: 270_000_000,
        load_secs: 2.0,
        train_secs: 150.0,
        eval_secs: 18.0,
        checkpoint_secs: Some(10.0),
        notes: Vec::new(),
    };
    let config = inputs().default_config();
    state.train.trial = Loadable::Ready(Arc::new(Trial { config, report }));
    let mut harness = harness(state);
    click(&mut harness, "New run…");
    harness.get_by_label_contains("about 3 min 0 s for 300 steps");
    harness.get_by_label_contains("16 rows at one time");
    sent(&harness);
    click(&mut harness, "Try 10 steps");
    let commands = commands(&harness);
    assert!(
        matches!(commands.as_slice(), [Command::Train(TrainCommand::Try(_))]),
        "{commands:?}"
    );
    harness.get_by_role_and_label(Role::RadioButton, "Head only").click();
    harness.run_steps(3);
    harness.get_by_label_contains("The settings have changed since the trial");
}

fn advice(harness: &Drawn) -> String {
    let texts = harness.query_all_by_label_contains("usual: ");
    let texts: Vec<String> = texts.filter_map(|node| node.accesskit_node().value()).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    texts[0].clone()
}

#[test]
fn the_usual_rate_follows_the_base_model() {
    let (_folder, mut state) = open_project();
    state.train.inputs = Some(Arc::new(inputs()));
    state.train.base_models = Arc::from(["bert-base".to_owned(), "minilm-l6".to_owned()]);
    state.train.hidden_sizes = BTreeMap::from([("bert-base".to_owned(), 768), ("minilm-l6".to_owned(), 384)]);
    let mut harness = harness(state);
    click(&mut harness, "New run…");
    assert!(advice(&harness).contains("2e-4"), "{}", advice(&harness));
    harness.get_by_role_and_label(Role::ComboBox, "Base model").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::Button, "bert-base").click();
    harness.run_steps(3);
    assert!(advice(&harness).contains("5e-5"), "{}", advice(&harness));
    harness
        .get_by_role_and_label(Role::RadioButton, "LoRA adapters")
        .click();
    harness.run_steps(3);
    assert!(advice(&harness).contains("5e-4"), "{}", advice(&harness));
    sent(&harness);
    click(&mut harness, "Start training");
    let commands = commands(&harness);
    let [Command::Train(TrainCommand::Start(config))] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    assert_eq!((config.base_model.as_str(), config.learning_rate), ("bert-base", 5e-4));
}

#[test]
fn an_unknown_base_model_is_looked_at_once() {
    let (_folder, mut state) = open_project();
    state.train.inputs = Some(Arc::new(inputs()));
    let mut harness = harness(state);
    click(&mut harness, "New run…");
    let asked = sent(&harness);
    let looks = asked
        .iter()
        .filter(|command| command.contains("Inspect(\"minilm-l6\")"));
    assert_eq!(looks.count(), 1, "{asked:?}");
    harness.run_steps(5);
    assert_eq!(sent(&harness), [""; 0], "not again");
}
