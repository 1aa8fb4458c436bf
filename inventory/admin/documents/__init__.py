"""Pages of documents and of those whom they are with: lists by what is asked, and one document with its lines."""
