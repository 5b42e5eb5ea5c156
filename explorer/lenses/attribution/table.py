"""The table of methods, in the order in which menus list them."""

from explorer.lenses.attribution.base import Method
from explorer.lenses.attribution.games import KernelShap, Lime, ShapleyValues, ShapleyValueSampling
from explorer.lenses.attribution.gradients import InputXGradient, Saliency
from explorer.lenses.attribution.maps import GradCam, GuidedGradCam
from explorer.lenses.attribution.noise import NoiseTunnel
from explorer.lenses.attribution.paths import GradientShap, IntegratedGradients
from explorer.lenses.attribution.removal import FeatureAblation, FeaturePermutation, Occlusion
from explorer.lenses.attribution.rules import LRP, Deconvolution, DeepLift, DeepLiftShap, GuidedBackprop
from explorer.lenses.attribution.through import Conductance, InternalInfluence, NeuronConductance

METHODS: dict[str, type[Method]] = {
    method.__name__: method
    for method in (
        IntegratedGradients,
        Saliency,
        InputXGradient,
        GradientShap,
        DeepLift,
        DeepLiftShap,
        LRP,
        GuidedBackprop,
        Deconvolution,
        GradCam,
        GuidedGradCam,
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
