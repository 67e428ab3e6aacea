"""What must hold of the output before it is published."""
