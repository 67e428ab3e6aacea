"""A row's own values, hunted in its text in every form a person writes them."""
