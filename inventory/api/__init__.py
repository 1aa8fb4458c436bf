"""The catalogue for programs: read-only, paged, filtered."""
