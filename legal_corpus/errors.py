"""Errors of the law's rooms.

```
CorpusError
├─ SourceError        a source of law that cannot be read (format, encoding, truncated archive, download)
├─ StoreError         the SQLite store is missing, damaged, locked or of another schema
├─ NoSuchVersion      the version of a law that was asked for is not there, or more than one is meant
└─ DigestError        the embedded digest breaks one of its own rules
```

A citation that cannot be resolved is no error: it is an `Unresolved` value with its reason.
"""

from foundation.errors import ZhiliError


class CorpusError(ZhiliError):
    """Base of this package's errors."""

    code = "corpus_error"


class SourceError(CorpusError):
    """A source of law that cannot be read."""

    code = "corpus_source_error"


class StoreError(CorpusError):
    """The store of laws is missing, damaged, locked or of another schema."""

    code = "corpus_store_error"


class NoSuchVersion(CorpusError):
    """The version of a law that was asked for is not in the store, or more than one is meant."""

    code = "corpus_no_such_version"


class DigestError(CorpusError):
    """The embedded digest breaks one of its own rules."""

    code = "corpus_digest_error"
