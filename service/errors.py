"""Errors of the service.

```
ServiceError
├─ BadRequest         an input that no verb can take (field, date, region, size)
├─ SettingsError      an environment variable that cannot be used
├─ BatchError         a batch whose output does not fit its input
└─ ScopeError         the model of what law governs cannot be read
```
"""

from foundation.errors import ZhiliError


class ServiceError(ZhiliError):
    """Base of this package's errors."""

    code = "service_error"


class BadRequest(ServiceError):
    """An input that no verb can take."""

    code = "bad_request"


class SettingsError(ServiceError):
    """An environment variable that cannot be used."""

    code = "settings_error"


class BatchError(ServiceError):
    """A batch whose output does not fit its input."""

    code = "batch_error"


class ScopeError(ServiceError):
    """The model that says whether any law governs cannot be read."""

    code = "scope_error"
