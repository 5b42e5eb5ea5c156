"""The table of layer kinds, in the order in which menus list them."""

from explorer.layers.activation import (
    Gelu,
    Identity,
    LeakyRelu,
    Relu,
    Sigmoid,
    Silu,
    Softmax,
    Squared,
    Tanh,
)
from explorer.layers.attention import CrossAttention, SelfAttention
from explorer.layers.base import Layer, ShapeError
from explorer.layers.combine import Add, Concatenate, Multiply
from explorer.layers.convolution import Convolution1d, Convolution2d
from explorer.layers.dense import Features, Linear, RandomFeatures, Tied
from explorer.layers.embedding import Embedding
from explorer.layers.normalisation import BatchNorm, LayerNorm, RMSNorm
from explorer.layers.pooling import AveragePool, GlobalPool, MaxPool
from explorer.layers.position import Position
from explorer.layers.recurrent import GRU, LSTM, PlainRNN
from explorer.layers.regularisation import Dropout
from explorer.layers.shape import Flatten, LastOverTime, MeanOverTime, Reshape
from explorer.layers.transformer import FeedForward, TransformerBlock

KINDS: dict[str, type[Layer]] = {
    layer.kind: layer
    for layer in (
        Linear,
        Features,
        Tied,
        RandomFeatures,
        Relu,
        Gelu,
        Silu,
        Tanh,
        Sigmoid,
        LeakyRelu,
        Squared,
        Softmax,
        Identity,
        Convolution2d,
        Convolution1d,
        MaxPool,
        AveragePool,
        GlobalPool,
        Flatten,
        Reshape,
        Embedding,
        Position,
        PlainRNN,
        LSTM,
        GRU,
        LastOverTime,
        MeanOverTime,
        SelfAttention,
        CrossAttention,
        FeedForward,
        TransformerBlock,
        LayerNorm,
        BatchNorm,
        RMSNorm,
        Dropout,
        Add,
        Multiply,
        Concatenate,
    )
}

__all__ = ["KINDS", "Layer", "ShapeError"]
