"""Write a router artefact: members, seen hashes, manifest, model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from foundation.artefact import Manifest, write_artefact
from foundation.canonical import to_plain
from triage.catalogue.joining import JoinWeights
from triage.classifier.artefact import FORMAT, KIND, write_seen
from triage.classifier.calibration import Calibration
from triage.classifier.member import Labels, Member
from triage.classifier.thresholds import Thresholds
from triage.errors import TrainingDataError
from triage.training.card import model_card

LIBRARIES = ("numpy", "scipy", "scikit-learn", "rjieba", "safetensors")


@dataclass(frozen=True)
class Export:
    """Everything that goes into an artefact."""

    members: Mapping[str, Member]
    labels: Labels
    calibration: Calibration
    thresholds: Thresholds
    figures: Mapping[str, Any]
    seen: tuple[str, ...]
    """Texts that were trained on; only short hashes of them are stored."""
    data_files: tuple[str, ...]
    """Names of the files, without their folders."""
    data_hash: str
    rows: Mapping[str, Any]
    """Rows by part and source."""
    recipe: Any
    """The frozen dataclass of arguments."""
    joining: JoinWeights | None = None
    """How the dispatch catalogue is joined with this router's beliefs; `None`: as `joining.toml` says."""
    probe: tuple[str, ...] = ()
    """Texts on which the exported encoder must decide as the trained one does."""


def export_router(out: Path, export: Export) -> Manifest:
    """Write the artefact directory atomically; raises `ArtefactError` where it cannot be written."""
    libraries = LIBRARIES + (("torch", "transformers", "onnxruntime") if "encoder" in export.members else ())

    def fill(folder: Path) -> dict[str, Any]:
        write_seen(export.seen, folder)
        details = _details(export, _save_members(export.members, folder, export.probe))
        (folder / "README.md").write_text(model_card(details), "utf-8")
        return details

    return write_artefact(out, kind=KIND, format=FORMAT, libraries=libraries, fill=fill)


def _save_members(members: Mapping[str, Member], folder: Path, probe: Sequence[str]) -> dict[str, Any]:
    saved = {}
    for name, member in members.items():
        (folder / name).mkdir()
        if name == "encoder":
            saved[name] = _save_encoder(member, folder / name, probe)
        else:
            saved[name] = member.save(folder / name)
    return saved


def _save_encoder(member: Member, folder: Path, probe: Sequence[str]) -> dict[str, Any]:
    """As a graph that needs no torch; the manifest says how far it decides as torch does."""
    from triage.classifier.encoder import EncoderMember
    from triage.training.onnx_export import export_onnx

    if not isinstance(member, EncoderMember):
        raise TrainingDataError(
            "成员 encoder 不能导出", expected="EncoderMember", found=type(member).__name__
        )
    return asdict(export_onnx(member, folder, probe))


def _details(export: Export, members: Mapping[str, Any]) -> dict[str, Any]:
    recipe = asdict(export.recipe)
    if recipe.get("encoder"):
        # A folder of this machine says nothing to anybody else.
        recipe["encoder"] = Path(recipe["encoder"]).name
    details: dict[str, Any] = to_plain(
        {
            "labels": asdict(export.labels),
            "members": dict(members),
            "calibration": asdict(export.calibration),
            "thresholds": asdict(export.thresholds),
            "figures": dict(export.figures),
            "data": {"files": list(export.data_files), "hash": export.data_hash, "rows": dict(export.rows)},
            "recipe": recipe,
            "folds_places": True,
        }
    )
    if export.joining is not None:
        details["joining"] = export.joining.to_plain()
    return details
