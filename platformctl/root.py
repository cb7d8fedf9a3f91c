"""The checkout that is worked on unless another is named."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
