"""The one base of every error that a user may meet.

```
ZhiliError                    what happened; 应为 / 实际 / 请 (expected, found, do this)
├─ FileProblem                a file or folder that cannot be read or written      (foundation)
├─ ArtefactError              an artefact directory that is missing, damaged, alien (foundation)
├─ CorpusError                legal_corpus.errors
├─ RetrievalError             retrieval.errors
├─ TriageError                triage.errors
├─ ServiceError               service.errors
└─ EvalError                  eval.errors
```

An edge (CLI, HTTP, page) catches `ZhiliError` alone and shows `str(error)`; anything else is a bug.
"""

from __future__ import annotations


class ZhiliError(Exception):
    """An error with its remedy: what happened, what was expected, what was found, what to do.

    `str(error)` is one line of Chinese that may be shown to a user as it is. It must never hold
    unmasked text of a citizen.
    """

    code = "error"
    """Stable machine name, used in HTTP answers and in batch error rows."""

    def __init__(self, message: str, *, expected: str = "", found: str = "", remedy: str = "") -> None:
        self.message = message
        self.expected = expected
        self.found = found
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [self.message]
        parts += [f"{name}：{text}" for name, text in self._labelled() if text]
        return "；".join(parts)

    def _labelled(self) -> list[tuple[str, str]]:
        return [("应为", self.expected), ("实际", self.found), ("请", self.remedy)]

    def to_dict(self) -> dict[str, str]:
        """The error as plain values for a JSON answer."""
        return {
            "code": self.code,
            "message": self.message,
            "expected": self.expected,
            "found": self.found,
            "remedy": self.remedy,
        }


class FileProblem(ZhiliError):
    """A file or folder that cannot be read or written (missing, encoding, format, rights, full disk)."""

    code = "file_problem"


class ArtefactError(ZhiliError):
    """An artefact directory that is missing, half written, damaged or of another kind or format."""

    code = "artefact_error"
