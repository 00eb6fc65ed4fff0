//! Which vector stands for a row.

use super::*;

#[test]
fn mean_pooling_is_the_mean_of_the_last_layer() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let config = inspect(dir.path()).expect("folder").config;
    let mut named = formula_weights(&config);
    // A classifier that picks the first two values of the pooled vector.
    let mut weight = vec![0f32; 64];
    (weight[0], weight[33]) = (1.0, 1.0);
    named.insert(
        "classifier.weight".to_owned(),
        Tensor::from_slice(&weight).reshape([2, 32]),
    );
    named.insert("classifier.bias".to_owned(), Tensor::from_slice(&[0f32, 0.0]));
    let file = dir.path().join("model.safetensors");
    weights::write(&file, named.iter().map(|(n, t)| (n.clone(), t))).expect("write");
    let shape = Shape {
        pooling: Pooling::Mean,
        ..SHAPE
    };
    let model = Model::for_scoring(dir.path(), config, shape, Compute::cpu()).expect("model");
    // transformers: last_hidden_state.mean(1) of each row, values 0 and 1.
    let expected = [0.615_239, -0.064_502, 0.173_344, 0.928_167, 0.325_361, 0.774_647];
    close(&logits(&model, &three_rows(), &[0, 1, 2]), &expected, 2e-6);
}

#[test]
fn a_sentence_encoder_is_pooled_by_the_mean_unless_asked_otherwise() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let make = |pooling: PoolingChoice| {
        let config = inspect(dir.path()).expect("folder").config;
        let start = Start {
            pooling,
            ..start(&Method::Full, 0)
        };
        Model::for_training(dir.path(), config, &start, Compute::cpu())
    };
    let pooling = |choice| make(choice).expect("model").shape.pooling;
    assert_eq!(pooling(PoolingChoice::Auto), Pooling::Cls);
    std::fs::create_dir(dir.path().join("1_Pooling")).expect("dir");
    let text = r#"{"pooling_mode_cls_token":false,"pooling_mode_mean_tokens":true}"#;
    std::fs::write(dir.path().join("1_Pooling/config.json"), text).expect("file");
    assert_eq!(pooling(PoolingChoice::Auto), Pooling::Mean);
    assert_eq!(pooling(PoolingChoice::Cls), Pooling::Cls);
    // An export of a mean-pooled model has no pooler; it is continued with the mean, and says so to other programs.
    let model = make(PoolingChoice::Mean).expect("model");
    let target = dir.path().join("model");
    export::write_model(
        &target,
        &model,
        &some_export(dir.path(), &Method::Full, &some_card(&model)),
    )
    .expect("export");
    let config = inspect(&target).expect("folder").config;
    assert_eq!(config.raw["architectures"][0], "TouchstoneTextClassifier");
    let dense = weights::read(&target.join("2_Dense/model.safetensors"), Device::Cpu).expect("dense");
    assert_eq!(
        floats(&dense["linear.weight"]),
        floats(&model.params["classifier.weight"])
    );
    let again = Model::for_training(&target, config.clone(), &start(&Method::Full, 0), Compute::cpu()).expect("model");
    assert_eq!(again.shape.pooling, Pooling::Mean);
    let forced = Start {
        pooling: PoolingChoice::Cls,
        ..start(&Method::Full, 0)
    };
    let message = Model::for_training(&target, config, &forced, Compute::cpu())
        .expect_err("no pooler")
        .to_string();
    assert!(message.contains("pooler"), "{message}");
}
