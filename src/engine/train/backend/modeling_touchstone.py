"""Loads a text classifier made by Touchstone in Hugging Face Transformers.

Its head is none of Transformers' own: the tokens' mean instead of the first token's pooler, a branch of numbers and
categories joined to the text (gated late fusion), or both. With this file beside the weights,

    AutoModelForSequenceClassification.from_pretrained(FOLDER, trust_remote_code=True)

gives the logits Touchstone gives. Text:  t = pooled text.  Numbers and categories:
z = gelu(dense([numbers, embeddings])), g = sigmoid(gate([t, z])), logits = classifier([t, g * z]).
Two logits for a label of 0 and 1, one a class (`config.id2label`), or the grade itself.
"""

import json
import math
import os
import re

import torch
from torch import nn
from transformers import (
    AutoConfig,
    BertModel,
    BertPreTrainedModel,
    DistilBertModel,
    DistilBertPreTrainedModel,
    RobertaModel,
    RobertaPreTrainedModel,
    XLMRobertaModel,
    XLMRobertaPreTrainedModel,
)
from transformers.modeling_outputs import SequenceClassifierOutput


class GatedNumbers(nn.Module):
    """What numbers and categories add to the text; the gate decides row by row how much they count."""

    def __init__(self, inputs, embeddings, hidden, width):
        super().__init__()
        self.embeddings = nn.ModuleList([nn.Embedding(codes, size) for codes, size in embeddings])
        self.dense = nn.Linear(inputs + sum(size for _, size in embeddings), width)
        self.gate = nn.Linear(hidden + width, width)

    def forward(self, text, numeric, categories):
        parts = [] if numeric is None else [numeric]
        parts += [table(categories[:, column]) for column, table in enumerate(self.embeddings)]
        z = nn.functional.gelu(self.dense(torch.cat(parts, dim=1)))
        return torch.sigmoid(self.gate(torch.cat([text, z], dim=1))) * z


class Pooler(nn.Module):
    """The dense layer between the first token and the classifier, where it is no part of the encoder."""

    def __init__(self, config):
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.activation = torch.relu if config.model_type == "distilbert" else torch.tanh

    def forward(self, first):
        return self.activation(self.dense(first))


class Head:
    """What all families share above the encoder; `config.touchstone` describes it."""

    def add_head(self, config):
        head = config.touchstone
        self.num_labels = config.num_labels
        self.pooling = head["pooling"]
        rate = getattr(config, "seq_classif_dropout", None)
        if rate is None:
            rate = config.classifier_dropout
        self.dropout = nn.Dropout(config.hidden_dropout_prob if rate is None else rate)
        self.inputs, width = head["numeric_inputs"], head["fusion_size"]
        embeddings = head.get("embeddings", [])
        if width:
            self.numeric = GatedNumbers(self.inputs, embeddings, config.hidden_size, width)
        self.categorical = len(embeddings)
        if self.pooling == "cls" and config.model_type != "bert":
            self.head_pooler = Pooler(config)
        self.classifier = nn.Linear(config.hidden_size + width, config.num_labels)
        self.post_init()

    def forward(self, input_ids, attention_mask=None, token_type_ids=None, numeric=None, categories=None, labels=None, **_kwargs):
        if attention_mask is None:
            attention_mask = torch.ones_like(input_ids)
        kinds = {"token_type_ids": token_type_ids} if self.config.model_type == "bert" else {}
        output = self.base_model(input_ids, attention_mask=attention_mask, **kwargs_that_are(kinds))
        hidden = output.last_hidden_state
        if self.pooling == "mean":
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            text = (hidden * mask).sum(1) / mask.sum(1)
        elif self.config.model_type == "bert":
            text = output.pooler_output
        else:
            first = hidden[:, 0]
            text = self.head_pooler(first if self.config.model_type == "distilbert" else self.dropout(first))
        text = self.dropout(text)
        if hasattr(self, "numeric"):
            if self.inputs and numeric is None:
                raise ValueError("this model reads numbers too: pass numeric=numeric_inputs(FOLDER, rows)")
            if self.categorical and categories is None:
                raise ValueError("this model reads categories too: pass categories=category_inputs(FOLDER, rows)")
            text = torch.cat([text, self.numeric(text, numeric if self.inputs else None, categories)], dim=1)
        logits = self.classifier(text)
        loss = None
        if labels is not None and self.config.problem_type == "regression":
            loss = nn.functional.mse_loss(logits.squeeze(1), labels.to(logits.dtype))
        elif labels is not None:
            loss = nn.functional.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


def kwargs_that_are(words):
    return {name: value for name, value in words.items() if value is not None}


class TouchstoneTextClassifier(Head, BertPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=config.touchstone["pooling"] == "cls")
        self.add_head(config)


class TouchstoneRobertaClassifier(Head, RobertaPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.roberta = RobertaModel(config, add_pooling_layer=False)
        self.add_head(config)


class TouchstoneXLMRobertaClassifier(Head, XLMRobertaPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.roberta = XLMRobertaModel(config, add_pooling_layer=False)
        self.add_head(config)


class TouchstoneDistilBertClassifier(Head, DistilBertPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.distilbert = DistilBertModel(config)
        self.add_head(config)


CLASSES = {
    "bert": TouchstoneTextClassifier,
    "roberta": TouchstoneRobertaClassifier,
    "xlm-roberta": TouchstoneXLMRobertaClassifier,
    "distilbert": TouchstoneDistilBertClassifier,
}


def numeric_inputs(folder, rows):
    """Rows as dicts of the model's numeric columns (None or NaN where missing) -> what `numeric` takes.

    Two inputs a column: the value, standardised by the training rows' mean and deviation (0 where missing), and
    whether it is missing.
    """
    with open(os.path.join(folder, "touchstone.json"), encoding="utf-8") as file:
        columns = json.load(file)["numeric"]
    inputs = []
    for row in rows:
        values = []
        for column in columns:
            value = row.get(column["name"])
            missing = value is None or math.isnan(value)
            values += [0.0, 1.0] if missing else [(value - column["mean"]) / column["sd"], 0.0]
        inputs.append(values)
    return torch.tensor(inputs, dtype=torch.float32)


def category_inputs(folder, rows):
    """Rows as dicts of the model's categorical columns (None or "" where missing) -> what `categories` takes.

    Value i of a column has code i + 1; values that were rare in the training rows, or not there, share code 0.
    """
    with open(os.path.join(folder, "touchstone.json"), encoding="utf-8") as file:
        columns = json.load(file).get("categorical", [])
    codes = [{value: code for code, value in enumerate(column["values"], start=1)} for column in columns]
    inputs = []
    for row in rows:
        values = [row.get(column["name"]) for column in columns]
        texts = [re.sub(r"^(-?\d+)\.0$", r"\1", "" if value is None else str(value).strip()) for value in values]
        inputs.append([known.get(text, 0) for known, text in zip(codes, texts)])
    return torch.tensor(inputs, dtype=torch.int64)


def with_adapter(folder, base_folder):
    """The base model with this folder's LoRA adapter beside its weights, through PEFT."""
    from peft import PeftModel

    config = AutoConfig.from_pretrained(folder)
    # The base model may have a head of another size; this one's is in the adapter's folder.
    base = CLASSES[config.model_type].from_pretrained(base_folder, config=config, ignore_mismatched_sizes=True)
    return PeftModel.from_pretrained(base, os.path.join(folder, "adapter"))
