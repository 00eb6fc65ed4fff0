"""Small base models of random weights in the families a training can start from, with tokenizers made on its texts."""

import csv

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoTokenizer,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaModel,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
# Weights large enough for the first token, which a classifier reads, to differ from text to text.
SHAPE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "initializer_range": 0.3}


def make(work, table, base):
    """Folders by family; `base` is a BERT folder whose WordPiece DistilBERT takes over."""
    with open(table, encoding="utf-8", newline="") as file:
        texts = [text for row in csv.DictReader(file) for text in (row["query"], row["title"])]
    torch.manual_seed(5)
    folders = {name: str(work / name) for name in ("roberta", "xlm-roberta", "distilbert")}
    size = save_tokenizer(byte_pairs(texts), folders["roberta"])
    config = RobertaConfig(vocab_size=size, max_position_embeddings=66, type_vocab_size=1, layer_norm_eps=1e-5, **SHAPE)
    # An encoder alone: its head is drawn when it learns.
    RobertaModel(config, add_pooling_layer=False).save_pretrained(folders["roberta"])
    size = save_tokenizer(unigrams(texts), folders["xlm-roberta"])
    config = XLMRobertaConfig(vocab_size=size, max_position_embeddings=66, type_vocab_size=1, layer_norm_eps=1e-5, **SHAPE)
    XLMRobertaForSequenceClassification(config).save_pretrained(folders["xlm-roberta"])
    words = AutoTokenizer.from_pretrained(base, model_input_names=["input_ids", "attention_mask"])
    words.save_pretrained(folders["distilbert"])
    config = DistilBertConfig(vocab_size=len(words), dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=64, initializer_range=0.3)
    DistilBertForSequenceClassification(config).save_pretrained(folders["distilbert"])
    return folders


def byte_pairs(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=400, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False))
    return tokenizer


def unigrams(texts):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(texts, trainers.UnigramTrainer(vocab_size=120, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False))
    return tokenizer


def save_tokenizer(tokenizer, folder):
    """With RoBERTa's frame: <s> A </s>, and <s> A </s></s> B </s>."""
    start, end = tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", end), ("<s>", start), add_prefix_space=False)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>",
        pad_token="<pad>", unk_token="<unk>", mask_token="<mask>", model_input_names=["input_ids", "attention_mask"],
    )
    wrapped.save_pretrained(folder)
    return len(wrapped)
