"""Constructors for the `channels` of `identify()` (contract, section 3)."""

from __future__ import annotations

from typing import Any, Dict


def email(address: str, **settings: Any) -> Dict[str, Any]:
    """Settings: `opted_in`, `verified`."""
    return {**settings, "type": "email", "address": address}


def sms(address: str, **settings: Any) -> Dict[str, Any]:
    """`address` is a phone number. Settings: `opted_in`, `verified`."""
    return {**settings, "type": "sms", "address": address}


def push(address: str, **settings: Any) -> Dict[str, Any]:
    """`address` is a device token. Settings: `opted_in`, `verified`, `kind`, `platform`, `push_env`."""
    return {**settings, "type": "push", "address": address}
