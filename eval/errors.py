"""Errors of measurement.

```
EvalError
├─ DataMissing        the data set is not where it was said to be
├─ ContaminatedData   every row was seen in training: no honest figure can be given
└─ BadPredictions     a file of predictions is broken, or belongs to other data
```
"""

from __future__ import annotations

from pathlib import Path

from foundation.errors import ZhiliError


class EvalError(ZhiliError):
    """Base of this package's errors."""

    code = "eval_error"


class DataMissing(EvalError):
    """The data set is not where it was said to be."""

    code = "data_missing"


class ContaminatedData(EvalError):
    """Every row was seen in training."""

    code = "contaminated_data"


class BadPredictions(EvalError):
    """A file of predictions is broken, or belongs to other data."""

    code = "bad_predictions"


def must_exist(path: Path) -> None:
    """Raise `DataMissing` where there is no file at `path`."""
    if not path.is_file():
        raise DataMissing(f"找不到评测数据 {path}", expected="可读的文件", found="不存在", remedy="检查路径")
