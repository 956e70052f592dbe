"""Leadership frameworks and assessments against them."""
