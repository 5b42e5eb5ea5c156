"""The table of lenses, in the order in which menus list them."""

from explorer.lenses.activations.arithmetic import Arithmetic
from explorer.lenses.activations.cka import Cka
from explorer.lenses.activations.feature_maps import FeatureMaps
from explorer.lenses.activations.gradient_flow import GradientFlow
from explorer.lenses.activations.histograms import Histograms
from explorer.lenses.activations.landscape import Landscape
from explorer.lenses.activations.maximisation import ActivationMaximisation
from explorer.lenses.activations.probe import Probe
from explorer.lenses.activations.projection import Projection
from explorer.lenses.activations.top_examples import TopExamples
from explorer.lenses.activations.width_sweep import WidthSweep
from explorer.lenses.arrows import FeatureArrows
from explorer.lenses.attention.ablation import Ablation
from explorer.lenses.attention.direct_logit import DirectLogit
from explorer.lenses.attention.head_scores import HeadScores
from explorer.lenses.attention.logit_lens import LogitLens
from explorer.lenses.attention.next_token import NextToken
from explorer.lenses.attention.patching import Patching
from explorer.lenses.attention.pattern import AttentionPattern
from explorer.lenses.attention.query import AttentionQuery
from explorer.lenses.attention.rollout import Rollout
from explorer.lenses.attribution import AttributionLens, Influence, Tcav, TrustLens
from explorer.lenses.base import Lens
from explorer.lenses.clock import Clock
from explorer.lenses.detections import Detections
from explorer.lenses.evaluation import Evaluation
from explorer.lenses.frequencies import FrequencyRemoval
from explorer.lenses.generation import Generation
from explorer.lenses.in_context.errors import PromptErrors
from explorer.lenses.in_context.few_shots import FewShots
from explorer.lenses.in_context.lines import PromptLines
from explorer.lenses.in_context.shot_labels import ShotLabels
from explorer.lenses.in_context.shot_shares import ShotShares
from explorer.lenses.interference import FeatureRemoval
from explorer.lenses.stage import Stage
from explorer.lenses.states.correlation import StateCorrelation
from explorer.lenses.states.gates import Gates
from explorer.lenses.states.match import StateMatch
from explorer.lenses.states.reach import GradientReach
from explorer.lenses.states.states import States
from explorer.lenses.states.trajectories import StatePca
from explorer.lenses.transcript import Transcript

KINDS: dict[str, type[Lens]] = {
    lens.kind: lens
    for lens in (
        Stage,
        Evaluation,
        Generation,
        Transcript,
        Detections,
        NextToken,
        AttentionPattern,
        AttentionQuery,
        HeadScores,
        Rollout,
        DirectLogit,
        LogitLens,
        Ablation,
        Patching,
        States,
        Gates,
        StateMatch,
        StateCorrelation,
        StatePca,
        GradientReach,
        FeatureArrows,
        FeatureRemoval,
        Clock,
        FrequencyRemoval,
        PromptLines,
        PromptErrors,
        FewShots,
        ShotLabels,
        ShotShares,
        FeatureMaps,
        Arithmetic,
        Histograms,
        TopExamples,
        ActivationMaximisation,
        Projection,
        Probe,
        Cka,
        GradientFlow,
        Landscape,
        WidthSweep,
        AttributionLens,
        TrustLens,
        Influence,
        Tcav,
    )
}

__all__ = ["KINDS", "AttributionLens", "Evaluation", "Generation", "Lens", "Stage", "TrustLens"]
