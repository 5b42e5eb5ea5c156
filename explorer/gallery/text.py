"""Language in small: a character model of a grammar, hidden words that must agree, and mirrored tokens."""

from typing import Any

from explorer.gallery.base import Preset, at_least, at_most, experiment


def transformer(features: int, n_layers: int, place: float, **block: Any) -> list[dict[str, Any]]:
    """A transformer over tokens; `place` is the standard deviation of its positions before training."""
    block = {"kind": "transformer_block", **block}
    return [
        {"kind": "embedding", "name": "embed", "features": features, "init_scale": 0.5 if place == 0.5 else 1.0},
        {"kind": "position", "name": "place", "init_scale": place},
        *({**block, "name": f"block{number}"} for number in range(1, n_layers + 1)),
        {"kind": "layer_norm", "name": "norm"},
        {"kind": "linear", "name": "unembed"},
    ]


RECIPE = {"optimizer": {"kind": "adamw"}, "learning_rate": 0.003, "weight_decay": 0.01, "evaluate_every": 25}

CHAR_GPT = Preset(
    name="char-gpt",
    title="A small GPT writes a grammar",
    about="A transformer predicts the next letter of sentences in which the verb must agree with its subject.",
    watch="Let it write at several steps: letters first, then words, then verbs that agree with a noun far back.",
    expect="Gradual: test loss falls below .6 nats a letter; much longer training would overfit.",
    budget_seconds=25,
    figures=(at_most("test.loss", 0.6),),
    experiment=experiment(
        {"kind": "grammar"},
        transformer(64, 2, place=0.02, heads=4, causal=True),
        {**RECIPE, "batch_size": 32, "steps": 300},
    ),
)
AGREEMENT = Preset(
    name="agreement",
    title="Agreement past a distractor",
    about="A GRU that reads both ways fills in hidden words, and must give the verb the number of its subject.",
    watch="Sentences with a noun of the other number near the verb: at first it follows that noun, mostly wrongly.",
    expect="Two steps: agreement first rises where the nearest noun is the subject, then, by step 300, everywhere.",
    budget_seconds=6,
    figures=(at_least("agreement_accuracy", 0.95), at_least("attractor_accuracy", 0.9)),
    experiment=experiment(
        {"kind": "agreement"},
        [
            {"kind": "embedding", "name": "embed", "features": 32},
            {"kind": "gru", "name": "gru", "units": 32, "bidirectional": True},
            {"kind": "linear", "name": "answer"},
        ],
        {"learning_rate": 0.01, "batch_size": 64, "steps": 350, "evaluate_every": 25},
    ),
)
PALINDROMES = Preset(
    name="palindromes",
    title="Hidden tokens of palindromes",
    about="One layer of attention finds hidden tokens of a palindrome in their mirror's place.",
    watch="The attention wall turns into the other diagonal, from the first place to the last and back.",
    expect="A jump within the first 50 steps, to a test accuracy of .98 or more.",
    budget_seconds=4,
    figures=(at_least("test.accuracy", 0.98),),
    experiment=experiment(
        {"kind": "palindromes"},
        transformer(64, 1, place=0.5, heads=2),
        {**RECIPE, "batch_size": 64, "steps": 60, "evaluate_every": 5},
    ),
)
ENCODER_DECODER = Preset(
    name="encoder-decoder",
    title="An encoder and a decoder",
    about="A decoder that sees only the past finds hidden tokens of a palindrome in what an encoder read of all.",
    watch="On the attention page the heads of `across`: they turn to the mirror's place, where the past cannot help.",
    expect="A jump between step 30 and 80, to a test accuracy of .98 or more.",
    budget_seconds=10,
    figures=(at_least("test.accuracy", 0.98),),
    experiment=experiment(
        {"kind": "palindromes"},
        [
            {"kind": "embedding", "name": "embed", "features": 64},
            {"kind": "position", "name": "place", "init_scale": 0.5},
            {"kind": "transformer_block", "name": "encoder", "heads": 2},
            {"kind": "self_attention", "name": "within", "inputs": ["place"], "heads": 2, "causal": True},
            {"kind": "add", "name": "decoder", "inputs": ["place", "within"]},
            {"kind": "cross_attention", "name": "across", "inputs": ["decoder", "encoder"], "heads": 2},
            {"kind": "add", "name": "read", "inputs": ["decoder", "across"]},
            {"kind": "layer_norm", "name": "norm"},
            {"kind": "linear", "name": "unembed"},
        ],
        {
            **RECIPE,
            "learning_rate": 0.005,
            "schedule": {"kind": "cosine"},
            "batch_size": 64,
            "steps": 120,
            "evaluate_every": 20,
        },
    ),
)
