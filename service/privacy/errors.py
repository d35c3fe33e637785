"""Errors of the vault.

```
PrivacyError (a ServiceError)
├─ VaultClosed     no vault is configured
├─ KeyProblem      the key file is missing, readable by others, malformed, or lacks the key that is needed
├─ VaultProblem    the vault cannot be read or written: busy, full disk, not a vault, newer than this program
├─ VaultTampered   what stands in the vault is not what was put in
├─ UnknownTicket   the vault holds nothing of this ticket (never sealed, or purged)
└─ AccessRefused   this role may not see this, or not for this purpose
```
"""

from __future__ import annotations

from service.errors import ServiceError


class PrivacyError(ServiceError):
    """Base of the vault's errors."""

    code = "privacy_error"


class VaultClosed(PrivacyError):
    """No vault is configured."""

    code = "vault_closed"


class KeyProblem(PrivacyError):
    """The key file cannot be used."""

    code = "vault_key"


class VaultProblem(PrivacyError):
    """The vault cannot be read or written."""

    code = "vault_problem"


class VaultTampered(PrivacyError):
    """What stands in the vault is not what was put in."""

    code = "vault_tampered"


class UnknownTicket(PrivacyError):
    """The vault holds nothing of this ticket."""

    code = "unknown_ticket"


class AccessRefused(PrivacyError):
    """This role may not see this, or not for this purpose."""

    code = "access_refused"
