"""Signing in: throttled, with a second factor, confirmed again before what cannot be taken back, recorded."""
