"""Errors of triage.

```
TriageError
├─ BadComplaint       a text that cannot be triaged: empty, far too long, binary
├─ CatalogueError     the department catalogue or the taxonomy breaks one of its rules
├─ ModelError         a router artefact that does not fit this program (labels, heads)
└─ TrainingDataError  data from which no router can be trained, with the rows that are wrong
```
"""

from foundation.errors import ZhiliError


class TriageError(ZhiliError):
    """Base of this package's errors."""

    code = "triage_error"


class BadComplaint(TriageError):
    """A text that cannot be triaged."""

    code = "bad_complaint"


class CatalogueError(TriageError):
    """The department catalogue or the taxonomy breaks one of its rules."""

    code = "catalogue_error"


class ModelError(TriageError):
    """A router artefact that does not fit this program."""

    code = "model_error"


class TrainingDataError(TriageError):
    """Data from which no router can be trained."""

    code = "training_data_error"
