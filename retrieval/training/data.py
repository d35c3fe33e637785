"""What the encoder learns from: statutes, questions with answers, complaints with replies, our digest.

Reads the files of the shared data folder (`law/`, `petition/`) by their names; a file that is missing is an
error, because the encoder would silently be another one. The questions of `lawbench_consult` and the 80
complaints of `law_gold_dev` (with their near-duplicates), on which the engine is measured, are read only to
keep them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.errors import FileProblem
from foundation.tables import BadRow, read_table
from legal_corpus.digest import load_digest

FILES = (
    "law/articles.jsonl.xz",
    "law/stard_corpus_recon.jsonl.xz",
    "law/stard_train_queries.jsonl",
    "law/stard_train_qrels_recon.tsv",
    "law/qa_lecoqa.jsonl",
    "law/qa_lawyer_llama.jsonl",
    "law/qa_lawbench_scenario.jsonl",
    "law/qa_siat_legalqa.jsonl",
    "law/lawbench_consult.jsonl",
    "petition/law_gold_dev.jsonl",
    "petition/teddy_c2_train.jsonl",
    "petition/teddy_c3_hot.jsonl",
    "petition/teddy_c_unlabelled.jsonl",
    "petition/teddy_c4_reply.jsonl",
)
TALK = ("qa_lawyer_llama", "qa_lawbench_scenario", "qa_siat_legalqa")
FOLDS = 5
LONGEST = 1_500
"""Characters of a text that are learned from."""

_SENTENCE = re.compile(r"[。；：\n]")
_CLAUSE = re.compile("[，]")
_SIGNS = re.compile(r"\W")


@dataclass(frozen=True)
class Article:
    """An article of the law in force: where it stands and its sentences."""

    id: str
    law: str
    label: str
    sentences: tuple[str, ...]

    @property
    def passage(self) -> str:
        """The text that is encoded when it is searched."""
        return "\n".join((self.law, *self.sentences))


@dataclass(frozen=True, slots=True)
class Hint:
    """A lay text and an article that governs it, known to another room (the matters of the taxonomy)."""

    text: str
    law: str
    label: str


@dataclass(frozen=True)
class Material:
    """Everything the encoder is trained on, as texts."""

    articles: list[Article]
    """The national law in force."""
    talk: dict[str, list[tuple[str, str]]]
    """By source: a question or headline and the text that belongs to it; no question of STARD."""
    cited: dict[str, list[tuple[str, int]]]
    """By source: a question and the position in `articles` of one that answers it."""
    passages: list[str]
    """The benchmark's own corpus."""
    stard: list[tuple[str, int]]
    """Lay questions and the position in `passages` of one that answers it."""
    lawyers: list[tuple[str, str]]
    """The same questions with lawyers' answers."""

    def questions(self) -> list[str]:
        """Every question, headline or hint that is learned from."""
        pairs: list[Sequence[tuple[str, object]]] = [*self.talk.values(), *self.cited.values()]
        return [text for rows in (*pairs, self.stard, self.lawyers) for text, _ in rows]

    def counts(self) -> dict[str, int]:
        """How many pairs every source gives."""
        own: dict[str, Sized] = {"articles": self.articles, "stard": self.stard, "qa_lecoqa": self.lawyers}
        named: dict[str, Sized] = {**self.talk, **self.cited, **own}
        return {name: len(found) for name, found in named.items()}


def load_material(folder: Path, *, fold: int | None = None, hints: Iterable[Hint] = ()) -> Material:
    """Read everything; with `fold` the questions of that fold of STARD are left out wherever they occur.

    A hint that resembles a complaint of `law_gold_dev`, or whose article is not there, is passed over.

    Raises `FileProblem` naming the first file that is missing.
    """
    for name in FILES:
        if not (folder / name).is_file():
            raise FileProblem(
                f"缺少训练数据 {folder / name}",
                expected="可读的文件",
                found="不存在",
                remedy="检查 --data 目录",
            )
    articles = list(_articles(folder))
    positions = {article.id: number for number, article in enumerate(articles)}
    questions = stard_questions(folder)
    held = {plain(text) for number, text in enumerate(questions.values()) if in_fold(number, fold)}
    held |= {plain(row["question"]) for row in rows(folder / "law/lawbench_consult.jsonl")}
    known = {plain(text) for text in questions.values()} | held
    corpus = list(rows(folder / "law/stard_corpus_recon.jsonl.xz"))
    places = {str(row["id"]): number for number, row in enumerate(corpus)}
    return Material(
        articles=articles,
        talk={name: _answers(folder, name, known) for name in TALK} | _complaints(folder),
        cited=_cited(folder, positions, articles, known) | _hinted(folder, articles, hints),
        passages=[f"{row['law']}\n{row['text']}"[:LONGEST] for row in corpus],
        stard=_stard(questions, places, folder, held),
        lawyers=_answers(folder, "qa_lecoqa", held),
    )


def plain(text: str) -> str:
    """A text without signs and spaces, for "is this the same question"."""
    return _SIGNS.sub("", text)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The usable rows of a table."""
    return (row.values for row in read_table(path) if not isinstance(row, BadRow))


def sentences(text: str) -> tuple[str, ...]:
    """A statute's text cut where a sentence or an item ends; a single sentence at its commas."""
    found = [part for part in _SENTENCE.split(text[:LONGEST]) if part.strip()]
    if len(found) == 1:
        found = [part for part in _CLAUSE.split(found[0]) if part.strip()]
    return tuple(found[:30])


