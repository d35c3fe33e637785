"""The router on disk: one folder a member under `manifest.json`; what the manifest's details hold.

```
manifest.json          labels, calibration, thresholds, figures, data revision, hashes
README.md              model card, written by save
seen.safetensors       short hashes of the texts that were trained on
linear/ encoder/ …     the members
```
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from foundation.artefact import Manifest, read_manifest, verify_artefact
from triage.classifier.calibration import Calibration, has_experts
from triage.classifier.conventions import EXPERTS, has_two_conventions
from triage.classifier.linear import LinearMember
from triage.classifier.member import Labels, Member
from triage.classifier.thresholds import Thresholds
from triage.errors import ModelError
from triage.text import normalise

KIND = "router"
FORMAT = 1
SEEN_FILE = "seen.safetensors"
DEFAULT = Path(__file__).resolve().parent.parent / "artifacts" / "router"
"""The router that ships with the package."""


@dataclass(frozen=True)
class Artefact:
    """A router as it was read from disk, verified."""

    manifest: Manifest
    labels: Labels
    calibration: Calibration
    thresholds: Thresholds
    members: Mapping[str, Member]
    seen: npt.NDArray[np.uint64]
    folds_places: bool = False
    """Whether it was taught to read every place name as one sign (`triage.classifier.places`)."""


def read_artefact(folder: Path) -> Artefact:
    """Read and verify a router; `ArtefactError`: files missing or damaged, `ModelError`: wrong contents."""
    manifest = read_manifest(folder, kind=KIND, format=FORMAT)
    verify_artefact(folder, manifest)
    details = manifest.details
    labels = Labels.from_plain(details.get("labels", {}))
    members = {name: _load_member(folder / name, name, labels) for name in details.get("members", {})}
    if not members:
        raise ModelError(
            f"{folder} 中没有任何模型", expected="至少一个成员", found="0", remedy="重新训练模型"
        )
    calibration = Calibration.from_plain(details.get("calibration", {}))
    _check_experts(folder, members, calibration)
    return Artefact(
        manifest,
        labels,
        calibration,
        Thresholds.from_plain(details.get("thresholds", {})),
        members,
        _read_seen(folder / SEEN_FILE),
        bool(details.get("folds_places", False)),
    )


def _check_experts(folder: Path, members: Mapping[str, Member], calibration: Calibration) -> None:
    """Refuse an artefact of 0.1.0, whose two experts of level 1 were calibrated as one head."""
    two = any(isinstance(each, LinearMember) and has_two_conventions(each.heads) for each in members.values())
    if two and not has_experts(calibration):
        raise ModelError(
            f"{folder} 的一级事项有两套标签，却没有各自的校准参数",
            expected="、".join(EXPERTS),
            found="0.1.0 版的校准",
            remedy="用 zhili train router 重新训练，或换用新的模型",
        )


def text_hashes(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A short hash of each text's letters and digits: enough to know a text again, not to read it."""
    plain = ("".join(filter(str.isalnum, normalise(text))) for text in texts)
    digests = [hashlib.sha256(text.encode()).digest()[:8] for text in plain]
    return np.array([int.from_bytes(digest, "big") for digest in digests], dtype=np.uint64)


def write_seen(texts: Sequence[str], folder: Path) -> None:
    """Store the hashes of the texts that were trained on."""
    save_file({"seen": np.unique(text_hashes(texts))}, folder / SEEN_FILE)


def _read_seen(path: Path) -> npt.NDArray[np.uint64]:
    try:
        return load_file(path)["seen"]
    except (OSError, KeyError, SafetensorError) as error:
        raise ModelError(
            f"{path} 无法读取", expected="训练文本的散列", found=type(error).__name__, remedy="重新训练模型"
        ) from error


def _load_member(folder: Path, name: str, labels: Labels) -> Member:
    loaders: dict[str, Callable[[], Member]] = {
        "linear": lambda: LinearMember.load(folder),
        "encoder": lambda: _load_encoder(folder, labels),
    }
    kind = name.split("-")[0]
    if kind not in loaders:
        raise ModelError(
            f"不认识的模型成员 {name}", expected="、".join(loaders), found=name, remedy="升级程序或更换模型"
        )
    return loaders[kind]()


def _load_encoder(folder: Path, labels: Labels) -> Member:
    from triage.classifier.onnx_member import GRAPH_FILE, OnnxMember

    if (folder / GRAPH_FILE).is_file():
        return OnnxMember.load(folder, labels)
    # torch and transformers take seconds to import: only where an encoder was not exported.
    from triage.classifier.encoder import EncoderMember

    return EncoderMember.load(folder, labels)
