"""Errors of the language model's plug.

```
ServiceError
└─ ModelError         the model's server did not give a usable answer; the program goes on without it
```
"""

from service.errors import ServiceError


class ModelError(ServiceError):
    """The model's server did not give a usable answer. Never holds what the server sent, nor the key."""

    code = "model_error"
