"""Errors of retrieval.

```
RetrievalError
├─ BadCorpus          documents that cannot be indexed: none, duplicate ids, unreadable rows
├─ IndexMissing       there is no index where one was expected
├─ IndexMismatch      the index was built by another analyzer, format or corpus, or is damaged
└─ BadQuery           nothing to search for, or a filter that cannot be read
```
"""

from foundation.errors import ZhiliError


class RetrievalError(ZhiliError):
    """Base of this package's errors."""

    code = "retrieval_error"


class BadCorpus(RetrievalError):
    """Documents that cannot be indexed."""

    code = "bad_corpus"


class IndexMissing(RetrievalError):
    """There is no index where one was expected."""

    code = "index_missing"


class IndexMismatch(RetrievalError):
    """The index does not fit this program or this corpus."""

    code = "index_mismatch"


class BadQuery(RetrievalError):
    """Nothing to search for, or a filter that cannot be read."""

    code = "bad_query"
