"""The pages in a real browser. Run by `make browser`, which installs what they need; left out of `make test`."""
