"""The model card: written by save from the manifest's details, never by hand. Unknowns stay visible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNKNOWN = "not measured"

INTRODUCTION = """# Router of 智理 (Zhili)

Reads a masked complaint to a Chinese 12345 government hotline and ranks its matter (事项, two levels),
department (单位), kind (诉求类型) and urgency (紧急程度), with calibrated probabilities. It advises; a person
confirms."""

LICENCE = """**Licence: the complaint sets state none. Use this model for research and evaluation.** It holds
weights, hashes of words and of character pairs, and short hashes of the training texts, but no text."""

METHOD = """Text is normalised and masked first. `linear`: tf-idf of words and characters, one-vs-rest ridge
(logistic regression for the kind) with a weaker penalty along the latent directions of all messages, plus
pseudo-messages of our own words: each entry of the taxonomy and the catalogue, each of their phrases by
itself, and phrases for kinds and urgencies; two experts and a gate where the sets label level 1 by two
conventions. `weak` rows are messages whose published reply names the handling department; they count little.
`encoder` (if there is one): a transformer, fine-tuned in two stages, as a graph with 8-bit weights (how far
it decides as before stands with the members). Shares and temperatures were fitted on out-of-fold
predictions."""

LIMITS = """## Limits
- The complaints are from a few platforms and mostly from before 2021, with place names masked; another city,
  another year or spoken transcripts will read differently.
- Departments, kinds and urgencies were labelled by one annotator; labels with few examples (emergencies,
  praise, rare departments) are hardly learned. Danger to life is caught by rules, not by this model.
- Out-of-fold figures chose temperature and threshold as well: they are slightly kind to both.
- Calibration holds for messages like those of the training data, and is no promise elsewhere.
- Reads Chinese; what was masked cannot influence it."""


def model_card(details: Mapping[str, Any]) -> str:
    """README.md of a router artefact."""
    figures = details["figures"]
    parts = [
        INTRODUCTION,
        _data(details["data"]),
        _how(details["members"]),
        "## Figures\nBrackets: 95 % bootstrap intervals, which speak of sampling alone.",
        _table("Test part (groups that training never saw)", figures.get("test")),
        _table("Out of fold (cross-validation of the training part)", figures.get("out_of_fold")),
        _threshold(details["thresholds"]),
        LIMITS,
        "Written by `zhili train router`; do not edit.",
    ]
    return "\n\n".join(parts) + "\n"


def _data(data: Mapping[str, Any]) -> str:
    rows = "; ".join(
        f"{part}: " + (", ".join(f"{source} {count}" for source, count in found.items()) or "none")
        for part, found in data["rows"].items()
    )
    return (
        f"## Data\nFiles: {', '.join(f'`{name}`' for name in data['files'])} ({data['hash']}).\n"
        f"Rows: {rows}. `left_out` rows are near-duplicates of test rows; `pool` rows carry no label.\n\n"
        f"{LICENCE}"
    )


def _how(members: Mapping[str, Any]) -> str:
    listed = "; ".join(f"`{name}` {found}" for name, found in members.items())
    return f"## How it was made\n{METHOD}\n\nMembers: {listed}."


def _table(title: str, figures: Mapping[str, Any] | None) -> str:
    if not figures:
        return f"### {title}\n{UNKNOWN}"
    lines = [f"### {title}", "| head / source | n | accuracy | macro-F1 | top 3 | ECE | acceptable |"]
    lines.append("|---|---|---|---|---|---|---|")
    for name, found in figures.items():
        cells = [_with_interval(found, key) for key in ("accuracy", "macro_f1")]
        cells += [str(found["top3"]), str(found["ece"]), _with_interval(found, "acceptable")]
        lines.append(f"| {name} | {found['n']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _with_interval(figures: Mapping[str, Any], key: str) -> str:
    if key not in figures:
        return "–"
    low, high = figures[f"{key}_95"]
    return f"{figures[key]} ({low}–{high})"


def _threshold(thresholds: Mapping[str, Any]) -> str:
    bound = f"{thresholds['error_bound']:.0%}"
    if thresholds["auto"] is None:
        return (
            "## Automatic proposal\nNever: no threshold kept the upper bound of the error at "
            f"{bound} on {thresholds['calibration_n']} out-of-fold messages."
        )
    return (
        "## Automatic proposal\n"
        f"From p ≥ {thresholds['auto']:.3f}: {thresholds['n']} of {thresholds['calibration_n']} out-of-fold "
        f"messages, {thresholds['wrong']} of them to a department that is not acceptable (Clopper–Pearson "
        f"95 % upper bound of the error ≤ {bound}). Chosen on these very messages: fresh ones will do worse."
    )


def corrections_note(card: str, correction: Mapping[str, Any]) -> str:
    """The card of a router that was taught corrections: the old figures do not speak of it."""
    files = ", ".join(f"`{name}`" for name in correction["files"])
    return (
        f"{card.rstrip()}\n\n## Corrections\n{correction['rows']} corrected rows from {files} "
        f"({correction['hash']}) were added by `zhili train router --continue`. The figures above were "
        "measured before; measure again with `zhili eval`.\n"
    )
