"""EfficientNet-Lite2 as a module of torch; importing timm for it costs 5 s of processor.

Tan and Le, EfficientNet, 2019, figure 2 and table 1; Liu, EfficientNet-Lite, 2020: no squeezing,
ReLU6, stem and head of fixed width. Padding is TensorFlow's ("SAME"), for even sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from torch import Tensor, nn

STEM: Final = 32
POOLED: Final = 1280
CLASSES: Final = 1000
EXPANSION: Final = 6
STAGES: Final = (
    (1, 3, 1, 16),
    (3, 3, 2, 24),
    (3, 5, 2, 48),
    (4, 3, 2, 88),
    (4, 5, 1, 120),
    (5, 5, 2, 208),
    (1, 3, 1, 352),
)
"""Blocks, kernel, stride of the first one, and channels: B0's, 1.2 as deep and 1.1 as wide."""


class EfficientNetLite2(nn.Module):
    """Pictures (n, 3, height, width), sides multiples of 32, to (n, 1280) and (n, 1000).

    The first is what is pooled before the classes, the second their chances. The tensors of the
    state are in the order of timm's `tf_efficientnet_lite2`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(*_convolution(3, STEM, kernel=3, stride=2), nn.ReLU6())
        self.blocks = nn.Sequential(*_blocks())
        self.head = nn.Sequential(*_convolution(STAGES[-1][-1], POOLED), nn.ReLU6())
        self.classes = nn.Linear(POOLED, CLASSES)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        pooled = self.head(self.blocks(self.stem(pictures))).mean(dim=(2, 3))
        return pooled, self.classes(pooled).softmax(dim=1)


def _blocks() -> Iterator[nn.Module]:
    inputs = STEM
    for stage, (count, kernel, stride, outputs) in enumerate(STAGES):
        for block in range(count):
            step = 1 if block else stride
            yield _Block(inputs, outputs, kernel, step, expansion=EXPANSION if stage else 1)
            inputs = outputs


class _Block(nn.Module):
    """An inverted residual: widened, filtered channel by channel, narrowed (MobileNetV2, 2018)."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, *, expansion: int
    ) -> None:
        super().__init__()
        wide = inputs * expansion
        widened = (*_convolution(inputs, wide), nn.ReLU6()) if expansion > 1 else ()
        filtered = _convolution(wide, wide, kernel=kernel, stride=stride, groups=wide)
        self.layers = nn.Sequential(*widened, *filtered, nn.ReLU6(), *_convolution(wide, outputs))
        self.is_residual = stride == 1 and inputs == outputs

    def forward(self, inputs: Tensor) -> Tensor:
        made: Tensor = self.layers(inputs)
        return inputs + made if self.is_residual else made


def _convolution(
    inputs: int, outputs: int, *, kernel: int = 1, stride: int = 1, groups: int = 1
) -> tuple[nn.Module, ...]:
    before = (kernel - stride) // 2
    after = kernel - stride - before
    return (
        nn.ZeroPad2d((before, after, before, after)),
        nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3),
    )
