"""Pictures of products: checked and made small, kept by content, counted, and given to those who may see them."""
