"""The HTTP interface: routes that translate, call one verb, translate back."""
