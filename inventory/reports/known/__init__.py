"""One module for each report; importing it registers the report."""
