"""The table of methods, in the order in which menus list them."""

from explorer.lenses.attribution.base import Method
from explorer.lenses.attribution.games import KernelShap, Lime, ShapleyValues, ShapleyValueSampling
from explorer.lenses.attribution.noise import OVER, NoiseTunnel
from explorer.lenses.attribution.removal import FeatureAblation, FeaturePermutation, Occlusion
from explorer.lenses.attribution.through import Conductance, InternalInfluence, NeuronConductance

METHODS: dict[str, type[Method]] = OVER | {
    method.__name__: method
    for method in (
        FeatureAblation,
        Occlusion,
        FeaturePermutation,
        ShapleyValues,
        ShapleyValueSampling,
        KernelShap,
        Lime,
        NoiseTunnel,
        Conductance,
        InternalInfluence,
        NeuronConductance,
    )
}
