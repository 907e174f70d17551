"""The local HTTP endpoint."""
