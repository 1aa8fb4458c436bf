"""Webhooks: from a signed hint at the door to a record read anew, and the watch over hints that do not come."""
