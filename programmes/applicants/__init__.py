"""The applicants' side of programmes: what their pages, forms and messages say."""
