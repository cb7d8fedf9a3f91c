"""Models whose size is published: what samples are chosen from, and what need not be said again of a model in the stack file."""

from dataclasses import dataclass

from components.serving.kserve.gpu_memory import GIB, weights_gib
from components.serving.kserve.section import Precision


@dataclass(frozen=True, kw_only=True)
class KnownModel:
    """An open model that anyone may download without asking."""

    name: str
    """On Hugging Face."""
    parameters_billion: float
    """All of them, of every expert."""
    precision: Precision
    layers: int
    kv_heads: int
    head_dim: int
    context_tokens: int
    """The longest that it was trained for."""
    checkpoint_gib: float | None = None
    """Where weights of several precisions are mixed: what they are together."""

    @property
    def weights_gib(self) -> float:
        return self.checkpoint_gib or weights_gib(self.parameters_billion, self.precision)

    def cache_gib(self, tokens: int) -> float:
        """Keys and values of that many tokens, in 16 bits."""
        return 2 * self.layers * self.kv_heads * self.head_dim * 2 * tokens / GIB


# Qwen: Qwen3 Technical Report, tables 1 and 2, 2025-05, and the model cards. gpt-oss: OpenAI's model card, tables 1 and 2, 2025-08. All
# are under Apache-2.0. From the smallest up.
MODELS: tuple[KnownModel, ...] = (
    KnownModel(name="Qwen/Qwen3-0.6B", parameters_billion=0.6, precision="bf16", layers=28, kv_heads=8, head_dim=128, context_tokens=32768),
    KnownModel(name="Qwen/Qwen3-1.7B", parameters_billion=1.7, precision="bf16", layers=28, kv_heads=8, head_dim=128, context_tokens=32768),
    KnownModel(name="Qwen/Qwen3-4B", parameters_billion=4.0, precision="bf16", layers=36, kv_heads=8, head_dim=128, context_tokens=32768),
    KnownModel(name="Qwen/Qwen3-8B", parameters_billion=8.2, precision="bf16", layers=36, kv_heads=8, head_dim=128, context_tokens=32768),
    KnownModel(name="Qwen/Qwen3-14B", parameters_billion=14.8, precision="bf16", layers=40, kv_heads=8, head_dim=128, context_tokens=32768),
    KnownModel(name="Qwen/Qwen3-32B", parameters_billion=32.8, precision="bf16", layers=64, kv_heads=8, head_dim=128, context_tokens=32768),
    KnownModel(
        name="openai/gpt-oss-120b",
        parameters_billion=116.8,
        precision="mxfp4",
        layers=36,
        kv_heads=8,
        head_dim=64,
        context_tokens=131072,
        checkpoint_gib=60.8,
    ),
)

_BY_NAME = {model.name.rpartition("/")[2].lower(): model for model in MODELS}


def find(source: str) -> KnownModel | None:
    """The model that a source is of, by its last part, wherever it lies."""
    return _BY_NAME.get(source.rstrip("/").rpartition("/")[2].lower())
