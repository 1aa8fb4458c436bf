"""The kinds of channels, one class each. A channel is given plain values and sends them; it never sees a table."""
