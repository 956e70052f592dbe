"""Leadership frameworks as versioned data, and people assessed against them."""
