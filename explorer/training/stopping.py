"""Whether training is over before its last step."""

from dataclasses import dataclass

from explorer.experiment import Stop

LOWER_IS_BETTER = ("loss", "perplexity", "phone_error_rate", "mean_squared_error", "mean_absolute_error")


@dataclass
class Stopping:
    """Follows the watched metric through the evaluations."""

    best: float | None = None
    waited: int = 0  # evaluations since the best

    def reason(self, stop: Stop, seconds: float, found: dict[str, float] | None) -> str | None:
        """Why training ends now, in words, or None; `found` holds the metrics of an evaluation, by split.name."""
        if stop.seconds is not None and seconds >= stop.seconds:
            return f"{stop.seconds:g} seconds of training are over"
        if stop.metric is None or found is None or stop.metric not in found:
            return None
        value = found[stop.metric]
        sign = -1 if stop.metric.partition(".")[2] in LOWER_IS_BETTER else 1
        if stop.reaches is not None and sign * value >= sign * stop.reaches:
            return f"{stop.metric} reached {value:.4g}"
        if self.best is None or sign * value > sign * self.best:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        if stop.patience is not None and self.waited >= stop.patience:
            return f"{stop.metric} did not improve over {self.waited} evaluations (best {self.best:.4g})"
        return None