def _articles(folder: Path) -> Iterator[Article]:
    """The national law in force."""
    for row in rows(folder / "law/articles.jsonl.xz"):
        if row["current"] and row["region"] == "全国" and row["kind"] == "article":
            yield Article(row["id"], row["law"], row["article_no"], sentences(row["text"]))


def stard_questions(folder: Path) -> dict[str, str]:
    """STARD's lay questions by id."""
    return {str(row["query_id"]): row["text"] for row in rows(folder / "law/stard_train_queries.jsonl")}


def in_fold(number: int, fold: int | None) -> bool:
    """Whether the question of that place in the file belongs to the fold that is left out."""
    return fold is not None and number % FOLDS == fold


def _stard(
    questions: dict[str, str], passages: dict[str, int], folder: Path, held: set[str]
) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for line in (folder / "law/stard_train_qrels_recon.tsv").read_text("utf-8").splitlines():
        question, _, document, _ = line.split()
        if plain(questions[question]) not in held:
            found.append((questions[question], passages[document]))
    return found


def _answers(folder: Path, name: str, held: set[str]) -> list[tuple[str, str]]:
    """Questions with their answers, cut to the length that is learned from."""
    return [
        (row["question"], row["answer"][:LONGEST])
        for row in rows(folder / f"law/{name}.jsonl")
        if isinstance(row["answer"], str) and plain(row["question"]) not in held
    ]


def _complaints(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Headline and message, message and reply; nothing that resembles a complaint we measure on."""
    gold = list(rows(folder / "petition/law_gold_dev.jsonl"))
    headlines = {plain(row["title"]) for row in gold}
    numbers = {int(row["uid"].removeprefix("c2-")) for row in gold}
    labelled = list(rows(folder / "petition/teddy_c2_train.jsonl"))
    groups = {row["dup_group"] for row in labelled if row["row"] in numbers}
    replied = list(rows(folder / "petition/teddy_c4_reply.jsonl"))
    messages = [row for row in labelled if row["dup_group"] not in groups]
    for name in ("teddy_c3_hot", "teddy_c_unlabelled"):
        messages += rows(folder / f"petition/{name}.jsonl")

    def usable(row: dict[str, Any], *keys: str) -> bool:
        return all(isinstance(row.get(key), str) and row[key] for key in keys) and (
            plain(row["title"]) not in headlines
        )

    return {
        "headlines": [
            (row["title"], row["text"][:LONGEST])
            for row in messages + replied
            if usable(row, "title", "text")
        ],
        "replies": [
            (f"{row['title']}\n{row['text']}"[:LONGEST], row["reply"][:LONGEST])
            for row in replied
            if usable(row, "title", "text", "reply")
        ],
    }


def _cited(
    folder: Path, positions: dict[str, int], articles: list[Article], held: set[str]
) -> dict[str, list[tuple[str, int]]]:
    """Questions with the articles that an answer cites, and our digest with the articles it renders."""
    found: dict[str, list[tuple[str, int]]] = {"lawyer": [], "scenario": [], "scenario_answer": []}
    for name, key, target in (
        ("qa_lawyer_llama", "question", "lawyer"),
        ("qa_lawbench_scenario", "question", "scenario"),
        ("qa_lawbench_scenario", "answer", "scenario_answer"),
    ):
        for row in rows(folder / f"law/{name}.jsonl"):
            ids = [cited.get("article_id") for cited in row["cited"]]
            if plain(row["question"]) not in held:
                found[target] += [(row[key][:LONGEST], positions[id]) for id in ids if id in positions]
    return _filled(found | _digest(articles))


def _hinted(folder: Path, articles: list[Article], hints: Iterable[Hint]) -> dict[str, list[tuple[str, int]]]:
    gold = [plain(f"{row['title']}{row['text']}") for row in rows(folder / "petition/law_gold_dev.jsonl")]
    headlines = {plain(row["title"]) for row in rows(folder / "petition/law_gold_dev.jsonl")}
    places = {(article.law, article.label): number for number, article in enumerate(articles)}
    found = [
        (hint.text[:LONGEST], places[hint.law, hint.label])
        for hint in hints
        if (hint.law, hint.label) in places
        and plain(hint.text) not in gold
        and plain(hint.text.split("\n")[0]) not in headlines
    ]
    return _filled({"hints": found})


def _filled(sources: dict[str, list[tuple[str, int]]]) -> dict[str, list[tuple[str, int]]]:
    return {name: pairs for name, pairs in sources.items() if pairs}


def _digest(articles: list[Article]) -> dict[str, list[tuple[str, int]]]:
    places = {(article.law, article.label): number for number, article in enumerate(articles)}
    own = [(entry, places.get((entry.law.title, entry.label))) for entry in load_digest().articles()]
    return {
        "digest": [(entry.text, place) for entry, place in own if place is not None],
        "topics": [("，".join(entry.topics), place) for entry, place in own if place is not None],
    }
