"""A trainer's whole state as tensors and plain JSON, so that a run can go on where it stood."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from explorer.training.diagnosis import Divergence
from explorer.training.trainer import Trainer

NETWORK, OPTIMIZER, CHANCE, ORDER = "network.", "optimizer.", "chance.", "batches.order"


def capture(trainer: Trainer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """(tensors, details): private copies on the CPU, and JSON."""
    tensors = {NETWORK + name: value for name, value in trainer.weights.items()}
    for index, slots in trainer.optimizer.state_dict()["state"].items():
        tensors |= {f"{OPTIMIZER}{index}.{name}": slot for name, slot in slots.items() if isinstance(slot, Tensor)}
    tensors |= {f"{CHANCE}{index}": state for index, state in enumerate(trainer.chance)}
    tensors[ORDER] = trainer.batches.order
    details = {
        "state": trainer.state,
        "seconds": trainer.seconds,
        "latest": trainer.latest,
        "position": trainer.batches.position,
        "policy": vars(trainer.policy),
        "stopping": vars(trainer.stopping),
        "divergence": vars(trainer.divergence) if trainer.divergence else None,
        "norm": trainer.norm,
    }
    return {name: value.detach().cpu().clone() for name, value in tensors.items()}, details


def restore(trainer: Trainer, step: int, tensors: Mapping[str, Tensor], details: Mapping[str, Any]) -> None:
    """Put a fresh trainer of the same experiment where the captured one stood."""
    trainer.network.load_state_dict(_below(tensors, NETWORK))
    optimizer = trainer.optimizer.state_dict()
    optimizer["state"] = {}
    for name, value in _below(tensors, OPTIMIZER).items():
        index, slot = name.split(".", 1)
        optimizer["state"].setdefault(int(index), {})[slot] = value
    trainer.optimizer.load_state_dict(optimizer)
    chance = _below(tensors, CHANCE)  # a run that moves to a machine with another device keeps what fits
    trainer.chance = [chance.get(str(index), state) for index, state in enumerate(trainer.chance)]
    trainer.batches.order = tensors[ORDER].to(trainer.device)
    trainer.batches.position = details["position"]
    trainer.step, trainer.seconds, trainer.latest = step, details["seconds"], details["latest"]
    trainer.state = "paused" if details["state"] == "training" else details["state"]
    vars(trainer.policy).update(details["policy"])
    vars(trainer.stopping).update(details["stopping"])
    trainer.divergence = Divergence(**details["divergence"]) if details["divergence"] else None
    trainer.norm = tuple(details["norm"]) if details["norm"] else None


def network_weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The network's weights among captured tensors, by the network's own names."""
    return _below(tensors, NETWORK)


def _below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
