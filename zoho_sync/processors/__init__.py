"""One module per entity: how Zoho's records become our rows."""
