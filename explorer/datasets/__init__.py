"""The table of kinds of datasets, in the order in which they are offered."""

from explorer.datasets.arithmetic import Modular
from explorer.datasets.base import Dataset
from explorer.datasets.csv_tables import Csv
from explorer.datasets.digits import Digits
from explorer.datasets.in_context import InContextRegression
from explorer.datasets.in_context_classes import InContextClassification
from explorer.datasets.masked import Agreement, Palindromes
from explorer.datasets.memory import Adding, Brackets, FirstBit, FlipFlop
from explorer.datasets.pictures import Pictures
from explorer.datasets.points import Arms, Circle, Drawn, Gauss, GaussianPlane, Plane, Spiral, Xor
from explorer.datasets.scenes import Scenes
from explorer.datasets.sparse import SparseFeatures
from explorer.datasets.tables import BreastCancer, Diabetes, Iris, Wine
from explorer.datasets.text import Documentation, Grammar, TextFile
from explorer.datasets.tokens import Copy, CopyBack, Repeated, Reverse
from explorer.datasets.utterances import Utterances

KINDS: dict[str, type[Dataset]] = {
    dataset.kind: dataset
    for dataset in (
        Circle,
        Xor,
        Gauss,
        Spiral,
        Arms,
        Plane,
        GaussianPlane,
        Drawn,
        Iris,
        Wine,
        BreastCancer,
        Diabetes,
        Csv,
        Digits,
        Scenes,
        Pictures,
        Documentation,
        TextFile,
        Grammar,
        Repeated,
        Modular,
        Copy,
        Reverse,
        CopyBack,
        Palindromes,
        Agreement,
        Brackets,
        Adding,
        FlipFlop,
        FirstBit,
        Utterances,
        InContextRegression,
        InContextClassification,
        SparseFeatures,
    )
}
